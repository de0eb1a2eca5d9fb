"""What really is: who is who in every feed, what came of them, and which identities must stay apart or hidden."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kinfold.demonstration import names, staff
from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.deliveries import texts
from kinfold.demonstration.world import World

OUTCOMES = {"plan": "child_in_need_start", "cp": "child_protection_start", "cla": "looked_after_start"}


def write(world: World, folder: Path) -> None:
    """Write truth beside the deliveries, never into them."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(_people(world), folder / "people.parquet")
    pq.write_table(_families(world), folder / "families.parquet")
    pq.write_table(_outcomes(world), folder / "outcomes.parquet")
    pq.write_table(_refuge(world), folder / "refuge.parquet")
    pq.write_table(_sealed(world), folder / "sealed.parquet")
    text = json.dumps(staff.people(world), indent=1, ensure_ascii=False)
    (folder / "staff.json").write_text(text + "\n", encoding="utf-8")


def true_ids(who: np.ndarray) -> pa.Array:
    return texts([f"T{n:07d}" for n in who.tolist()])


def _dates(days: np.ndarray) -> pa.Array:
    return pa.array(days.astype("datetime64[D]"), mask=days == NEVER)


def _people(world: World) -> pa.Table:
    """One row per person key of any feed: record_id, true_id, source, role, birth_on, sex, ethnicity, is_twin."""
    people = world.town.people
    who = np.concatenate([rows for _, _, rows in world.ledger.rows])
    keys = [f"{source}:{key}" for source, ids, _ in world.ledger.rows for key in ids.tolist()]
    sources = np.concatenate([np.full(len(ids), source, dtype=object) for source, ids, _ in world.ledger.rows])
    groups = np.array([h.ethnicity for h in names.HERITAGES], dtype=object)
    role = np.where(who >= people.children, "adult", np.where(people.birth[who] > world.as_at, "unborn", "child"))
    table = pa.table(
        {
            "record_id": texts(keys),
            "true_id": true_ids(who),
            "source": texts(sources),
            "role": texts(role.astype(object)),
            "birth_on": _dates(people.birth[who]),
            "sex": texts(people.sex[who]),
            "ethnicity": texts(groups[people.heritage[who]]),
            "is_twin": pa.array(people.twin[who]),
        }
    )
    return table.sort_by("record_id")


def _families(world: World) -> pa.Table:
    """One row per true tie of a child: true_id, other_id, kind (mother, father, sibling, half_sibling)."""
    people = world.town.people
    kids = np.arange(people.children)
    one, other, kind = [kids], [people.mother[kids]], [np.full(len(kids), "mother", dtype=object)]
    has = kids[people.father[kids] >= 0]
    one.append(has)
    other.append(people.father[has])
    kind.append(np.full(len(has), "father", dtype=object))
    for parent in (people.mother[kids], people.father[kids]):
        known = np.flatnonzero(parent >= 0)
        order = known[np.argsort(parent[known], kind="stable")]
        for distance in range(1, 7):
            a, b = order[:-distance], order[distance:]
            same = parent[a] == parent[b]
            a, b = a[same], b[same]
            full = (people.mother[a] == people.mother[b]) & (people.father[a] == people.father[b])
            word = np.where(full, "sibling", "half_sibling").astype(object)
            one += [a, b]
            other += [b, a]
            kind += [word, word]
    return (
        pa.table(
            {
                "true_id": true_ids(np.concatenate(one)),
                "other_id": true_ids(np.concatenate(other)),
                "kind": texts(np.concatenate(kind)),
            }
        )
        .group_by(["true_id", "other_id", "kind"])
        .aggregate([])
        .sort_by([("true_id", "ascending"), ("other_id", "ascending")])
    )


def _outcomes(world: World) -> pa.Table:
    """One row per thing that came of a child, up to a year after `as_at`: true_id, outcome, on."""
    c, h = world.careers, world.help
    who, what, on = [c.child, h.child], ["referral", "early_help_start"], [c.referred, h.from_on]
    for name, outcome in OUTCOMES.items():
        which, start, _ = c.period(name)
        who.append(c.child[which])
        what.append(outcome)
        on.append(start)
    table = pa.table(
        {
            "true_id": true_ids(np.concatenate(who)),
            "outcome": texts(
                np.concatenate([np.full(len(w), o, dtype=object) for w, o in zip(who, what, strict=True)])
            ),
            "on": _dates(np.concatenate(on)),
        }
    )
    return table.sort_by([("true_id", "ascending"), ("on", "ascending"), ("outcome", "ascending")])


def _refuge(world: World) -> pa.Table:
    """One row per person key whose address is withheld, and what that address is: never to be shown anywhere."""
    people = world.town.people
    lines, postcode, uprn = world.refuge_address
    keys, since = [], []
    for source, ids, who in world.ledger.rows:
        if source not in ("social_care", "child_health"):
            continue
        inside = np.isin(people.household[who], list(world.refuge)) & np.isin(people.family[who], list(world.refuge))
        for key, one in zip(ids[inside].tolist(), who[inside].tolist(), strict=True):
            if one != people.partner[people.family[one]]:
                keys.append(f"{source}:{key}")
                since.append(world.refuge[int(people.family[one])])
    return pa.table(
        {
            "record_id": texts(keys),
            "from_on": _dates(np.array(since, dtype=np.int64)),
            "lines": texts([lines] * len(keys)),
            "postcode": texts([postcode] * len(keys)),
            "uprn": texts([uprn] * len(keys)),
        }
    )


def _sealed(world: World) -> pa.Table:
    """One row per person key of a sealed birth identity and key of the new identity that it must never meet."""
    rows = []
    for old, new, on in world.adoptions:
        new_keys = [f"{s}:{k}" for s, ids, who in world.ledger.rows for k in ids[who == new].tolist()]
        nullable: list[str | None] = [*new_keys] or [None]
        for source, ids, who in world.ledger.rows:
            for key in ids[who == old].tolist():
                rows += [(f"{source}:{key}", other, on) for other in nullable]
    return pa.table(
        {
            "person_key": texts([r[0] for r in rows]),
            "new_person_key": texts([r[1] for r in rows]),
            "from_on": _dates(np.array([r[2] for r in rows], dtype=np.int64)),
        }
    )
