"""The measures agree with what can be counted by hand, and share every tie equally."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from tests.unit.proof.made_up import WEIGHING, cohort

from kinfold.proof import (
    baselines,
    calibration,
    challengers,
    decisions,
    disclosure,
    drift,
    fairness,
    metrics,
    proxies,
    reach,
    resum,
    sections,
    stability,
    verdicts,
)
from kinfold.proof import report as reports

YES, NO = True, False


@pytest.mark.parametrize(
    ("event", "score", "expected"),
    [
        ([YES, NO, NO], [3, 2, 1], 1.0),
        ([NO, NO, YES], [3, 2, 1], 0.0),
        ([YES, NO], [1, 1], 0.5),
        ([YES, NO, YES, NO], [4, 3, 2, 1], 0.75),
    ],
)
def test_the_chance_that_the_right_one_of_two_stands_first(event, score, expected):
    assert metrics.auc(np.array(event), np.array(score, dtype=float)) == expected


def test_children_alike_at_the_cut_share_its_places():
    score, event = np.array([9.0, 5, 5, 5, 1]), np.array([YES, YES, NO, NO, NO])
    assert metrics.within(score, 2).tolist() == pytest.approx([1, 1 / 3, 1 / 3, 1 / 3, 0])
    first = metrics.top(event, score, share=0.4)
    assert (first.places, first.found, first.recall) == pytest.approx((2, 4 / 3, 2 / 3))
    assert first.lift == pytest.approx((4 / 3 / 2) / (2 / 5))


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 10, 0, 0.2775), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)]
)
def test_the_interval_of_a_share_is_wilsons(hits, of, low, high):
    found = metrics.wilson(hits, of)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-4)


def test_households_are_drawn_whole():
    unit = np.array([0, 0, 1, 2, 2, 2])

    def of_drawn(places: np.ndarray) -> list[float]:
        counts = np.bincount(places, minlength=6)
        assert counts[0] == counts[1]
        assert counts[3] == counts[4] == counts[5]
        return [float(counts[2])]

    [(low, high)] = metrics.bootstrap(unit, of_drawn, draws=50, seed=1)
    assert low <= 1 <= high


def test_chances_learned_elsewhere_are_right_on_average_and_their_slope_is_near_one():
    made = cohort(children=20_000)
    chance = calibration.chances(made.event, made.figure, made.unit, seed=1)
    assert chance.sum() == pytest.approx(made.event.sum(), rel=0.05)
    assert calibration.slope(made.event, chance) == pytest.approx(1, abs=0.15)
    # Chances twice as bold in log-odds as they should be have half the slope.
    bold = 1 / (1 + np.exp(-2 * np.log(chance / (1 - chance))))
    assert calibration.slope(made.event, bold) == pytest.approx(calibration.slope(made.event, chance) / 2, rel=0.01)


def test_twentieths_hold_every_child_once_the_highest_first():
    made = cohort(children=1_000)
    parts = calibration.by_twentieth(made.event, made.figure, np.full(1_000, 0.1))
    assert [one.children for one in parts] == [50] * 20
    assert sum(one.seen for one in parts) == made.event.sum()
    assert [one.least_figure for one in parts] == sorted((one.least_figure for one in parts), reverse=True)


def test_ringing_everybody_is_worth_nothing_where_one_found_is_worth_as_many_calls_as_it_takes():
    event = np.arange(1000) < 100
    told = {one.conversations: one for one in decisions.curve(event, event * 1.0, np.zeros(1000))}
    assert told[10].everybody == pytest.approx(0, abs=1e-9)
    assert told[10].order == pytest.approx(100)
    assert told[10].history == 0


def test_weights_that_do_not_move_change_nothing_and_a_marker_that_goes_takes_its_points():
    made = cohort()
    times = np.ones(4)
    assert (resum.figures(WEIGHING, made.points, made.true, times=times) == made.figure).all()
    gone = {one.name: one for one in stability.without_markers(made)}
    assert gone["attends_well"].auc_falls == 0
    assert gone["abuse"].auc_falls > gone["arrears"].auc_falls > 0
    feeds = {one.name: one for one in stability.without_feeds(made)}
    assert feeds["police"].auc_falls == pytest.approx(gone["abuse"].auc_falls)
    assert 0.5 < stability.swung(made, seed=1, draws=20).mean <= 1


def test_caps_the_infants_share_and_needs_are_summed_as_the_run_sums_them():
    weighing = dataclasses.replace(
        WEIGHING,
        markers=("a", "b", "need", "infant"), domains=("Trio", "Trio", "Money", "Health"),
        directions=("pressure", "pressure", "need", "modifier"), multipliers=(1.0, 1.0, 1.0, 1.2),
    )  # fmt: skip
    points = np.array([[8.0, 9, 9, 0], [4, 0, 0, 0], [8.1, 0, 0, 0]])
    true = np.array([[YES, YES, YES, NO], [YES, NO, NO, YES], [YES, NO, NO, NO]])
    assert resum.figures(weighing, points, true).tolist() == [17 + 6 * 0.5, 4.75, 8.0]


def test_a_group_missed_more_often_is_said_to_be_unless_coverage_or_few_events_explain_it():
    rng, many = np.random.default_rng(3), 8_000
    group = np.where(rng.random(many) < 0.5, "a", "b").astype(object)
    event = rng.random(many) < 0.1
    seen_high = event & (rng.random(many) < np.where(group == "a", 0.9, 0.4))
    made = cohort(children=many, event=event, figure=seen_high * 10.0, groups={"which": group})
    told = {one.group: one for one in fairness.groups(made, share=0.08) if one.by == "which"}
    assert told["b"].verdict == fairness.MISSED_MORE
    assert told["a"].verdict == fairness.FOUND_MORE
    assert told["b"].events == (event & (group == "b")).sum()
    few = cohort(children=many, event=event & (rng.random(many) < 0.15), groups={"which": group})
    assert {one.verdict for one in fairness.groups(few, share=0.05) if one.by == "which"} == {fairness.TOO_FEW}


def test_a_gap_that_closes_where_as_much_is_known_is_said_to_come_of_the_feeds():
    rng, many = np.random.default_rng(4), 20_000
    group = np.where(rng.random(many) < 0.5, "a", "b").astype(object)
    known = rng.random(many) < np.where(group == "a", 0.9, 0.2)
    thirds = np.where(known, "best known of", "least known of").astype(object)
    event = rng.random(many) < 0.08
    high = event & (rng.random(many) < np.where(known, 0.9, 0.1))
    made = cohort(children=many, event=event, figure=high * 10.0, groups={"which": group, "coverage": thirds})
    told = {one.group: one for one in fairness.groups(made, share=0.045) if one.by == "which"}
    assert told["b"].ratio > 1.25
    assert told["b"].ratio_alike == pytest.approx(1, abs=0.1)
    assert told["b"].verdict == fairness.COVERAGE


@pytest.mark.parametrize(
    ("by", "events", "ratio", "alike", "expected"),
    [
        ("sex", 99, 3.0, 1.0, fairness.TOO_FEW),
        ("sex", 100, 1.25, 2.0, fairness.ALIKE),
        ("sex", 100, 0.80, 0.5, fairness.ALIKE),
        ("sex", 100, 1.40, 1.30, fairness.MISSED_MORE),
        ("sex", 100, 1.30, 1.24, fairness.MISSED_MORE),  # hardly closes
        ("sex", 100, 1.30, 1.10, fairness.COVERAGE),
        ("sex", 100, 1.30, math.nan, fairness.MISSED_MORE),
        ("deprivation", 100, 0.75, 0.74, fairness.FOUND_MORE),
        ("deprivation", 100, 0.75, 0.96, fairness.COVERAGE),
        ("deprivation", 100, 0.0, 0.0, fairness.FOUND_MORE),
        ("coverage", 100, 1.60, math.nan, fairness.COVERAGE),
    ],
)
def test_a_gap_either_way_has_a_verdict_and_coverage_explains_it_only_where_it_closes(
    by, events, ratio, alike, expected
):
    assert fairness.verdict(by, events, ratio, alike) == expected


@pytest.mark.parametrize(
    ("row", "table", "words"),
    [
        (
            {"by": "deprivation", "ratio": 0.75, "ratio_alike": 0.76, "coverage": 0.7, "others_coverage": 0.7,
             "verdict": fairness.FOUND_MORE},
            "found more often",
            (
                "Most deprived (deprivation of the area): found more often than others. 60% of 400 were missed, "
                "0.75 times as often as others. Among children of whom as much is known it is still 0.76 times (70% "
                "of what is asked is known of them, as of others), so what the feeds cover does not explain it, or "
                "not all of it: somebody has to look at the markers. It is everybody else who is missed more."
            ),
        ),
        (
            {"by": "deprivation", "ratio": 0.75, "ratio_alike": 0.97, "coverage": 0.8, "others_coverage": 0.6,
             "verdict": fairness.COVERAGE},
            "found more often; what the feeds cover explains it",
            (
                "Most deprived (deprivation of the area): found more often than others. 60% of 400 were missed, "
                "0.75 times as often as others. Among children of whom as much is known it is 0.97 times: more is "
                "known of them, 80% of what is asked and 60% of others, and a feed mends that, not a weight. It is "
                "everybody else who is missed more."
            ),
        ),
        (
            {"by": "coverage", "ratio": 1.5, "ratio_alike": None, "coverage": 0.4, "others_coverage": 0.8,
             "verdict": fairness.COVERAGE},
            "missed more often; what the feeds cover explains it",
            (
                "Most deprived (how much is known): missed more often than others. 60% of 400 were missed, 1.50 "
                "times as often as others. How much is known is itself what parts these children: a feed mends "
                "that, not a weight."
            ),
        ),
    ],
)  # fmt: skip
def test_a_report_says_which_way_a_gap_goes_and_whether_coverage_is_its_cause(row, table, words):
    row = {"group": "most deprived", "miss_rate": 0.6, "events": 400, **row}
    assert verdicts.of_group(row) == table
    told = reports.report(cohort(children=400), draws=2) | {"fairness": [row], "challengers": {}}
    assert words in verdicts.failures(told)
    few = verdicts.failures(told | {"fairness": [row | {"others_events": 12}]})
    assert any("There were only 12 others to set them beside, too few to be sure of." in said for said in few)
    assert verdicts.of_group(row | {"hidden": True}) == fairness.TOO_FEW


def told_of(**changed) -> dict:
    """A report that does all that is asked, but for what a test changes."""
    alike = {"by": "sex", "group": "girls", "events": 400, "verdict": fairness.ALIKE}
    made = reports.report(cohort(children=400), draws=2)
    good = {
        "auc": 0.84, "lift_top_5": 7.0, "recall_top_5": 0.4, "stability_top_1": 0.95, "calibration_slope": 1.0,
        "baselines": {"history_only": {"auc": 0.6, "recall_top_5": 0.2},
                      "flat_count": {"auc": 0.8, "recall_top_5": 0.3}},
        "challengers": {"logistic": {"auc": 0.85}}, "fairness": [alike], "bands": [], "reach": [], "unseen_events": 0,
        "proxies": [],
    }  # fmt: skip
    return made | good | changed


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, None),
        (
            {"auc": 0.68, "lift_top_5": 3.5},
            (
                "It falls short of what is asked of a list before anybody relies on it. The right one of two children "
                "comes first: 68%, where 80% or more is asked; a child in the first twentieth is this many times as "
                "likely as any: 3.5, where 6.0 or more is asked; beside the best trained model: 80.0%, where 98.0% or "
                "more is asked."
            ),
        ),
        (
            {"bands": [{"band": "not_enough_known", "children": 300, "events": 20, "share_of_events": 0.7}]},
            (
                "Of 300 children (75%) too little was known on that day to call them low, and 70% of those who began a "
                "time as a child in need, on a protection plan or looked after were among them. Feeds that had not "
                "come, or that do not cover a child, mend that; weights do not."
            ),
        ),
        (
            {"baselines": {"history_only": {"auc": 0.6, "recall_top_5": 0.42},
                           "flat_count": {"auc": 0.8, "recall_top_5": 0.3}}},
            (
                "At the top, where people act, a simpler list does as well: in its first twentieth social care’s own "
                "history alone finds 42% of those who came to it, this list 40%."
            ),
        ),
        (
            {"reach": [
                {"standing": "no_service", "capacity": 40, "of_events": 134, "expected_share": 0.05},
                {"standing": "social_care", "capacity": 60, "of_events": 11, "expected_share": 1.0},
            ]},
            (
                "A week is short. Of those who came to it, one week’s conversations reached 5% of the 134 children "
                "whom no service held (40 households); the others had to wait or were missed."
            ),
        ),
        (
            {"proxies": [{"marker": "short_breaks", "by": "disability", "group": "disabled"}]},
            (
                "1 marker goes so closely with a group, or with whom the list misses of it, that somebody has to sign "
                "for it (disabled): see what may stand in for a trait."
            ),
        ),
        (
            {"calibration_slope": 0.5},
            (
                "High figures promise too much (calibration slope 0.50, where 1 is right): a child far above another "
                "is less far above in truth."
            ),
        ),
    ],
)  # fmt: skip
def test_where_a_list_fails_is_said_with_its_figures_and_only_where_it_does(changed, said):
    assert verdicts.failures(told_of(**changed)) == ([said] if said else [])


def test_a_marker_that_goes_with_a_trait_or_moves_a_groups_misses_is_to_be_signed_for():
    rng, many = np.random.default_rng(8), 6_000
    group = np.where(rng.random(many) < 0.3, "a", "b").astype(object)
    plain = cohort(children=many, groups={"ethnicity": group})
    assert proxies.proxies(plain, share=0.05) == []

    true = plain.true.copy()
    true[:, 0] = (group == "a") & (rng.random(many) < 0.6)  # hardly anybody else has it
    points = np.where(true, np.array([8.0, 4.0, 3.0, -4.0]), 0.0)
    event = rng.random(many) < 0.15
    leans = cohort(
        children=many, groups={"ethnicity": group}, true=true, points=points, event=event,
        figure=resum.figures(WEIGHING, points, true),
    )  # fmt: skip
    told = {(one.marker, one.group): one for one in proxies.proxies(leans, share=0.05)}
    assert told.keys() == {("abuse", "a"), ("abuse", "b")}
    assert told["abuse", "a"].correlation == pytest.approx(-told["abuse", "b"].correlation)
    assert told["abuse", "a"].correlation > 0.6
    assert told["abuse", "a"].miss_changes > 0.05, "without it, more of them would be missed"
    assert told["abuse", "a"].children == true[:, 0].sum()


def test_too_few_children_with_a_marker_are_no_proof_that_it_stands_in():
    group = np.array(["a"] * 15 + ["b"] * 3_985, dtype=object)
    made = cohort(children=4_000, groups={"sex": group})
    true = made.true.copy()
    true[:, 0] = group == "a"
    assert proxies.proxies(dataclasses.replace(made, true=true), share=0.05) == []


def test_groups_stand_in_their_own_order_those_not_known_last():
    ages = np.array(["10 to 15", "not known", "under 1", "1 to 4"], dtype=object)
    made = cohort(children=4, groups={"age": ages, "sex": np.array(["not known", "girls", "boys", "boys"])})
    told = [one.group for one in fairness.groups(made, share=0.5) if one.by in ("age", "sex")]
    assert told == ["under 1", "1 to 4", "10 to 15", "not known", "boys", "girls", "not known"]


def test_a_hidden_count_of_one_weeks_reach_cannot_be_worked_out_from_the_others():
    rows = [
        {"standing": name, "of_events": many, "expected_share": 0.5, "low": 0.1, "high": 0.9}
        for name, many in (("no_service", 40), ("front_door", 9), ("other_service", 3), ("social_care", 0))
    ]
    told = {row["standing"]: row for row in disclosure.shown({"reach": rows})["reach"]}
    assert [told[name]["of_events"] for name in ("no_service", "front_door", "other_service", "social_care")] == [
        40, None, None, 0,
    ]  # fmt: skip
    assert told["front_door"]["expected_share"] is None


@pytest.mark.parametrize(("value", "said"), [(-0.04, "0.0"), (-209.44, "−209.4"), (5.0, "5.0")])
def test_a_figure_below_nothing_has_a_true_minus_and_nothing_has_no_sign(value, said):
    assert sections.signed(value, ".1f") == said


@pytest.mark.parametrize(
    ("before", "now", "expected"), [([50, 50], [50, 50], 0.0), ([90, 10], [10, 90], 3.5156), ([0, 0], [1, 1], math.nan)]
)
def test_drift_is_the_population_stability_index(before, now, expected):
    assert drift.index(np.array(before), np.array(now)) == pytest.approx(expected, abs=1e-4, nan_ok=True)


def test_a_marker_true_of_many_more_children_than_last_time_has_much_changed():
    told = drift.of_states("abuse", {"true": 10}, {"true": 300}, children=(1000, 1000))
    assert told.verdict == "much changed"
    assert (told.before, told.now) == (0.01, 0.3)


def test_capacity_counts_households_and_a_standing_without_events_says_nothing():
    made = cohort(children=400)
    told = reach.reach(made, capacity={"no_service": 20, "front_door": 5}, share=0.25, most=10).to_pylist()
    by = {row["standing"]: row for row in told}
    assert by["no_service"]["of_events"] == made.event.sum()
    assert by["no_service"]["low"] <= by["no_service"]["expected_share"] <= by["no_service"]["high"]
    assert by["front_door"]["expected_share"] is None
    everybody = reach.reach(made, capacity={"no_service": 200}, share=0.25, most=10).to_pylist()
    assert everybody[0]["expected_share"] == 1


def test_flat_counts_leave_strengths_out():
    made = cohort()
    assert (baselines.flat_count(made) == made.true[:, :3].sum(axis=1)).all()


def test_the_report_holds_no_child_and_the_same_children_give_the_same_report():
    made = cohort(children=2_000)
    told, again = reports.report(made, draws=20), reports.report(made, draws=20)
    assert told == again
    assert "P00001" not in str(told)
    low, high = told["intervals"]["auc"]
    assert low < told["auc"] < high
    assert sum(one["events"] for one in told["bands"]) == told["events"]
    assert verdicts.summary(told | {"months": 12, "is_made_up": True, "challengers": {}})


def test_a_day_after_which_nothing_came_is_refused_in_words():
    made = cohort(children=100, event=np.zeros(100, dtype=bool))
    with pytest.raises(reports.NothingToProve, match="Of 100 children who could have, 0"):
        reports.report(made)


@pytest.mark.slow
def test_challengers_are_never_asked_about_a_household_they_were_trained_on():
    pytest.importorskip("sklearn")
    made = cohort(children=600)
    fold = calibration.folds(made.unit, seed=1)
    assert all(len(set(fold[made.unit == one].tolist())) == 1 for one in range(50))
    # Chance alone cannot be learned: held out, a model of noise is right half of the time.
    noise = cohort(children=3_000, event=np.random.default_rng(9).random(3_000) < 0.1)
    found = challengers.aucs(noise, seed=1)
    assert found["logistic"]["auc"] == pytest.approx(0.5, abs=0.07)
    assert found["same_markers"]["auc"] == pytest.approx(0.5, abs=0.07)


def test_a_model_of_the_same_markers_is_told_neither_age_nor_what_is_unknown():
    made = cohort(children=600)
    same = challengers.facts_with_points(made)
    other = dataclasses.replace(
        made, age=made.age + 5, unknown=~made.unknown, coverage=1 - made.coverage, groups=made.groups
    )
    assert np.array_equal(same, challengers.facts_with_points(other))
    assert not np.array_equal(challengers.facts(made)[0], challengers.facts(other)[0])


@pytest.mark.parametrize(
    ("best", "same", "words"),
    [
        pytest.param(0.80, 0.70, "other weights would gain little: the rest lies in age", id="not in the points"),
        pytest.param(0.80, 0.79, "other weights would gain. See the table of markers", id="spent badly"),
        pytest.param(0.70, 0.70, None, id="nothing to explain"),
    ],
)
def test_a_report_says_whether_a_model_gains_by_weights_or_by_what_has_no_points(best, same, words):
    told = told_of(
        auc=0.70, months=12, is_made_up=True, challengers={"logistic": {"auc": best}, "same_markers": {"auc": same}}
    )
    said = " ".join(verdicts.summary(told))
    assert words in said if words else "other weights" not in said
