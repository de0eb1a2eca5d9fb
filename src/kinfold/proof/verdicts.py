"""A report in words: what it shows, where the order fails and for whom, each sentence with its figures."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from kinfold.proof import fairness, standard
from kinfold.proof.cohort import NOT_KNOWN
from kinfold.proof.disclosure import LEAST as LEAST_SHOWN
from kinfold.vocabulary.dates import in_words

MADE_UP = (
    "These children are made up. The report shows that the method runs and what it would say; it is no evidence that "
    "the list works for real children."
)
BY = {"ethnicity": "ethnic group", "sex": "sex", "disability": "disability", "age": "age",
      "deprivation": "deprivation of the area", "coverage": "how much is known"}  # fmt: skip
NAMES = {("disability", "not recorded"): "no disability recorded"}
"""Groups whose own word says too little; peoples are written with a capital letter."""
HELD_BY = {"no_service": "whom no service held", "front_door": "whom the front door decides on first",
           "other_service": "open to another service", "social_care": "open to social care"}  # fmt: skip
BOLD = 0.8
"""A calibration slope under which high figures promise clearly too much."""
ORDER_FAILS = (fairness.MISSED_MORE, fairness.FOUND_MORE, fairness.COVERAGE)


def summary(told: Mapping[str, Any]) -> list[str]:
    """What a reader who stops here should know, in order."""
    return [
        _events(told),
        _order(told),
        _first(told),
        _beside_history(told),
        *_beside_models(told),
        _steady(told),
    ]


def failures(told: Mapping[str, Any]) -> list[str]:
    """Where the method fails, and for whom; never empty, for every order misses somebody."""
    gaps = [one for one in told["fairness"] if one["verdict"] in ORDER_FAILS and not one.get("hidden")]
    # Who is missed comes before who is found.
    of_groups = [_of_group(one) for one in sorted(gaps, key=lambda one: one["ratio"] < 1)]
    return [
        *_short(told), *_little_known(told), *_without_points(told), *_unseen(told), *_at_the_top(told),
        *_one_week(told), *_bold(told), *of_groups, *_stand_ins(told),
        *_too_few(told),
    ]  # fmt: skip


def limits() -> list[str]:
    """What no report of this kind can tell, however well a list did."""
    return [
        (
            "It counts what was recorded. Children in need whom nobody noticed are in no figure here, and a group that "
            "is watched more closely can look easier to find."
        ),
        (
            "It goes by what a service decided, so it tells whom the service took on and not who needed help. Where "
            "decisions were unfair, a list that foresees them is unfair with them."
        ),
        (
            "A child who was helped in time, and so never came to it, counts here as a needless conversation. Whether "
            "a conversation helps is another question, which this page does not answer."
        ),
        (
            "Today’s rules were tried on a past day, and whoever set them may have known what came after. A year that "
            "nobody had seen when the rules were set is the harder test."
        ),
    ]


def group_name(by: str, group: str) -> str:
    """What a group is called where people read of it."""
    named = NAMES.get((by, group), group)
    return _sentence(named) if by == "ethnicity" and group != NOT_KNOWN else named


def of_group(one: Mapping[str, Any]) -> str:
    """A group's verdict as a table says it, which way the gap goes included."""
    if one.get("hidden"):
        return fairness.TOO_FEW
    if one["verdict"] == fairness.COVERAGE:
        return f"{fairness.MISSED_MORE if one['ratio'] > 1 else fairness.FOUND_MORE}; {fairness.COVERAGE}"
    return str(one["verdict"])


def _events(told: Mapping[str, Any]) -> str:
    return (
        f"On {_day(told['as_at'])} the list knew {told['children']:,} children to whom it could happen. In the "
        f"{told['months']} months that followed, {told['events']:,} of them ({told['base_rate']:.1%}) "
        f"{told['outcome_said']}."
    )


def _order(told: Mapping[str, Any]) -> str:
    return (
        "Of two children, one who came to it and one who did not, the list of that day put the right one first "
        f"{told['auc']:.0%} of the time ({_range(told, 'auc', '.0%')}). Chance alone is right half of the time."
    )


def _first(told: Mapping[str, Any]) -> str:
    return (
        f"The first twentieth of the list held {told['recall_top_5']:.0%} of them; "
        f"{1 - told['recall_top_5']:.0%} stood lower. A child there was {told['lift_top_5']:.1f} times as likely as "
        f"any child to come to it, and still {1 - told['precision_top_5']:.0%} of those children did not."
    )


def _beside_history(told: Mapping[str, Any]) -> str:
    history = told["baselines"]["history_only"]["auc"]
    if history is None:
        return "History alone could not be compared."
    gain = told["auc"] - history
    worth = (
        "That is what joining the other feeds is worth."
        if gain >= standard.ABOVE_HISTORY
        else "Joined feeds usually give more: look at what they cover before trusting the list more than history."
    )
    return (
        f"Going by social care's own history alone would be right {history:.0%} of the time, "
        f"{abs(gain) * 100:.0f} points {'less' if gain >= 0 else 'more'}. {worth}"
    )


def _beside_models(told: Mapping[str, Any]) -> list[str]:
    trained = {name: one["auc"] for name, one in told["challengers"].items() if one["auc"] is not None}
    if not trained:
        return []
    name, best = max(trained.items(), key=lambda one: one[1])
    share = told["auc"] / best
    close = (
        "so plain points that anybody can add up cost next to nothing"
        if share >= standard.OF_BEST
        else "so something of what is known is not in the points"
    )
    said = f"The best of the trained models ({name.replace('_', ' ')}) is right {best:.0%} of the time; "
    return [f"{said}the points reach {share:.1%} of that, {close}.", *_where_the_rest_is(told, share)]


def _where_the_rest_is(told: Mapping[str, Any], share: float) -> list[str]:
    """Whether a trained model gains by weighing the same markers better, or by what no marker says."""
    same = told["challengers"].get("same_markers", {}).get("auc")
    if same is None or share >= standard.OF_BEST:
        return []
    said = f"A model given only the markers that carry points is right {same:.0%} of the time"
    if told["auc"] / same >= standard.OF_BEST:
        said = f"{said}, so other weights would gain little"
        return [f"{said}: the rest lies in age, and in which agencies know a child at all, which carry no points."]
    return [f"{said}: other weights would gain. See the table of markers."]


def _steady(told: Mapping[str, Any]) -> str:
    stays = told["stability_top_1"]
    so = (
        "The order does not hang on exact weights."
        if stays >= standard.STEADY
        else "The order hangs on its exact weights; treat the top of the list with care."
    )
    return f"When every weight is moved by up to a fifth, {stays:.0%} of the top hundredth stays where it is. {so}"


def _short(told: Mapping[str, Any]) -> list[str]:
    """Of what is asked before anybody relies on a list, that which it did not do."""
    missing = [one for one in standard.asked(told) if one.verdict == standard.NOT_MET]
    if not missing:
        return []
    named = "; ".join(
        f"{one.said[:1].lower()}{one.said[1:]}: {one.found}, where {one.wanted} is asked" for one in missing
    )
    return [f"It falls short of what is asked of a list before anybody relies on it. {_sentence(named)}."]


def _little_known(told: Mapping[str, Any]) -> list[str]:
    """Children of whom so little was known that no order could have placed them."""
    few = next((one for one in told["bands"] if one["band"] == "not_enough_known" and not one.get("hidden")), None)
    if not few or not few["events"]:
        return []
    said = (
        f"Of {few['children']:,} children ({few['children'] / told['children']:.0%}) too little was known on that day "
        f"to call them low, and {few['share_of_events']:.0%} of those who {told['outcome_said']} were among them."
    )
    return [f"{said} Feeds that had not come, or that do not cover a child, mend that; weights do not."]


def _without_points(told: Mapping[str, Any]) -> list[str]:
    nothing = next((one for one in told["bands"] if one["band"] == "none"), None)
    if not nothing or not nothing["events"]:
        return []
    said = f"{nothing['share_of_events']:.0%} of those who {told['outcome_said']} had nothing that counts on that day."
    return [f"{said} No order of points could have found them: nobody had told us anything yet."]


def _unseen(told: Mapping[str, Any]) -> list[str]:
    many = told["unseen_events"]
    if not many:
        return []
    said = f"{many:,} more came to it of whom no feed had told by that day: newly born, newly moved, or never seen."
    return [f"{said} They are in no figure here."]


def _at_the_top(told: Mapping[str, Any]) -> list[str]:
    """Where people act, a simpler list may find as many."""
    names = {"history_only": "social care’s own history alone", "flat_count": "a plain count of what is true"}
    found = [
        f"{names[name]} finds {one['recall_top_5']:.0%}"
        for name, one in told["baselines"].items()
        if name in names and one["recall_top_5"] is not None and one["recall_top_5"] >= told["recall_top_5"]
    ]
    if not found:
        return []
    said = f"At the top, where people act, a simpler list does as well: in its first twentieth {' and '.join(found)}"
    return [f"{said} of those who came to it, this list {told['recall_top_5']:.0%}."]


def _one_week(told: Mapping[str, Any]) -> list[str]:
    """Of whom a week's capacity reaches fewer than half."""
    few = [
        f"{one['expected_share']:.0%} of the {one['of_events']:,} children {HELD_BY[one['standing']]} "
        f"({one['capacity']:,} households)"
        for one in told.get("reach", ())
        if not one.get("hidden") and one["expected_share"] is not None and one["expected_share"] < 0.5
    ]
    if not few:
        return []
    named = few[0] if len(few) == 1 else f"{', '.join(few[:-1])} and {few[-1]}"
    said = f"A week is short. Of those who came to it, one week’s conversations reached {named}"
    return [f"{said}; the others had to wait or were missed."]


def _bold(told: Mapping[str, Any]) -> list[str]:
    slope = told["calibration_slope"]
    if slope is None or slope >= BOLD:
        return []
    said = f"High figures promise too much (calibration slope {slope:.2f}, where 1 is right)"
    return [f"{said}: a child far above another is less far above in truth."]


def _of_group(one: Mapping[str, Any]) -> str:
    is_missed = one["ratio"] > 1
    named = f"{_sentence(group_name(one['by'], one['group']))} ({BY.get(one['by'], one['by'])})"
    said = (
        f"{named}: {'missed' if is_missed else 'found'} more often "
        f"than others. {one['miss_rate']:.0%} of {one['events']:,} were missed, {one['ratio']:.2f} times as often as "
        "others."
    )
    so = "" if is_missed else " It is everybody else who is missed more."
    return f"{said}{_beside_few(one)} {_why(one)}{so}"


def _beside_few(one: Mapping[str, Any]) -> str:
    """A gap is no firmer than the smaller side of it."""
    many = one.get("others_events")
    if many is None or many >= fairness.ENOUGH_EVENTS:
        return ""
    count = f"only {many:,}" if many >= LEAST_SHOWN else f"fewer than {LEAST_SHOWN}"
    return f" There were {count} others to set them beside, too few to be sure of."


def _why(one: Mapping[str, Any]) -> str:
    """Whether what the feeds cover is the cause of a group's gap."""
    if one["by"] == "coverage":
        return "How much is known is itself what parts these children: a feed mends that, not a weight."
    if one["ratio_alike"] is None:
        return "Nobody else of whom as much is known can be set beside them, so it cannot be said why."
    alike = f"{one['ratio_alike']:.2f} times"
    if one["verdict"] == fairness.COVERAGE:
        known = _known(one) or f"{'less' if one['ratio'] > 1 else 'more'} is known of them"
        return f"Among children of whom as much is known it is {alike}: {known}, and a feed mends that, not a weight."
    known = f" ({known})" if (known := _known(one)) else ""
    return (
        f"Among children of whom as much is known it is still {alike}{known}, so what the feeds cover does not explain "
        "it, or not all of it: somebody has to look at the markers."
    )


def _known(one: Mapping[str, Any]) -> str:
    """Whether more is known of them than of others; "" where a report does not say."""
    mine, theirs = one.get("coverage"), one.get("others_coverage")
    if mine is None or theirs is None:
        return ""
    shares = [f"{share:.0%}" for share in (mine, theirs)]
    if shares[0] == shares[1]:
        return f"{shares[0]} of what is asked is known of them, as of others"
    than = "more" if mine > theirs else "less"
    return f"{than} is known of them, {shares[0]} of what is asked and {shares[1]} of others"


def _stand_ins(told: Mapping[str, Any]) -> list[str]:
    """Markers that somebody has to sign for; which they are, the table says by their labels."""
    found = told.get("proxies") or []
    if not found:
        return []
    many = len({one["marker"] for one in found})
    groups = sorted({group_name(one["by"], one["group"]) for one in found})
    said = "1 marker goes" if many == 1 else f"{many} markers go"
    why = f"{said} so closely with a group, or with whom the list misses of it, that somebody has to sign for it"
    return [f"{why} ({', '.join(groups)}): see what may stand in for a trait."]


def _too_few(told: Mapping[str, Any]) -> list[str]:
    few = [one for one in told["fairness"] if one["verdict"] == fairness.TOO_FEW]
    if not few:
        return []
    named = "; ".join(f"{label}: {', '.join(names)}" for label, names in _by_grouping(few).items())
    said = f"Too few to tell whether they are missed more (fewer than {fairness.ENOUGH_EVENTS} came to it): {named}."
    return [
        f"{said} That is not the same as fair: the table of whom it misses has their figures and how sure they are."
    ]


def _by_grouping(groups: list[Mapping[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in groups:
        found.setdefault(BY.get(one["by"], one["by"]), []).append(group_name(one["by"], one["group"]))
    return found


def _range(told: Mapping[str, Any], name: str, show: str) -> str:
    low, high = told["intervals"][name]
    return f"95% interval {low:{show}} to {high:{show}}" if low is not None and high is not None else "no interval"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _day(iso: str) -> str:
    return in_words(datetime.date.fromisoformat(iso))
