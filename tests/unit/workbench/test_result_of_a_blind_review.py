"""What of two readers' answers may be shown: ranges for small counts, nothing of small halves, and honest words."""

from __future__ import annotations

import pytest

from kinfold.workbench.study import result, wording
from kinfold.workbench.study.models import Study, Subject
from kinfold.workbench.study.queries import Both


def told(*groups: tuple[int, bool, str, str]) -> list[Both]:
    """So many children, listed or not, with what the first and the second reader said."""
    rows = []
    for many, is_listed, first, second in groups:
        for _ in range(many):
            subject = Subject(is_listed=is_listed, age_band="5 to 9", known="middle third", is_bare=not is_listed)
            subject.pseudonym = f"K{len(rows):04}"
            rows.append(Both(subject, (first, second), ("several", "ordinary")))
    return rows


@pytest.mark.parametrize(
    ("hits", "of", "words", "share"),
    [
        (0, 20, "0", "0%"),
        (1, 20, "1 to 5", "5% to 25%"),
        (5, 20, "1 to 5", "5% to 25%"),
        (6, 20, "6", "30%"),
        (14, 20, "14", "70%"),
        (15, 20, "15 to 19", "75% to 95%"),
        (19, 20, "15 to 19", "75% to 95%"),
        (20, 20, "20", "100%"),
    ],
)
def test_a_count_of_one_to_five_or_of_all_but_those_is_a_range(hits, of, words, share):
    shown = result.count(hits, of)
    assert (shown.words, shown.share) == (words, share)
    assert shown.low <= shown.least / of and shown.most / of <= shown.high


def test_two_counts_in_one_range_cannot_be_told_apart():
    assert result.count(2, 20) == result.count(4, 20)
    assert result.count(16, 20) == result.count(18, 20)


def test_the_table_counts_each_reader_both_and_what_the_list_passes_over():
    found = result.reckon(
        told(
            (9, True, "yes", "yes"), (3, True, "yes", "no"), (2, True, "cannot", "no"), (6, True, "no", "no"),
            (2, False, "yes", "yes"), (5, False, "yes", "no"), (13, False, "no", "no"),
        )
    )  # fmt: skip
    assert found is not None
    assert [(line.half, line.reader, line.count.words) for line in found.lines] == [
        ("Listed", "Reader 1", "12"), ("Listed", "Reader 2", "9"), ("Listed", "Both readers", "9"),
        ("Not listed", "Reader 1", "7"), ("Not listed", "Reader 2", "1 to 5"), ("Not listed", "Both readers", "1 to 5"),
    ]  # fmt: skip
    assert (found.missed.words, found.needless.words, found.cannot.words) == ("1 to 5", "8", "1 to 5")
    assert found.agreement.share == pytest.approx(30 / 40)
    assert found.bare["Not listed"].words == "20" and found.bare["Listed"].words == "0"


def test_reasons_are_rounded_so_that_none_can_be_taken_from_the_whole():
    found = result.reckon(told((18, True, "yes", "yes"), (2, True, "no", "no"), (20, False, "no", "no")))
    assert [(one.half, one.times) for one in found.reasons] == [
        ("Listed", "about 20"), ("Listed", "about 20"), ("Not listed", "about 20"), ("Not listed", "about 20"),
    ]  # fmt: skip
    rows = told((20, True, "yes", "yes"), (17, False, "no", "no"))
    rows += [Both(one.subject, one.said, ("several", "little")) for one in told((3, False, "no", "no"))]
    times = {(one.half, one.words): one.times for one in result.reckon(rows).reasons}
    assert times["Not listed", "Too little is known"] == "1 to 5"
    assert times["Not listed", "Nothing here is out of the ordinary"] == "about 15"


def test_nothing_is_shown_of_a_half_of_fewer_than_ten():
    assert result.reckon(told((9, True, "yes", "yes"), (20, False, "no", "no"))) is None
    assert result.reckon([]) is None


def test_words_claim_no_more_than_the_interval_allows():
    chance = result.reckon(told((10, True, "yes", "yes"), (10, True, "yes", "no"), (10, False, "no", "yes"),
                                (10, False, "no", "no")))  # fmt: skip
    assert "little agreement" in wording.kappa(chance) and "cannot rule out" in wording.kappa(chance)
    same = result.reckon(told((20, True, "yes", "yes"), (20, False, "no", "no")))
    assert "very good" in wording.kappa(same) and "no interval can be given" in wording.kappa(same)
    one_thing = result.reckon(told((20, True, "yes", "yes"), (20, False, "yes", "yes")))
    assert "cannot be worked out" in wording.kappa(one_thing)


def test_a_made_up_council_says_so_first_and_a_real_one_never():
    found = result.reckon(told((20, True, "yes", "yes"), (20, False, "no", "no")))
    made_up, real = (wording.notes(Study(is_made_up=flag), found) for flag in (True, False))
    assert made_up[0] == wording.MADE_UP and "evidence" in made_up[0]
    assert made_up[1:] == real and "40 children" in real[0] and len(real) == 5


def test_the_file_that_travels_holds_no_pseudonym_and_the_other_no_person_id():
    rows = told((6, True, "yes", "yes"), (6, True, "no", "no"), (12, False, "no", "no"))
    found = result.reckon(rows)
    table = [str(cell) for line in result.table(found) for cell in line]
    assert not [cell for cell in table if cell.startswith("K0")]
    assert list(result.table(found))[-1][:3] == ("All", "Kappa", "1.00")
    own = list(result.rows(rows))
    assert len(own) == 24 and all(len(row) == len(result.ROWS) for row in own)
    assert own[0][:4] == ("K0000", "5 to 9", "middle third", "Listed")
