"""Visits over 300 working days: who is late at full capacity, and who when a tenth of the time is missing."""

from __future__ import annotations

from collections.abc import Iterator

from simulated_visits import Simulation, Told

from proof_exams import Row, Sitting

TITLE = "Visits over 300 simulated working days"
NEEDS_COUNCIL = False
DAYS, TEAMS, CHILDREN = 300, 2, 100


def exam(sitting: Sitting) -> Iterator[Row]:
    """
    The order of the run, worked by teams with all of the time that their caseloads ask for, and with nine tenths.

    The time asked for is, of each open child, one visit in its interval, as need and rating shorten it. All of it is
    given in whole visits a day, and on a day of a wave as many as fall due by any later day over the days until then
    (`Simulation._enough`): no order keeps ten limits with time for eight. Nine tenths is of the average, exactly, and
    waves get nothing more. Lateness is of the limit (national, local or the child's plan). The average itself, with
    nothing for waves, is told beside them and has no goal.
    """
    asked = f"{TEAMS} teams of {CHILDREN} children, stages, needs, ratings and plans changing"
    full = told_of(sitting, share=None)
    yield _time("full capacity", full, note=asked)
    yield _nothing("  children late, any day", full.late)
    yield _nothing("  decide today left for tomorrow", full.acute_waited, note=f"of {full.acute}")
    yield _nothing("  visits put back without one made", full.put_back)
    average = told_of(sitting, share=1.0)
    yield _time("the average and nothing for waves", average)
    yield Row("  child-days late, of children on a protection plan", f"{average.late:,}, {average.late_protected:,}")
    yield Row.most("  largest share of a limit used", average.most_used, 1.5, show=".2f")
    short = told_of(sitting, share=0.9)
    yield _time("nine tenths of it", short)
    yield _nothing("  children on a protection plan late, any day", short.late_protected)
    yield Row.most("  largest share of a limit used", short.most_used, 1.5, show=".2f")
    yield _nothing("  decide today left for tomorrow", short.acute_waited, note=f"of {short.acute}")
    yield _nothing("  visits put back without one made", short.put_back)
    note = "a need that rises late in an interval shortens what has mostly gone"
    yield Row("  largest share of the list's own interval", f"{short.most_used_of_due:.2f}", note=note)


def told_of(sitting: Sitting, *, share: float | None) -> Told:
    return Simulation(teams=TEAMS, children=CHILDREN, share=share, seed=sitting.seed, days=DAYS).run()


def _time(label: str, told: Told, *, note: str = "") -> Row:
    return Row(f"{label}: visits a day asked for, and time for", f"{told.needed / told.days:.1f}, "
               f"{told.capacity / told.days:.1f}", note=note)  # fmt: skip


def _nothing(asked: str, count: int, *, note: str = "") -> Row:
    return Row(asked, f"{count:,}", "0", count == 0, note)
