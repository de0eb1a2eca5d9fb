"""Three bands for each compared pair: link it, ask a person, or not; with the reasons in words."""

from __future__ import annotations

import dataclasses
import datetime
import math

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.linkage import rules, vetoes

# What a person did to one record: the kind of a decision that is about no pair.
LOCK = "lock"


@dataclasses.dataclass(frozen=True)
class Thresholds:
    """
    Weights (log2 of the odds) from which a pair is linked, or shown to a person; and what may never be linked.

    names_are_enough: in a list of names, or of names and numbers. besides: comparisons that are enough with names where
    they agree. names_alone: the weight from which names are enough by themselves, where nothing speaks against them, in
    a list that is not known to be of families; null where they never are. numbers: comparisons of a file's own numbers
    of one person, of which even one with a slip in it tells.
    """

    link: float = 3.8
    review: float = 0.0
    names_are_enough: bool = False
    besides: tuple[str, ...] = ()
    names_alone: float | None = None
    numbers: tuple[str, ...] = ()
    vetoes: tuple[vetoes.Veto, ...] = vetoes.VETOES


def judged(
    pairs: ir.Table,
    records: ir.Table,
    *,
    decisions: ir.Table | None = None,
    thresholds: Thresholds | None = None,
    together: ir.Table | None = None,
) -> ir.Table:
    """
    Put each compared pair in its band.

    pairs: as `model.score` makes them. decisions: `left`, `right` (numbers), `kind`; one row per pair. together:
    numbers of the records of children born together; worked out from `pairs` when not given.
    Adds decided, is_multiple, rule, veto and band (link, review, no).
    """
    at = thresholds or Thresholds()
    pairs = told(pairs, decisions, vetoes.births_together(pairs, records) if together is None else together)
    pairs = vetoes.applied(rules.applied(pairs), at.vetoes)
    to_review = [v.name for v in vetoes.VETOES if v.to_review]
    weighs = pairs.weight >= at.link
    if not at.names_are_enough:
        # Cousins are born on other days altogether; a day that is right but for one part is a slip of the pen.
        only_names = _only_names(pairs, at.besides, a_slip_is_enough=at.names_alone is not None)
        weighs = weighs & (~only_names | _rare_names_alone(pairs, at))
    is_linked = pairs.rule.notnull() | (weighs & ~_may_be_another_of_the_family(pairs, at.numbers))
    wants_eyes = pairs.rule.notnull() | (pairs.weight >= at.review)
    return pairs.mutate(
        band=ibis.cases(
            ((pairs.decided == "must_link").fill_null(False), "link"),
            (pairs.veto.isin(to_review).fill_null(False) & wants_eyes, "review"),
            (pairs.veto.notnull(), "no"),
            (is_linked, "link"),
            (wants_eyes, "review"),
            else_="no",
        ),
        rule=ibis.ifelse((pairs.decided == "must_link").fill_null(False), "reviewer@1", pairs.rule),
    )


def _only_names(pairs: ir.Table, besides: tuple[str, ...], *, a_slip_is_enough: bool) -> ir.BooleanValue:
    """However rare a name is, it takes a birth date, a number or a home as well: cousins are named alike."""
    says_no = ["different", "year near, day not known", "a generation apart"]
    says_no += [] if a_slip_is_enough else ["same but for one part"]
    no_birth = pairs.birth.startswith("unknown") | pairs.birth.isin(says_no)
    nothing_else = ~ibis.or_(ibis.literal(False), *(pairs[name].isin(["same", "close"]) for name in besides))
    no_number = (pairs.numbers == "unknown") & (pairs.nhs != "same") & (pairs.upn != "same")
    return nothing_else & no_birth & no_number & pairs.home.isin(["unknown", "different", "near"])


def _may_be_another_of_the_family(pairs: ir.Table, numbers: tuple[str, ...]) -> ir.BooleanValue:
    """A surname, a home and a telephone are a family's: with another forename it takes a birth date, or a number."""
    is_so_born = pairs.birth.isin(
        [*rules.SAME_BIRTH, "day and month swapped", "one figure apart", "same year, day not known"]
    )
    is_numbered = ibis.or_(vetoes.shares_number(pairs), *(pairs[name] == "one figure apart" for name in numbers))
    return (pairs.forename == "different") & ~is_so_born & ~is_numbered


def _rare_names_alone(pairs: ir.Table, at: Thresholds) -> ir.BooleanValue:
    """Names so rare that they are enough where neither record says anything else that could be held against them."""
    silent = [pairs.birth.startswith("unknown"), pairs.home == "unknown", *(pairs[n] == "unknown" for n in at.besides)]
    return ibis.and_(pairs.weight >= (math.inf if at.names_alone is None else at.names_alone), *silent)


def told(pairs: ir.Table, decisions: ir.Table | None, together: ir.Table) -> ir.Table:
    """
    `pairs` with what is known from beside them: decided, and is_multiple.

    decided: what a person said of the pair; `locked` when of one of its records alone, see `latest_decisions`.
    """
    pairs = pairs.mutate(is_multiple=pairs.left.isin(together.number) | pairs.right.isin(together.number))
    if decisions is None:
        return pairs.mutate(decided=ibis.null("string"))
    kinds = decisions.select(d_left="left", d_right="right", said="kind")
    locked = decisions.filter(decisions.kind == LOCK).left
    joined = pairs.left_join(kinds, [pairs.left == kinds.d_left, pairs.right == kinds.d_right])
    is_locked = joined.left.isin(locked) | joined.right.isin(locked)
    decided = joined.said.fill_null(ibis.ifelse(is_locked, "locked", ibis.null("string")))
    return joined.mutate(decided=decided).drop("d_left", "d_right", "said")


def latest_decisions(decisions: pa.Table | None, numbers: dict[str, int]) -> pa.Table | None:
    """
    What a person last decided of each pair: left, right (numbers, left < right), kind.

    The newest decision stands; of two on one day, the one that keeps people apart. Decisions about a record
    that is not in the pool are left out. A record that a person locked to those it stands with is beside itself, as
    kind `lock`: nothing of which nobody decided joins it.
    """
    if decisions is None or decisions.num_rows == 0:
        return None
    last: dict[tuple[int, int], tuple[datetime.date, bool, str]] = {}
    for row in decisions.to_pylist():
        if row["left"] in numbers and row["right"] in numbers:
            one, other = sorted((numbers[row["left"]], numbers[row["right"]]))
            pair = (one, other)
            standing = (row["on"], row["kind"] == "cannot_link", row["kind"])
            last[pair] = max(last.get(pair, standing), standing)
    if not last:
        return None
    kept = sorted(last.items())
    return pa.table(
        {
            "left": pa.array([pair[0] for pair, _ in kept], pa.int64()),
            "right": pa.array([pair[1] for pair, _ in kept], pa.int64()),
            "kind": pa.array([standing[2] for _, standing in kept], pa.string()),
        }
    )


SUBJECTS = {
    "nhs": "NHS number",
    "upn": "UPN",
    "numbers": "another number",
    "forename": "forename",
    "surname": "surname",
    "birth": "birth date",
    "sex": "sex",
    "home": "home",
    "moved": "moved from one home to the other",
}
# The word of a degree, as it reads on a screen; a degree that is not here is read as it is written.
SAID = {
    "same at home": "same",
    "different at home": "different",
    "close": "spelt alike",
    "close at home": "spelt alike",
    "similar": "somewhat alike",
    "similar at home": "somewhat alike",
    "other name": "matches another of the names",
    "swapped": "forename and surname the other way round",
    "nearly proof": "same, but temporary or failing its check",
    "initial": "initial only",
}


def reasons(pairs: ir.Table, *, comparisons: tuple[str, ...] = tuple(SUBJECTS)) -> ir.StringValue:
    """The degrees of a pair and its veto as one line of words; what is not known is left out."""
    line = ibis.literal("")
    for name in comparisons:
        word = pairs[name]
        said = ibis.cases(*((word == w, s) for w, s in SAID.items()), else_=word)
        subject = SUBJECTS.get(name, name.replace("_", " "))
        phrase = ibis.ifelse(word.startswith("unknown"), "", ibis.literal(f"; {subject} ").concat(said))
        line = line.concat(phrase.fill_null(""))
    kept_apart = ibis.cases(*((pairs.veto == v.name, f"; kept apart: {v.words}") for v in vetoes.VETOES), else_="")
    whole = line.concat(kept_apart).right(line.concat(kept_apart).length() - 2)
    return ibis.ifelse(whole.length() > 0, whole, "nothing that can be compared")
