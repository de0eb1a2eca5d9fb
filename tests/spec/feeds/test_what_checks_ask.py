"""
What a check can ask of a delivery, one predicate a sentence. A row is wrong only where it is sure to be: what is not
known is asked for by `needed` and by nothing else.
"""

from __future__ import annotations

from tests.spec.feeds.asked import asked


def test_needed_wants_something_in_the_column(spec):
    spec(
        asked,
        rows="""
            row | SEX
            ----+----
            1   | M
            2   |
        """,
        columns=["SEX"],
        needed=True,
        expected={1: False, 2: True},
    )


def test_needed_is_asked_only_of_the_rows_that_when_takes(spec):
    spec(
        asked,
        rows="""
            row | MOTHER | MC_DOB
            ----+--------+-----------
            1   | Y      | 2024-05-01
            2   | Y      |
            3   | N      |
            4   |        |
        """,
        columns=["MC_DOB"],
        needed=True,
        when={"column": "MOTHER", "is": ["Y"]},
        expected={1: False, 2: True, 3: False, 4: False},
    )


def test_empty_wants_nothing_there_in_the_rows_that_when_takes(spec):
    spec(
        asked,
        rows="""
            row | PLACE | PROVIDER
            ----+-------+---------
            1   | T1    |
            2   | T1    | PR1
            3   | U4    | PR1
        """,
        columns=["PROVIDER"],
        empty=True,
        when={"column": "PLACE", "is": ["T1"]},
        expected={1: False, 2: True, 3: False},
    )


def test_one_of_takes_the_codes_of_its_list_in_any_case(spec):
    spec(
        asked,
        rows="""
            row | MISSING
            ----+--------
            1   | M
            2   | a
            3   | X
            4   |
        """,
        columns=["MISSING"],
        one_of=["M", "A"],
        expected={1: False, 2: False, 3: True, 4: False},
    )


SEX = {2017: {"lists": {"sex": {"add": ["1x", "2x"]}}}, 2025: {"lists": {"sex": {"add": ["M", "F"], "remove": ["1x"]}}}}


def test_one_of_a_list_by_year_goes_by_the_year_of_the_return(spec):
    spec(
        asked,
        rows="""
            row | SEX
            ----+----
            1   | 1x
            2   | 2x
            3   | F
        """,
        year=2024,
        years=SEX,
        columns=["SEX"],
        one_of="sex",
        expected={1: False, 2: False, 3: True},
    )


def test_a_year_says_only_what_is_different_from_the_year_before(spec):
    spec(
        asked,
        rows="""
            row | SEX
            ----+----
            1   | 1x
            2   | 2x
            3   | F
        """,
        year=2026,
        years=SEX,
        columns=["SEX"],
        one_of="sex",
        expected={1: True, 2: False, 3: False},
    )


def test_one_of_a_list_by_year_can_go_by_a_day_in_the_row_instead(spec):
    spec(
        asked,
        rows="""
            row | SEX | DECOM
            ----+-----+-----------
            1   | 1x  | 2024-03-31
            2   | 1x  | 2024-04-01
            3   | 1x  |
        """,
        year=2026,
        years=SEX,
        columns=["SEX"],
        one_of="sex",
        year_of="DECOM",
        expected={1: False, 2: True, 3: True},
    )


def test_matches_wants_the_whole_text_to_fit_the_pattern(spec):
    spec(
        asked,
        rows="""
            row | SW_ID
            ----+--------
            1   | SW12345
            2   | SW12345x
            3   | sw1
            4   |
        """,
        columns=["SW_ID"],
        matches="[A-Z]{2}[0-9]{1,10}",
        expected={1: False, 2: True, 3: False, 4: False},
    )


def test_an_end_is_not_before_its_beginning(spec):
    spec(
        asked,
        rows="""
            row | DECOM      | DEC
            ----+------------+-----------
            1   | 2024-05-01 | 2024-05-02
            2   | 2024-05-01 | 2024-05-01
            3   | 2024-05-01 | 2024-04-30
            4   | 2024-05-01 |
        """,
        columns=["DEC"],
        not_before="DECOM",
        expected={1: False, 2: False, 3: True, 4: False},
    )


def test_nothing_has_happened_after_the_day_of_delivery(spec):
    spec(
        asked,
        rows="""
            row | REVIEW
            ----+-----------
            1   | 2025-06-02
            2   | 2025-06-03
            3   |
        """,
        columns=["REVIEW"],
        not_after="delivery.on",
        expected={1: False, 2: True, 3: False},
    )


def test_a_day_can_be_compared_with_one_that_another_part_gives(spec):
    spec(
        asked,
        rows="""
            row | CHILD | DECOM      | header.CHILD | header.DOB
            ----+-------+------------+--------------+-----------
            1   | C1    | 2020-01-01 | C1           | 2015-01-01
            2   | C2    | 2014-12-31 | C2           | 2015-01-01
            3   | C3    | 2014-12-31 |              |
        """,
        columns=["DECOM"],
        not_before="header.DOB",
        expected={1: False, 2: True, 3: False},
    )


def test_within_wants_a_day_no_later_than_so_many_days_after_another(spec):
    spec(
        asked,
        rows="""
            row | DECOM      | DEC
            ----+------------+-----------
            1   | 2024-05-01 | 2024-05-04
            2   | 2024-05-01 | 2024-05-05
            3   | 2024-05-01 |
        """,
        columns=["DEC"],
        within={"of": "DECOM", "days": 3},
        expected={1: False, 2: True, 3: False},
    )


def test_exactly_one_of_two_columns_is_filled(spec):
    rows = """
        row | BORN       | EXPECTED
        ----+------------+-----------
        1   | 2024-05-01 |
        2   |            | 2025-09-01
        3   | 2024-05-01 | 2025-09-01
        4   |            |
    """
    columns = ["BORN", "EXPECTED"]
    spec(asked, rows=rows, columns=columns, filled="exactly_one", expected={1: False, 2: False, 3: True, 4: True})
    spec(asked, rows=rows, columns=columns, filled="at_least_one", expected={1: False, 2: False, 3: False, 4: True})
    spec(asked, rows=rows, columns=columns, filled="all_or_none", expected={1: True, 2: True, 3: False, 4: False})


def test_what_two_parts_say_of_the_same_child_is_the_same(spec):
    spec(
        asked,
        rows="""
            row | CHILD | SEX | DOB        | header.CHILD | header.SEX | header.DOB
            ----+-------+-----+------------+--------------+------------+-----------
            1   | C1    | m   | 2015-01-01 | C1           | M          | 2015-01-01
            2   | C2    | F   | 2015-01-02 | C2           | M          | 2015-01-01
            3   | C3    | F   | 2015-01-02 |              |            |
        """,
        columns=["DOB"],
        same_day_as="header.DOB",
        expected={1: False, 2: True, 3: False},
    )
    spec(
        asked,
        rows="""
            row | CHILD | SEX | header.CHILD | header.SEX
            ----+-------+-----+--------------+-----------
            1   | C1    | m   | C1           | M
            2   | C2    | F   | C2           | M
            3   | C3    |     | C3           | M
        """,
        columns=["SEX"],
        same_as="header.SEX",
        expected={1: False, 2: True, 3: False},
    )


def test_nobody_is_their_own_mother(spec):
    spec(
        asked,
        rows="""
            row | MOTHER_ID | CHILD_ID
            ----+-----------+---------
            1   | P1        | P2
            2   | P1        | P1
            3   |           | P1
        """,
        columns=["MOTHER_ID"],
        differs_from="CHILD_ID",
        expected={1: False, 2: True, 3: False},
    )


def test_a_key_exists_in_the_other_part(spec):
    rows = """
        row | CHILD | header.CHILD
        ----+-------+-------------
        1   | C1    | C1
        2   | C2    |
        3   |       |
    """
    spec(asked, rows=rows, columns=["CHILD"], exists_in="header", expected={1: False, 2: True, 3: False})


def test_a_key_is_not_looked_for_in_a_part_that_did_not_come(spec):
    rows = """
        row | CHILD | header.CHILD
        ----+-------+-------------
        1   | C1    |
        2   | C2    |
    """
    spec(asked, rows=rows, came=(), columns=["CHILD"], exists_in="header", expected={1: False, 2: False})


def test_of_a_key_that_is_there_more_than_once_each_later_row_is_wrong(spec):
    spec(
        asked,
        rows="""
            row | CHILD | DECOM
            ----+-------+-----------
            1   | C1    | 2024-05-01
            2   | C1    | 2024-06-01
            3   | C1    | 2024-05-01
            4   |       | 2024-05-01
            5   |       | 2024-05-01
        """,
        columns=["CHILD", "DECOM"],
        unique=True,
        expected={1: False, 2: False, 3: True, 4: False, 5: False},
    )


def test_periods_do_not_overlap_and_may_follow_on_the_same_day(spec):
    spec(
        asked,
        rows="""
            row | CHILD | DECOM      | DEC
            ----+-------+------------+-----------
            1   | C1    | 2024-01-01 | 2024-02-01
            2   | C1    | 2024-02-01 | 2024-03-01
            3   | C1    | 2024-02-15 | 2024-02-20
            4   | C2    | 2024-01-01 |
            5   | C2    | 2024-05-01 |
            6   | C3    | 2024-01-01 |
        """,
        columns=["DECOM", "DEC"],
        no_overlap={"per": ["CHILD"], "start": "DECOM", "end": "DEC"},
        expected={1: False, 2: False, 3: True, 4: False, 5: True, 6: False},
    )


def test_a_long_period_is_seen_behind_a_short_one(spec):
    spec(
        asked,
        rows="""
            row | CHILD | DECOM      | DEC
            ----+-------+------------+-----------
            1   | C1    | 2024-01-01 | 2024-12-31
            2   | C1    | 2024-02-01 | 2024-02-02
            3   | C1    | 2024-06-01 | 2024-07-01
        """,
        columns=["DECOM", "DEC"],
        no_overlap={"per": ["CHILD"], "start": "DECOM", "end": "DEC"},
        expected={1: False, 2: True, 3: True},
    )


def test_an_episode_that_says_it_goes_on_is_followed_on_the_same_day(spec):
    spec(
        asked,
        rows="""
            row | CHILD | DECOM      | DEC        | REC
            ----+-------+------------+------------+----
            1   | C1    | 2024-01-01 | 2024-02-01 | X1
            2   | C1    | 2024-02-01 | 2024-03-01 | X1
            3   | C1    | 2024-03-02 | 2024-04-01 | E8
            4   | C2    | 2024-01-01 | 2024-02-01 | X1
        """,
        columns=["DEC"],
        chain={"per": ["CHILD"], "start": "DECOM", "end": "DEC", "side": "next"},
        when={"column": "REC", "is": ["X1"]},
        expected={1: False, 2: True, 3: False, 4: True},
    )


def test_an_episode_that_says_care_went_on_follows_one_that_ended_then(spec):
    spec(
        asked,
        rows="""
            row | CHILD | DECOM      | DEC        | RNE
            ----+-------+------------+------------+----
            1   | C1    | 2024-01-01 | 2024-02-01 | S
            2   | C1    | 2024-02-01 | 2024-03-01 | P
            3   | C1    | 2024-03-05 |            | L
            4   | C2    | 2024-01-01 |            | P
        """,
        columns=["DECOM"],
        chain={"per": ["CHILD"], "start": "DECOM", "end": "DEC", "side": "previous"},
        when={"column": "RNE", "is_not": ["S"]},
        expected={1: False, 2: False, 3: True, 4: True},
    )


def test_no_more_than_so_many_rows_of_a_kind(spec):
    spec(
        asked,
        rows="""
            row | CHILD
            ----+------
            1   | C1
            2   | C1
            3   | C1
            4   | C2
        """,
        at_most_per={"per": ["CHILD"], "rows": 2},
        expected={1: False, 2: False, 3: True, 4: False},
    )


def test_an_age_lies_between_its_bounds_on_the_day(spec):
    spec(
        asked,
        rows="""
            row | DOB        | DECOM
            ----+------------+-----------
            1   | 2010-05-02 | 2014-05-01
            2   | 2010-05-02 | 2014-05-02
            3   | 2010-05-02 | 2028-05-01
            4   | 2010-05-02 | 2028-05-02
            5   |            | 2028-05-02
        """,
        age_between={"birth": "DOB", "at": "DECOM", "from": 4, "to": 17},
        expected={1: True, 2: False, 3: False, 4: True, 5: False},
    )


def test_a_check_can_be_asked_of_children_of_an_age_only(spec):
    spec(
        asked,
        rows="""
            row | DOB        | TEETH
            ----+------------+------
            1   | 2020-03-31 |
            2   | 2020-04-01 |
            3   |            |
        """,
        columns=["TEETH"],
        needed=True,
        aged={"birth": "DOB", "at": "delivery.year_end", "to": 4},
        expected={1: False, 2: True, 3: False},
    )


def test_never_is_wrong_wherever_its_conditions_hold(spec):
    spec(
        asked,
        rows="""
            row | SCORE | REASON
            ----+-------+-------
            1   | a     |
            2   | a     | SDQ2
            3   |       | SDQ2
        """,
        columns=["SCORE"],
        never=True,
        when=[{"column": "SCORE", "present": True}, {"column": "REASON", "present": True}],
        expected={1: False, 2: True, 3: False},
    )


def test_a_table_that_the_return_of_the_year_does_not_have_is_wrong_as_a_whole(spec):
    years = {2017: {}, 2024: {"parts": {"add": ["rows"]}}}
    rows = """
        row | CHILD
        ----+------
        1   | C1
    """
    spec(asked, rows=rows, year=2023, years=years, in_return=True, expected={1: True})
    spec(asked, rows=rows, year=2024, years=years, in_return=True, expected={1: False})


def test_a_column_that_the_return_of_the_year_does_not_have_is_wrong_where_it_is_filled(spec):
    spec(
        asked,
        rows="""
            row | GENDER
            ----+-------
            1   | x
            2   |
        """,
        year=2023,
        years={2017: {"columns": {"add": ["rows.GENDER"]}}, 2023: {"columns": {"remove": ["rows.GENDER"]}}},
        columns=["GENDER"],
        in_return=True,
        expected={1: True, 2: False},
    )


def test_a_check_of_some_years_is_not_asked_in_others(spec):
    rows = """
        row | SEX
        ----+----
        1   |
    """
    spec(asked, rows=rows, year=2025, columns=["SEX"], needed=True, from_year=2026, expected={1: False})
    spec(asked, rows=rows, year=2025, columns=["SEX"], needed=True, to_year=2025, expected={1: True})


def test_what_was_said_of_the_same_child_before_is_said_again(spec):
    spec(
        asked,
        rows="""
            row | CHILD | DOB        | before.CHILD | before.DOB
            ----+-------+------------+--------------+-----------
            1   | C1    | 2015-01-01 | C1           | 2015-01-01
            2   | C2    | 2015-01-01 | C2           | 2016-01-01
            3   | C3    | 2015-01-01 |              |
        """,
        columns=["DOB"],
        same_as_last_delivery=["CHILD"],
        expected={1: False, 2: True, 3: False},
    )


def test_a_whole_number_and_a_number_lie_within_their_bounds(spec):
    rows = """
        row | SCORE
        ----+------
        1   | 0
        2   | 40
        3   | 41
        4   | 3.5
        5   | x
        6   |
    """
    wholes = {1: False, 2: False, 3: True, 4: True, 5: True, 6: False}
    spec(asked, rows=rows, columns=["SCORE"], whole_number={"from": 0, "to": 40}, expected=wholes)
    numbers = {1: False, 2: False, 3: True, 4: False, 5: True, 6: False}
    spec(asked, rows=rows, columns=["SCORE"], number={"from": 0, "to": 40}, expected=numbers)


def test_an_identifier_has_the_shape_or_the_check_of_its_kind(spec):
    rows = """
        row | ID
        ----+--------------
        1   | B801200005001
        2   | Q207000016049
        3   | P207000016049
        4   |
    """
    spec(asked, rows=rows, columns=["ID"], identifier="upn", expected={1: False, 2: True, 3: False, 4: False})
    rows = """
        row | ID
        ----+--------
        1   | ZZ1 1ZZ
        2   | nowhere
        3   |
    """
    spec(asked, rows=rows, columns=["ID"], identifier="postcode", expected={1: False, 2: True, 3: False})


def test_a_date_that_is_there_can_be_read(spec):
    spec(
        asked,
        rows="""
            row | DECOM      | DEC
            ----+------------+----
            1   | 2024-05-01 | x
            2   |            |
        """,
        columns=["DECOM", "DEC"],
        is_date=True,
        expected={1: True, 2: False},
    )
