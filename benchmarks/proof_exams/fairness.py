"""Is any group missed or found more often than others, and where it is, is it what the feeds cover?"""

from __future__ import annotations

from collections.abc import Iterator

from kinfold.proof import fairness, verdicts
from proof_exams import Row, Sitting
from proof_exams.figures import of_council

TITLE = "Fairness: miss rates of groups with 100 events"
NEEDS_COUNCIL = True
LEAST, MOST, ENOUGH = 0.8, 1.25, 100


def exam(sitting: Sitting) -> Iterator[Row]:
    """Every group of the report that figures stand on; those with fewer events are counted and not judged."""
    told = of_council(sitting)["fairness"]
    enough = [one for one in told if one["events"] >= ENOUGH and one["ratio"] is not None]
    for one in enough:
        inside = LEAST <= one["ratio"] <= MOST
        rate = f"{one['miss_rate']:.0%} missed ({one['low']:.0%} to {one['high']:.0%}) of {one['events']}"
        alike = "" if one["ratio_alike"] is None else f"; {one['ratio_alike']:.2f} where as much is known"
        is_coverage = one["by"] == "coverage"
        yield Row(
            f"{one['by']}: {one['group']}",
            f"{one['ratio']:.2f}",
            f"{LEAST} to {MOST}",
            None if is_coverage else inside or one["verdict"] == fairness.COVERAGE,
            f"{rate}{alike}; {verdicts.of_group(one)}" + ("; shown and not judged" if is_coverage else ""),
        )
    few = [one for one in told if one["events"] < ENOUGH]
    yield Row(
        "groups too few to tell", f"{len(few)} of {len(told)}", note="; ".join(f"{g['by']}: {g['group']}" for g in few)
    )
