"""Ages, areas and shares are said in the words a practitioner would use."""

from __future__ import annotations

import datetime

import pytest

from kinfold.record import wording

TODAY = datetime.date(2026, 3, 3)


@pytest.mark.parametrize(
    ("birth_on", "said"),
    [
        (datetime.date(2026, 3, 3), "0 days old"),
        (datetime.date(2026, 3, 2), "1 day old"),
        (datetime.date(2026, 2, 10), "3 weeks old"),
        (datetime.date(2025, 12, 4), "2 months old"),
        (datetime.date(2024, 3, 4), "23 months old"),
        (datetime.date(2024, 3, 3), "2 years old"),
        (datetime.date(2016, 2, 29), "10 years old"),
        (datetime.date(2027, 1, 1), "age not known"),
        (None, "age not known"),
    ],
)
def test_an_age_is_said_in_weeks_then_months_then_years(birth_on, said):
    assert wording.age(birth_on, as_at=TODAY) == said


def test_an_unborn_child_is_said_to_be_so():
    assert wording.age(None, as_at=TODAY, expected_on=datetime.date(2026, 6, 1)) == "unborn"


@pytest.mark.parametrize(
    ("days", "said"),
    [(-2, "in 2 days"), (0, "today"), (1, "yesterday"), (20, "20 days ago"), (21, "3 weeks ago"), (92, "3 months ago"),
     (800, "2 years ago")],
)  # fmt: skip
def test_how_long_ago_is_counted_to_the_day_of_the_snapshot(days, said):
    assert wording.ago(TODAY - datetime.timedelta(days=days), as_at=TODAY) == said


def test_not_seen_and_not_seen_alone_are_two_different_things():
    on = datetime.date(2026, 2, 19)
    assert wording.seen(None, None, as_at=TODAY) == "Not seen in our feeds."
    assert wording.seen(on, None, as_at=TODAY) == (
        "Last seen 19 February 2026 (12 days ago); not seen alone in our feeds."
    )
    assert wording.seen(on, on, as_at=TODAY) == "Last seen 19 February 2026 (12 days ago), alone."


@pytest.mark.parametrize(
    ("share", "said"), [(1.0, "nearly all"), (0.7, "most"), (0.5, "about half"), (0.2, "some"), (0.0, "very little")]
)
def test_coverage_is_said_in_words(share, said):
    assert wording.coverage(share) == said
    assert wording.coverage(None) == "it is not known how much"


def test_an_area_is_the_first_half_of_a_postcode():
    assert wording.area("SM1 4AB", is_withheld=False) == "SM1"
    assert wording.area("SM1 4AB", is_withheld=True) == "Area withheld"
    assert wording.area("", is_withheld=False) == "Area not known"


def test_reasons_for_a_match_say_what_is_the_same_in_one_line():
    told = "UPN same; forename same; birth date same; surname spelt alike; home same postcode"
    assert wording.reasons(told) == [
        "The same UPN, forename and birth date", "Surname spelt alike", "Home in the same postcode",
    ]  # fmt: skip
    assert wording.reasons("the only record of this person") == ["The only record of this person that we hold"]
    assert wording.reasons("") == []


def test_several_statements_are_one_sentence_and_a_name_of_letters_keeps_its_capitals():
    said = wording.one_sentence(["Rent is behind, since 3 March 2026.", "A parent is away", "GP not known", ""])
    assert said == "Rent is behind, since 3 March 2026; a parent is away; GP not known."
    assert wording.one_sentence([]) == ""


def test_a_text_that_begins_with_its_label_adds_nothing_to_it():
    assert not wording.adds_to("Can have free school meals, since 5 September 2020", "Can have free school meals")
    assert wording.adds_to("Two suspensions since January.", "Suspended twice this term")
    assert not wording.adds_to("", "Suspended twice this term")
