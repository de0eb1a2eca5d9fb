"""Pressures, unmet needs and strengths are kept apart, capped by domain, and add up line by line."""

import ibis.expr.types as ir

from kinfold.priority import sums
from kinfold.store.schema import NUMBER, TEXT

CATALOGUE = """
    marker          | domain   | direction | points | most_points | multiplier | halved_by | hastened_by
    ----------------+----------+-----------+--------+-------------+------------+-----------+------------
    domestic_abuse  | Trio     | pressure  | 8      | 11          | 1.0        |           | supported
    substance_use   | Trio     | pressure  | 9      | 9           | 1.0        | treated   |
    mental_health   | Trio     | pressure  | 6      | 6           | 1.0        |           |
    absent          | School   | pressure  | 4      | 4           | 1.0        |           |
    arrears         | Money    | need      | 3      | 3           | 1.0        |           |
    free_meals      | Money    | need      | 3      | 3           | 1.0        |           |
    no_work         | Money    | need      | 2      | 2           | 1.0        |           |
    not_seen        | Contact  | lost      | 5      | 5           | 1.0        |           |
    attends_well    | Strength | strength  | -4     | -4          | 1.0        |           |
    treated         | Strength | strength  | -5     | -5          | 1.0        |           |
    supported       | Strength | strength  | -4     | -4          | 1.0        |           |
    under_one       | Health   | modifier  | 0      | 0           | 1.2        |           |
    injury          | Safety   | acute     | 0      | 0           | 1.0        |           |"""
TYPES = {"marker_state": {"state": TEXT, "points": NUMBER}}
CAPS = {"Trio": 18.0, "Money": 6.0, "School": 12.0, "Contact": 12.0}


def lines(marker_state: ir.Table, catalogue: ir.Table) -> ir.Table:
    return sums.lines_of_the_sum(marker_state, catalogue, caps=CAPS)


def figures(marker_state: ir.Table, catalogue: ir.Table) -> ir.Table:
    made = lines(marker_state, catalogue)
    return sums.figures(marker_state.select("person_id").distinct(), made, needs_share=0.5, never_alone=("Money",))


def test_a_domain_above_its_cap_gets_a_line_that_brings_it_back(spec):
    spec(
        lines,
        marker_state="""
            person_id | marker         | state | points
            ----------+----------------+-------+-------
            P1        | domestic_abuse | true  | 8
            P1        | substance_use  | true  | 9
            P1        | mental_health  | true  | 6
        """,
        catalogue=CATALOGUE,
        types=TYPES,
        expected="""
            person_id | kind       | marker         | domain | points
            ----------+------------+----------------+--------+-------
            P1        | pressure   | domestic_abuse | Trio   | 8
            P1        | pressure   | substance_use  | Trio   | 9
            P1        | pressure   | mental_health  | Trio   | 6
            P1        | adjustment | pressure_cap   | Trio   | -5
        """,
    )


def test_an_infants_pressures_count_a_fifth_more_and_needs_do_not(spec):
    spec(
        lines,
        marker_state="""
            person_id | marker         | state | points
            ----------+----------------+-------+-------
            BABY      | domestic_abuse | true  | 8
            BABY      | arrears        | true  | 3
            BABY      | under_one      | true  | 1.2
        """,
        catalogue=CATALOGUE,
        types=TYPES,
        expected="""
            person_id | kind       | marker            | domain | points
            ----------+------------+-----------------+--------+-------
            BABY      | pressure   | domestic_abuse    | Trio   | 8
            BABY      | need       | arrears           | Money  | 3
            BABY      | adjustment | pressure_modifier| Trio   | 1.5
        """,
    )


def test_unknown_adds_no_line_and_points_are_kept_to_the_quarter(spec):
    spec(
        lines,
        marker_state="""
            person_id | marker         | state   | points
            ----------+----------------+---------+-------
            P1        | domestic_abuse | unknown |
            P1        | absent         | true    | 3.1
            P1        | injury         | true    | 0
        """,
        catalogue=CATALOGUE,
        types=TYPES,
        expected="""
            person_id | kind     | marker | domain | points
            ----------+----------+--------+--------+-------
            P1        | pressure | absent | School | 3
        """,
    )


def test_the_figure_is_pressures_and_half_of_needs_and_a_strength_takes_nothing_off(spec):
    spec(
        figures,
        marker_state="""
            person_id | marker         | state | points
            ----------+----------------+-------+-------
            P1        | domestic_abuse | true  | 8
            P1        | absent         | true  | 4
            P1        | arrears        | true  | 3
            P1        | not_seen       | true  | 5
            P1        | attends_well   | true  | -4
        """,
        catalogue=CATALOGUE,
        types=TYPES,
        expected="""
            person_id | pressures | unmet_needs | figure | domains
            ----------+-----------+-------------+--------+--------
            P1        | 12        | 8           | 16     | 4
        """,
    )


def test_money_is_capped_and_lifts_nobody_on_its_own(spec):
    spec(
        figures,
        marker_state="""
            person_id | marker     | state | points
            ----------+------------+-------+-------
            P1        | arrears    | true  | 3
            P1        | free_meals | true  | 3
            P1        | no_work    | true  | 2
        """,
        catalogue=CATALOGUE,
        types=TYPES,
        expected="""
            person_id | pressures | unmet_needs | figure | domains | lifting_domains
            ----------+-----------+-------------+--------+---------+----------------
            P1        | 0         | 6           | 3      | 1       | 0
        """,
    )


def test_the_most_it_could_be_counts_every_unknown_with_all_it_can_add_within_the_caps(spec):
    def most(marker_state: ir.Table, catalogue: ir.Table) -> ir.Table:
        return figures(sums.as_if_true(marker_state, catalogue), catalogue)

    spec(
        most,
        marker_state="""
            person_id | marker         | state   | points | why_unknown
            ----------+----------------+---------+--------+------------
            CAPPED    | domestic_abuse | true    | 4      |
            CAPPED    | substance_use  | unknown |        | silent
            CAPPED    | mental_health  | unknown |        | not_covered
            CAPPED    | not_seen       | unknown |        | silent
            GRAVEST   | domestic_abuse | unknown |        | silent
        """,
        catalogue=CATALOGUE,
        types=TYPES,
        expected="""
            person_id | pressures | unmet_needs | figure
            ----------+-----------+-------------+-------
            CAPPED    | 18        | 5           | 20.5
            GRAVEST   | 11        | 0           | 11
        """,
    )


def test_the_least_it_could_be_counts_no_unknown_and_lets_one_that_would_ease_another_ease_it(spec):
    def least(marker_state: ir.Table, catalogue: ir.Table) -> ir.Table:
        return figures(sums.as_if_eased(marker_state, catalogue), catalogue)

    spec(
        least,
        marker_state="""
            person_id | marker         | state   | points | why_unknown
            ----------+----------------+---------+--------+------------
            PLAIN     | substance_use  | true    | 9      |
            PLAIN     | mental_health  | unknown |        | silent
            HALVED    | substance_use  | true    | 9      |
            HALVED    | treated        | unknown |        | not_covered
            FADING    | domestic_abuse | true    | 5.5    |
            FADING    | supported      | unknown |        | silent
        """,
        catalogue=CATALOGUE,
        types=TYPES,
        expected="""
            person_id | pressures | unmet_needs | figure
            ----------+-----------+-------------+-------
            PLAIN     | 9         | 0           | 9
            HALVED    | 4.5       | 0           | 4.5
            FADING    | 2.75      | 0           | 2.75
        """,
    )


def test_a_strength_has_a_line_beside_the_pressures_and_no_line_takes_from_them(spec):
    spec(
        lines,
        marker_state="""
            person_id | marker       | state | points
            ----------+--------------+-------+-------
            P1        | absent       | true  | 4
            P1        | attends_well | true  | 4
        """,
        catalogue=CATALOGUE,
        types=TYPES,
        expected="""
            person_id | kind     | marker       | domain   | points
            ----------+----------+--------------+----------+-------
            P1        | pressure | absent       | School   | 4
            P1        | strength | attends_well | Strength | 4
        """,
    )


def test_an_infant_s_fifth_more_comes_before_the_cap_and_never_past_it(spec):
    spec(
        lines,
        marker_state="""
            person_id | marker         | state | points
            ----------+----------------+-------+-------
            BABY      | domestic_abuse | true  | 8
            BABY      | substance_use  | true  | 9
            BABY      | under_one      | true  | 0
        """,
        catalogue=CATALOGUE,
        types=TYPES,
        expected="""
            person_id | kind       | marker            | domain | points
            ----------+------------+-------------------+--------+-------
            BABY      | pressure   | domestic_abuse    | Trio   | 8
            BABY      | pressure   | substance_use     | Trio   | 9
            BABY      | adjustment | pressure_modifier | Trio   | 3.5
            BABY      | adjustment | pressure_cap      | Trio   | -2.5
        """,
    )


def test_pressures_and_needs_of_one_domain_are_capped_apart(spec):
    spec(
        figures,
        marker_state="""
            person_id | marker     | state | points
            ----------+------------+-------+-------
            P1        | arrears    | true  | 3
            P1        | free_meals | true  | 3
            P1        | no_work    | true  | 2
            P1        | absent     | true  | 4
        """,
        catalogue=CATALOGUE,
        types=TYPES,
        expected="""
            person_id | pressures | unmet_needs | figure | domains
            ----------+-----------+-------------+--------+--------
            P1        | 4         | 6           | 7      | 2
        """,
    )


def test_a_household_is_its_highest_child_and_a_quarter_of_the_others_up_to_a_cap(spec):
    spec(
        sums.household_figures,
        children="""
            person_id | unit_id | figure
            ----------+---------+-------
            A         | H1      | 12.0
            B         | H1      | 8
            C         | H1      | 4
            D         | H2      | 20
            E         | H2      | 100
            F         | F       | 7
        """,
        share=0.25,
        most=4,
        expected={"A": 15, "B": 15, "C": 15, "D": 104, "E": 104, "F": 7},
    )
