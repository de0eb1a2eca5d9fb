"""
What is compared, in how many degrees, and what each degree says for or against one person.

`m` is how often two records of one person agree to that degree, `u` how often records of two people do; the
weight is log2(m/u). They are set by hand from the literature and from made-up families, and `train.py` can
estimate `m` again on an area's own records. Degrees of one comparison are tried from the top.

Families break the independence that such a model assumes: brothers share surname and home. So within one home
a shared surname says almost nothing, a shared birth date little, and a merely similar forename speaks against; and
however common a forename is, parents seldom give it twice.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

# A population for which `u` of homes and postcodes is written here; scoring scales them to the records at hand.
WRITTEN_FOR_PEOPLE = 2**17
# No name is taken to be rarer than this share of people.
RAREST = 1e-5
# The share of people named as the rarer way round of two swapped names that their `m` and `u` are written for.
SWAPPED_SHARE = 1.25e-7
# However common both ways round are, no more than this share is taken to be named so: in a short file every name is.
SWAPPED_MOST = 1e-2


@dataclasses.dataclass(frozen=True)
class Degree:
    """One degree of agreement: the word for it, when it holds (SQL over l and r), m and u. No m: says nothing."""

    word: str
    when: str
    m: float | None = None
    u: float | None = None
    frequency_of: str | None = None
    scales_with_people: bool = False


@dataclasses.dataclass(frozen=True)
class Comparison:
    name: str
    degrees: tuple[Degree, ...]


def overlap(column: str) -> str:
    return f"list_has_any({column}_l, {column}_r)"


def alike(column: str, share: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {share}"


def either_empty(column: str) -> str:
    return f"(len({column}_l) = 0 or len({column}_r) = 0)"


SAME_HOME = overlap("homes")
SWAPPED = (
    "(forename_l <> forename_r "
    "and (forename_l = surname_as_forename_r or jaro_winkler_similarity(forename_text_l, surname_text_r) >= 0.9) "
    "and (forename_r = surname_as_forename_l or jaro_winkler_similarity(surname_text_l, forename_text_r) >= 0.9))"
)
CLOSE_FORENAME = (
    "(left(forename_text_l, 1) = left(forename_text_r, 1) "
    "and len(forename_text_l) > 2 and len(forename_text_r) > 2 and ("
    + alike("forename_text", 0.92)
    + " or (damerau_levenshtein(forename_text_l, forename_text_r) = 1 and len(forename_text_l) > 4)))"
)
SHORT_FORM = (
    "(forename_text_l <> forename_text_r and least(len(forename_text_l), len(forename_text_r)) >= 3 "
    "and (starts_with(forename_text_l, forename_text_r) or starts_with(forename_text_r, forename_text_l)))"
)
INITIAL = (
    "((len(forename_text_l) = 1 or len(forename_text_r) = 1) and left(forename_text_l, 1) = left(forename_text_r, 1))"
)

FORENAME = Comparison("forename", (
    Degree("unknown", "forename_l is null or forename_r is null"),
    Degree("same at home", f"forename_l = forename_r and {SAME_HOME}", 0.85, 0.0025),
    Degree("same", "forename_l = forename_r", 0.85, 3e-4, frequency_of="forename"),
    Degree("other name", "(list_has_any(forename_keys_l, forename_keys_r) or "
           "list_contains(forename_words_r, forename_l) or list_contains(forename_words_l, forename_r))",
           0.05, 0.0008),
    Degree("spelt another way", "forename_spelling_l = forename_spelling_r", 0.03, 0.0004),
    Degree("short form", SHORT_FORM, 0.03, 0.0007),
    Degree("swapped", SWAPPED, 0.02, 0.00001),
    Degree("close at home", f"{CLOSE_FORENAME} and {SAME_HOME}", 0.06, 0.0015),
    Degree("close", CLOSE_FORENAME, 0.051, 0.002),
    Degree("initial", INITIAL, 0.02, 0.005),
    Degree("similar at home", f"{alike('forename_text', 0.8)} and {SAME_HOME}", 0.007, 0.05),
    Degree("similar", alike("forename_text", 0.8), 0.02, 0.012),
    Degree("different", "ELSE", 0.012, 0.98),
))  # fmt: skip

SURNAME = Comparison("surname", (
    Degree("unknown", "surname_l is null or surname_r is null"),
    Degree("swapped", SWAPPED, 0.02, 0.0005),
    Degree("same at home", f"{overlap('surname_words')} and {SAME_HOME}", 0.6, 0.38),
    Degree("same", "surname_l = surname_r", 0.85, 5e-5, frequency_of="surname"),
    Degree("other name", overlap("surname_words"), 0.06, 0.0003),
    Degree("close", f"{alike('surname_text', 0.92)} or (damerau_levenshtein(surname_text_l, surname_text_r) = 1 "
           "and len(surname_text_l) > 4)", 0.05, 0.001),
    Degree("similar", alike("surname_text", 0.85), 0.015, 0.004),
    Degree("different at home", SAME_HOME, 0.1, 0.5),
    Degree("different", "ELSE", 0.08, 0.98),
))  # fmt: skip

ISO = "strftime(birth_on_{0}, '%Y%m%d')"
BOTH_DATED = "birth_on_l is not null and birth_on_r is not null"
BIRTH = Comparison("birth", (
    Degree("unknown, child and grown up", "(birth_year_l is null or birth_year_r is null) and role_l <> role_r",
           0.03, 0.5),
    Degree("unknown", "birth_year_l is null or birth_year_r is null"),
    Degree("same at home", f"birth_on_l = birth_on_r and {SAME_HOME}", 0.9, 0.004),
    Degree("same", "birth_on_l = birth_on_r", 0.9, 1e-4),
    Degree("day and month swapped", "year(birth_on_l) = year(birth_on_r) and month(birth_on_l) = day(birth_on_r) "
           "and day(birth_on_l) = month(birth_on_r)", 0.01, 2e-4),
    Degree("one figure apart", f"damerau_levenshtein({ISO.format('l')}, {ISO.format('r')}) = 1", 0.035, 0.0018),
    Degree("same year, day not known", f"not ({BOTH_DATED}) and birth_year_l = birth_year_r", 0.85, 0.05),
    Degree("year near, day not known", f"not ({BOTH_DATED}) and abs(birth_year_l - birth_year_r) = 1", 0.05, 0.09),
    Degree("same but for one part", "(month(birth_on_l) = month(birth_on_r) and day(birth_on_l) = day(birth_on_r) "
           "and abs(birth_year_l - birth_year_r) < 12) or (year(birth_on_l) = year(birth_on_r) and "
           "(month(birth_on_l) = month(birth_on_r) or day(birth_on_l) = day(birth_on_r)))", 0.022, 0.006),
    Degree("a generation apart", "abs(birth_year_l - birth_year_r) >= 12", 0.004, 0.7),
    Degree("different", "ELSE", 0.008, 0.3),
))  # fmt: skip

SEX = Comparison("sex", (
    Degree("unknown", "sex_l is null or sex_r is null"),
    Degree("same", "sex_l = sex_r", 0.99, 0.5),
    Degree("different", "ELSE", 0.01, 0.5),
))  # fmt: skip

NO_PLACE = (
    "(len(homes_l) = 0 and len(postcodes_l) = 0 and place_text_l is null) or "
    "(len(homes_r) = 0 and len(postcodes_r) = 0 and place_text_r is null)"
)
HOME = Comparison("home", (
    Degree("unknown", NO_PLACE),
    Degree("same", SAME_HOME, 0.6, 2e-5, scales_with_people=True),
    Degree("same street, typed otherwise", f"{alike('place_text', 0.9)} and {overlap('postcodes')}", 0.1, 2e-4,
           scales_with_people=True),
    Degree("same street", alike("place_text", 0.93), 0.05, 3e-4, scales_with_people=True),
    Degree("same postcode", overlap("postcodes"), 0.1, 4e-4, scales_with_people=True),
    Degree("near", "len(postcodes_l) > 0 and len(postcodes_r) > 0 and "
           "postcodes_l[1][:-3] = postcodes_r[1][:-3] and len(postcodes_l[1]) > 4", 0.1, 0.05),
    Degree("different", "ELSE", 0.2, 0.97),
))  # fmt: skip

NHS = Comparison("nhs", (
    Degree("unknown", either_empty("nhs")),
    Degree("same", overlap("nhs"), 0.97, 1e-6),
    Degree("different", "ELSE", 0.005, 0.99),
))  # fmt: skip
UPN = Comparison("upn", (
    Degree("unknown", either_empty("upns")),
    Degree("same", overlap("upns"), 0.97, 1.01e-6),
    Degree("different", "ELSE", 0.03, 0.99),
))  # fmt: skip
NUMBERS = Comparison("numbers", (
    Degree("unknown", f"not ({overlap('strong_ids')} or {overlap('weak_ids')})"),
    Degree("same", overlap("strong_ids"), 0.95, 1e-6),
    Degree("nearly proof", "ELSE", 0.9, 5e-4),
))  # fmt: skip

COMPARISONS = (FORENAME, SURNAME, BIRTH, SEX, HOME, NHS, UPN, NUMBERS)


# Without households a shared home says nothing of names and birth dates, so these degrees are not needed.
WITHOUT_HOUSEHOLDS = tuple(
    dataclasses.replace(c, degrees=tuple(d for d in c.degrees if not d.word.endswith("at home"))) for c in COMPARISONS
)


# All words of both names in order: records of whichever part was taken for the surname. Files of people alone have it.
ANY_ORDER = "name_words_l = name_words_r"
# Words of two forenames that each other's record has as its surname: Min Xiu Feng, and Feng Minxiu.
OTHER_WAY_ROUND = (
    "(list_contains(forename_words_l, surname_as_forename_r) "
    "and list_contains(forename_words_r, surname_as_forename_l))"
)
BY_INITIAL, SAME_INITIAL = "the other way round, with an initial", "same initial"


def _initial_behind(one: str, other: str) -> str:
    """V. Shanthi, whose initial is her father's, and Shanthi Vignesh."""
    return (
        f"(len(forename_text_{one}) = 1 and surname_as_forename_{one} = forename_{other} "
        f"and starts_with(surname_text_{other}, forename_text_{one}))"
    )


def for_any_file(comparisons: tuple[Comparison, ...]) -> tuple[Comparison, ...]:
    """
    `comparisons` for files of people, where nobody can say which word is the surname (`name_words`), an initial stands
    for either name, and one source gives a postcode where another gives the door.
    """
    change = {"forename": _forename_of_any_file, "surname": _surname_of_any_file, "home": _home_of_any_file}
    return tuple(
        dataclasses.replace(c, degrees=tuple(change[c.name](c.degrees))) if c.name in change else c for c in comparisons
    )


def _forename_of_any_file(degrees: tuple[Degree, ...]) -> Iterator[Degree]:
    # Two records of one initial are no more than that; tried before the same name, of which Splink wants it plain.
    yield from (d for d in degrees if d.m is None)
    yield Degree(SAME_INITIAL, "forename_l = forename_r and len(forename_l) = 1", 0.02, 0.005)
    for d in (d for d in degrees if d.m is not None):
        if d.word == "swapped":
            yield dataclasses.replace(d, when=_in_any_order(d.when))
            by_initial = f"({_initial_behind('l', 'r')} or {_initial_behind('r', 'l')})"
            yield Degree(BY_INITIAL, by_initial, 0.02, 0.0001)
        else:
            yield d


def _surname_of_any_file(degrees: tuple[Degree, ...]) -> Iterator[Degree]:
    for d in degrees:
        yield dataclasses.replace(d, when=_in_any_order(d.when)) if d.word == "swapped" else d
        if d.word == "swapped":
            by_initial = f"({_initial_behind('l', 'r')} or {_initial_behind('r', 'l')})"
            yield Degree(BY_INITIAL, by_initial, 0.02, 0.01)


def _in_any_order(swapped: str) -> str:
    words = f"(({ANY_ORDER} or {OTHER_WAY_ROUND}) and forename_l <> forename_r and surname_l <> surname_r)"
    return f"({swapped} or {words})"


def _home_of_any_file(degrees: tuple[Degree, ...]) -> Iterator[Degree]:
    for d in degrees:
        if d.word == "same postcode":
            when = f"{overlap('postcodes')} and {either_empty('homes')}"
            yield Degree("same postcode, door not known", when, 0.6, d.u, scales_with_people=True)
        yield d


def settings(comparisons: tuple[Comparison, ...] = COMPARISONS, *, people: int = WRITTEN_FOR_PEOPLE) -> dict:
    """The definition as Splink's settings, for a pool of `people` records."""
    return {
        "link_type": "dedupe_only",
        "sql_dialect": "duckdb",
        "unique_id_column_name": "number",
        "probability_two_random_records_match": 1 / people,
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
        "comparisons": [
            {
                "output_column_name": c.name,
                "comparison_levels": [_level(d, WRITTEN_FOR_PEOPLE / people) for d in c.degrees],
            }
            for c in comparisons
        ],
    }


def _level(degree: Degree, scale: float) -> dict:
    level: dict = {"sql_condition": degree.when, "label_for_charts": degree.word}
    if degree.m is None or degree.u is None:
        # Splink's null level says nothing wherever it stands among the degrees.
        return level | {"is_null_level": True}
    level |= {"m_probability": degree.m, "u_probability": degree.u}
    if degree.scales_with_people:
        level["u_probability"] = min(degree.u * scale, degree.m * 0.5)
    if degree.frequency_of:
        level |= {"tf_adjustment_column": degree.frequency_of, "tf_minimum_u_value": RAREST}
    return level
