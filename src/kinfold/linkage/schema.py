"""Columns of linkage's own tables: what each holds, and what null means. The tables others read are in ADR 1."""

from __future__ import annotations

import pyarrow as pa

TEXT, DATE, WHOLE, NUMBER, YES_NO = pa.string(), pa.date32(), pa.int64(), pa.float64(), pa.bool_()
WORDS = pa.list_(TEXT)

# One row per source person. A null or an empty list was not said, or may not be compared.
RECORD = pa.schema(
    [
        ("number", WHOLE),  # place in the order of person keys, from 0
        ("person_key", TEXT),
        ("source", TEXT),  # whose numbering the key is in
        ("role", TEXT),  # child, adult or unborn
        ("sex", TEXT),
        ("flags", TEXT),
        ("birth_on", DATE),  # only a date that is trusted to the day
        ("birth_year", WHOLE),
        ("forename", TEXT),  # key of the forename that tells brothers apart
        ("forename_text", TEXT),
        ("forename_sound", TEXT),
        ("forename_spelling", TEXT),  # the key with its spelling evened out, as transliterations differ
        ("forename_keys", WORDS),  # keys of every current, other and former forename
        ("forename_words", WORDS),  # those and middle names
        ("surname", TEXT),
        ("surname_text", TEXT),
        ("surname_as_forename", TEXT),  # for records whose names are the other way round
        ("surname_sound", TEXT),
        ("surname_words", WORDS),  # keys of every surname and of each half of a double one
        ("has_placeholder", YES_NO),
        ("nhs", WORDS),
        ("upns", WORDS),
        ("strong_ids", WORDS),
        ("weak_ids", WORDS),
        ("homes", WORDS),  # dwellings, by property reference and by door and postcode
        ("postcodes", WORDS),
        ("place_text", TEXT),
    ]
)

LINK = pa.schema(
    [("person_key", TEXT), ("source", TEXT), ("person_id", TEXT), ("rule", TEXT)]
    + [("weight", NUMBER), ("probability", NUMBER), ("reasons", TEXT)]
)
PAIRS = pa.schema(
    [("left", TEXT), ("right", TEXT), ("weight", NUMBER), ("probability", NUMBER), ("band", TEXT), ("reasons", TEXT)]
)
# What linkage remembers from run to run.
IDS = pa.schema([("person_key", TEXT), ("person_id", TEXT)])
LEDGER = pa.schema(
    [("person_id", TEXT), ("person_key", TEXT), ("what", TEXT), ("run_id", TEXT), ("on", DATE), ("by", TEXT)]
    + [("model_hash", TEXT)]
)
