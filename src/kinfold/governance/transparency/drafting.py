"""
Each field of the record in words, from the live configuration alone. Plain text: a blank line parts paragraphs, a line
that begins with "- " is a point. "" where the configuration has nothing to say.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from kinfold.areas.never_used import NEVER_USED
from kinfold.governance import disclosure
from kinfold.governance.transparency.sources import Sources
from kinfold.vocabulary.dates import in_words

WORDS_OF = {
    "pressure": "pressures", "need": "unmet needs", "lost": "not seen in our feeds", "strength": "strengths",
    "acute": "decide today", "modifier": "adjustments",
}  # fmt: skip


FIGURES = {
    "auc": "Of two children, one who came to the outcome and one who did not, the right one stood first {:.0%} of the "
    "time (area under the curve; chance is 50%)",
    "lift_top_5": "A child in the first twentieth of the list was {:.1f} times as likely as any child to come to it",
    "recall_top_5": "The first twentieth held {:.0%} of all who came to it",
    "precision_top_5": "Of the first twentieth, {:.0%} came to it",
    "calibration_slope": "What high figures promise, beside what came: {:.2f} (calibration slope; 1 is right, less "
    "promises too much)",
    "stability_top_1": "When every weight is moved by up to a fifth, {:.0%} of the top hundredth stays",
}
TOO_FEW = "too few to tell"


def _points(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _day(text: str) -> str:
    return in_words(datetime.date.fromisoformat(text))


def title(told: Sources) -> str:
    return f"Kinfold at {told.area.authority}"


def organisation(told: Sources) -> str:
    return told.area.authority


def function(told: Sources) -> str:
    return "Children's social care and early help"


def capability(told: Sources) -> str:
    return "Joins records of services, puts children in an order by points that are written down, and says why"


def region(told: Sources) -> str:
    codes = told.area.geography
    return f"{told.area.name} (ONS code {codes.ons_code})"


def dates(told: Sources) -> str:
    first = min(marker.in_force for marker in told.markers)
    live = f" The live run is of {_day(told.run['as_at'])}." if told.run else ""
    return f"Rules in force since {in_words(first)}.{live}"


def version(told: Sources) -> str:
    return f"Rules {_rules(told.run)} (run {told.run['run_id']})" if told.run else ""


def _rules(run: Mapping[str, Any]) -> str:
    """The rule set of a run: its version, where it was approved as one, and the beginning of its hash."""
    rule_set = run.get("rule_set") or {"hash": run["rules"], "version": None}
    return f"version {rule_set['version']}, {rule_set['hash'][:12]}" if rule_set["version"] else rule_set["hash"][:12]


def contact(told: Sources) -> str:
    return told.area.help_email


def description(told: Sources) -> str:
    return (
        "Kinfold brings together what the council and its partners already hold about children and families. It "
        "counts points for pressures and unmet needs that anybody can read, and puts families in an order, so that "
        "the people who can help know whom to talk to first.\n\nIt predicts nothing, and decides nothing: a named "
        "person decides, sees the evidence before any figure, and can choose otherwise. What is not known is said to "
        "be not known and never counts as no."
    )


def detailed_description(told: Sources) -> str:
    counts = {words: sum(m.direction == code for m in told.markers) for code, words in WORDS_OF.items()}
    said = ", ".join(f"{count} of {words}" for words, count in counts.items() if count)
    caps = ", ".join(f"{domain} {most:g}" for domain, most in told.priority.caps.items())
    return (
        f"There are {len(told.markers)} markers: {said}. Each has its points, how they fade, its evidence and an "
        "owner. Points of a domain are capped, two domains are needed for the highest bands, strengths are shown and "
        f"never subtracted.\n\nMost points of a domain: {caps}. The order counts all pressures and "
        f"{told.priority.needs_share:g} of the unmet needs."
    )


def scope(told: Sources) -> str:
    return (
        "In scope: whom to talk to first, who has dropped out of sight, which visits are due. Out of scope: any "
        "decision about a family, and any prediction. Exploitation and offending are never predicted.\n\nNever used, "
        "and refused "
        "by the program itself whoever asks:\n" + _points(NEVER_USED)
    )


def alternatives(told: Sources) -> str:
    if not told.backtest:
        return ""
    base = {"history only": told.backtest.get("baselines", {}).get("history_only", {}).get("auc"),
            "a flat count": told.backtest.get("baselines", {}).get("flat_count", {}).get("auc")}  # fmt: skip
    trained = {name: one.get("auc") for name, one in told.backtest.get("challengers", {}).items()}
    said = [f"{name}: {auc:.3f}" for name, auc in {**base, **trained}.items() if isinstance(auc, int | float)]
    return (
        f"Points that are written down: {told.backtest['auc']:.3f}. Tried beside them on the bench, and never used to "
        "put anybody in an order (area under the curve):\n" + _points(said)
        if said
        else ""
    )


def integration(told: Sources) -> str:
    return (
        "Each night the deliveries are joined and put in order. In the morning each worker, team, partner service, "
        "the front door and outreach find their own children on their own list, with the reasons. It stands beside "
        "the case system and writes nothing into it."
    )


def information(told: Sources) -> str:
    return (
        "Statements with their evidence: who told us, when, and how sure we are that it is this child. Practitioners "
        "and partners never see a figure; managers see points after the evidence. What is not known, late or silent "
        "is said on the page."
    )


def frequency(told: Sources) -> str:
    if not told.run:
        return ""
    counts = told.run.get("counts", {})
    weekly = {name: one.priority for name, one in told.priority.bands.capacity.items()}
    said = ", ".join(f"{name.replace('_', ' ')} {most}" for name, most in weekly.items())
    return (
        f"Every night. The live run, of {_day(told.run['as_at'])}, put {counts.get('priority_child', 0):,} children "
        f"in order and {counts.get('worklist_row', 0):,} on a list. Households that can be reached in a week: {said}."
    )


def human_decisions(told: Sources) -> str:
    return (
        "A named person decides every time, with a reason, and can choose otherwise. Whoever opens a child sees the "
        "evidence before the order. Rules are changed by two approvers, the practice lead and information "
        "governance. A doubtful match of two records is settled by a person, some by two without knowing of each "
        "other."
    )


def appeals(told: Sources) -> str:
    return (
        "A worker can challenge any fact or statement on a child's page. It is marked for every reader, hidden "
        "meanwhile when it does harm, settled by whoever answers for it with a reason, and left out of the next run "
        f"when it is upheld. Families and others: {told.area.help_email}."
    )


def architecture(told: Sources) -> str:
    return (
        "Pure functions over tables, one dated snapshot at a time, with no clock and no network. A past day can be "
        "rebuilt under the rules of its day. People read the published snapshot through a gate that writes every "
        f"look into an append-only audit trail. Engine: {told.area.engine}."
    )


def maintenance(told: Sources) -> str:
    owners = sorted({marker.owner for marker in told.markers})
    return "Each marker has an owner and a version. Owners:\n" + _points(owners)


def model(told: Sources) -> str:
    if not told.run:
        return ""
    return (
        f"Transparent points. Version: rules {_rules(told.run)}. Task: put households in an order. Input: facts of "
        f"{len(told.agreed)} feeds. Output: an order, its reasons and what is not known. Method: points of markers "
        "that fade with age, caps by domain, and no training on anybody's outcome."
    )


def markers(told: Sources) -> str:
    return _points(
        f"{m.code} {m.label}: {m.points:g} ({WORDS_OF[m.direction]}, "
        f"{m.domain}{f', halves each {m.half_life_months:g} months' if m.half_life_months else ''}), version "
        f"{m.version}"
        for m in told.markers
    )


def performance(told: Sources) -> str:
    if not told.backtest:
        return ""
    made_up = "Made-up council: these figures are not evidence.\n\n" if told.area.is_demonstration else ""
    said = [words.format(told.backtest[key]) for key, words in FIGURES.items()
            if isinstance(told.backtest.get(key), int | float)]  # fmt: skip
    about = f"Backtest as at {_day(str(told.backtest['as_at'])[:10])}"
    outcome = f", outcome {str(told.backtest['outcome']).replace('_', ' ')}" if told.backtest.get("outcome") else ""
    return f"{made_up}{about}{outcome}:\n" + _points(said)


def fairness(told: Sources) -> str:
    rows = (told.backtest or {}).get("fairness") or []
    if not rows:
        return ""
    made_up = "Made-up council: these figures are not evidence.\n\n" if told.area.is_demonstration else ""
    how = (
        "Of the children of each group who came to the outcome, how many stood too low on the list to be reached, "
        "beside all others (1: as often; 0.8 to 1.25 is taken as alike). Too few to tell is not the same as fair. "
        "Counts are rounded to the nearest 5, and small ones are not shown:\n"
    )
    return (
        made_up + how + _points(said for by in dict.fromkeys(row["by"] for row in rows) for said in _groups(rows, by))
    )


def _groups(rows: Iterable[Mapping[str, Any]], by: str) -> list[str]:
    """The groups of one grouping, as anybody may read of them."""
    groups = [row for row in rows if row["by"] == by]
    said = []
    for row, events in zip(groups, disclosure.in_public([row.get("events") for row in groups]), strict=True):
        counted = f"about {events:,} came to it" if events else "count not shown"
        is_told = events and row.get("verdict") != TOO_FEW and isinstance(row.get("ratio"), int | float)
        missed = f", missed {row['ratio']:.2f} times as often as others" if is_told else ""
        said.append(f"{by.capitalize()}, {row.get('group')}: {counted}{missed}, {row.get('verdict')}")
    return said


def development_data(told: Sources) -> str:
    grades = {"V": "a published figure", "R": "well known", "D": "practice judgement"}
    counts = {words: sum(m.grade == code for m in told.markers) for code, words in grades.items()}
    said = ", ".join(f"{count} on {words}" for words, count in counts.items() if count)
    return f"No data about this council's children was used to set a point. Markers rest on: {said}."


def feeds(told: Sources) -> str:
    counted = (told.run or {}).get("deliveries", [])
    said = []
    for name, feed in sorted(told.feeds.items()):
        if name in told.agreed:
            many = sum(delivery.rpartition("-")[0] == name for delivery in counted)
            said.append(
                f"{feed.label}, from {feed.supplier.name}: every {feed.cadence_days} days, {many} deliveries count"
            )
    return _points(said)


def sensitive(told: Sources) -> str:
    return (
        "Ethnicity, disability and other protected characteristics are held only to check that the order is fair. No "
        "marker may turn on them: the program refuses it. Health and offence data is read as each agreement allows."
    )


def cleaning(told: Sources) -> str:
    return (
        "Each delivery is checked before anything of it counts. Rows in = mapped + set aside + refused by agreement. "
        "Columns outside the agreement are removed before anything is written. What cannot be read is set aside with "
        "its reason and told to who sent it; nothing is guessed."
    )


def agreements(told: Sources) -> str:
    return _points(
        f"{terms.id} ({told.feeds[name].label if name in told.feeds else name}): {', '.join(terms.parties)}; "
        f"{terms.lawful_basis}; {terms.gateway}"
        for name, terms in sorted(told.agreed.items())
    )


def access(told: Sources) -> str:
    held = [f"{role.label}: {_people(told.holders.get(name, 0))}" for name, role in told.roles.role.items()]
    kept = told.area.retention
    return (
        f"Received files are kept {kept.received_bytes_days} days, snapshots {kept.snapshots_days}, markers "
        f"{kept.markers_days}. A role opens nobody by itself; every look is written down first. Who has which role:\n"
        + _points(held)
    )


def _people(many: int) -> str:
    return "1 person" if many == 1 else f"{many:,} people"


def assessments(told: Sources) -> str:
    found = sorted({(terms.dpia, terms.id) for terms in told.agreed.values() if terms.dpia})
    by_dpia: dict[str, list[str]] = {}
    for dpia, agreement in found:
        by_dpia.setdefault(dpia, []).append(agreement)
    return _points(f"{dpia}: data protection impact assessment of {', '.join(ids)}" for dpia, ids in by_dpia.items())


def risks(told: Sources) -> str:
    return _points(
        [
            "Records of two children joined by mistake: doubtful pairs go to a person; a worker can hide one at once.",
            "A group is missed more often, because less is known of it: fairness is measured by how much is known too.",
            "A child seems well because little is known: such children are listed as not known enough, never as low.",
            "An order is taken for a verdict: practitioners see statements and evidence, never a figure.",
            "A feed stops and children seem well: a silent feed raises an alarm, and not known never counts as no.",
            "Somebody looks who should not: every look goes through one gate and is written down for ever.",
        ]
    )
