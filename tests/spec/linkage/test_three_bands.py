"""A pair is linked, shown to a person, or left alone."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from kinfold.linkage import judge, vetoes


def no_move(pairs: ir.Table) -> ir.Table:
    return pairs.mutate(moved=ibis.literal("unknown"))


def judged(pairs: ir.Table, records: ir.Table) -> ir.Table:
    return judge.judged(no_move(pairs), records)


RECORDS = """
    number | source | flags
    -------+--------+------
    0      | school |
    1      | police |
    2      | health |
"""


def test_weight_and_rules_link_and_vetoes_do_not(spec: Callable[..., None]) -> None:
    spec(
        judged,
        pairs="""
            left | right | case               | weight | nhs     | upn       | numbers | birth     | forename  | surname | sex  | home
            -----+-------+--------------------+--------+---------+-----------+---------+-----------+-----------+---------+------+--------
            0    | 1     | sure enough        | 9.0    | unknown | unknown   | unknown | same      | same      | same    | same | same
            0    | 1     | unsure             | 2.0    | unknown | unknown   | unknown | same      | close     | same    | same | different
            0    | 1     | unlikely           | -3.0   | unknown | unknown   | unknown | different | same      | same    | same | different
            0    | 1     | only names agree   | 12.0   | unknown | unknown   | unknown | unknown   | same      | same    | same | different
            0    | 1     | a rule holds       | 1.0    | same    | unknown   | unknown | same      | different | same    | same | different
            0    | 1     | numbers disagree   | 20.0   | same    | different | unknown | same      | same      | same    | same | same
            0    | 1     | twins              | 20.0   | unknown | unknown   | unknown | same      | different | same    | same | same
        """,
        records=RECORDS,
        expected="""
            case             | band
            -----------------+-------
            sure enough      | link
            unsure           | review
            unlikely         | no
            only names agree | review
            a rule holds     | link
            numbers disagree | review
            twins            | no
        """,
    )


def test_names_link_with_what_else_a_file_holds_only_where_that_agrees(spec: Callable[..., None]) -> None:
    """A file may have an e-mail address for some: it makes names enough for those who share it, and for nobody else."""

    def with_mail(pairs: ir.Table, records: ir.Table) -> ir.Table:
        return judge.judged(no_move(pairs), records, thresholds=judge.Thresholds(besides=("mail",)))

    spec(
        with_mail,
        pairs="""
            left | right | case                | weight | nhs     | upn     | numbers | birth   | forename | surname | sex  | home      | mail
            -----+-------+---------------------+--------+---------+---------+---------+---------+----------+---------+------+-----------+----------
            0    | 1     | one e-mail address  | 9.0    | unknown | unknown | unknown | unknown | same     | same    | same | different | same
            0    | 1     | a slip of typing    | 9.0    | unknown | unknown | unknown | unknown | same     | same    | same | different | close
            0    | 1     | two addresses       | 9.0    | unknown | unknown | unknown | unknown | same     | same    | same | different | different
            0    | 1     | not given           | 9.0    | unknown | unknown | unknown | unknown | same     | same    | same | different | unknown
            0    | 1     | not given, one home | 9.0    | unknown | unknown | unknown | unknown | same     | same    | same | same      | unknown
        """,
        records=RECORDS,
        expected="""
            case                | band
            --------------------+-------
            one e-mail address  | link
            a slip of typing    | link
            two addresses       | review
            not given           | review
            not given, one home | link
        """,
    )


def test_another_forename_takes_a_birth_date_or_a_number_even_in_a_list_of_unrelated_people(
    spec: Callable[..., None],
) -> None:
    """Brothers share a surname, a home and a telephone; a slip of the pen leaves the birth date as it was."""

    def unrelated(pairs: ir.Table, records: ir.Table) -> ir.Table:
        at = judge.Thresholds(vetoes=vetoes.WITHOUT_HOUSEHOLDS, besides=("phone",), numbers=("policy",))
        return judge.judged(no_move(pairs), records, thresholds=at)

    spec(
        unrelated,
        pairs="""
            left | right | case                    | weight | nhs     | upn     | numbers | birth     | forename  | surname | sex  | home    | phone | policy
            -----+-------+-------------------------+--------+---------+---------+---------+-----------+-----------+---------+------+---------+-------+-----------------
            0    | 1     | brothers, one date      | 9.0    | unknown | unknown | unknown | unknown   | different | same    | same | same    | same  | unknown
            0    | 1     | brothers, two dates     | 9.0    | unknown | unknown | unknown | different | different | same    | same | same    | same  | unknown
            0    | 1     | a slip in the forename  | 9.0    | unknown | unknown | unknown | same      | different | same    | same | same    | same  | unknown
            0    | 1     | a slip in a number too  | 9.0    | unknown | unknown | unknown | unknown   | different | same    | same | same    | same  | one figure apart
            0    | 1     | one forename            | 9.0    | unknown | unknown | unknown | unknown   | same      | same    | same | same    | same  | unknown
        """,
        records=RECORDS,
        expected="""
            case                   | band
            -----------------------+-------
            brothers, one date     | review
            brothers, two dates    | review
            a slip in the forename | link
            a slip in a number too | link
            one forename           | link
        """,
    )


def test_rare_names_alone_link_only_where_no_families_are_and_nothing_else_is_said(spec: Callable[..., None]) -> None:
    """
    Where one of two records has nothing but a name, a name that hardly anybody has is enough; a cousin's never is,
    so not in a list of families. There a day of birth that is right but for one part is a slip too.
    """

    def unrelated(pairs: ir.Table, records: ir.Table) -> ir.Table:
        at = judge.Thresholds(besides=("town",), names_alone=8.0)
        return judge.judged(no_move(pairs), records, thresholds=at)

    pairs = """
        left | right | case             | weight | nhs     | upn     | numbers | birth                 | forename | surname | sex  | home    | town
        -----+-------+------------------+--------+---------+---------+---------+-----------------------+----------+---------+------+---------+----------
        0    | 1     | a rare name      | 9.0    | unknown | unknown | unknown | unknown               | same     | same    | same | unknown | unknown
        0    | 1     | a usual name     | 7.0    | unknown | unknown | unknown | unknown               | same     | same    | same | unknown | unknown
        0    | 1     | another town     | 9.0    | unknown | unknown | unknown | unknown               | same     | same    | same | unknown | different
        0    | 1     | another birthday | 9.0    | unknown | unknown | unknown | different             | same     | same    | same | unknown | unknown
        0    | 1     | a slip in it     | 5.0    | unknown | unknown | unknown | same but for one part | same     | same    | same | unknown | unknown
    """
    spec(
        unrelated,
        pairs=pairs,
        records=RECORDS,
        expected="""
            case             | band
            -----------------+-------
            a rare name      | link
            a usual name     | review
            another town     | review
            another birthday | review
            a slip in it     | link
        """,
    )

    def families(pairs: ir.Table, records: ir.Table) -> ir.Table:
        return judge.judged(no_move(pairs), records, thresholds=judge.Thresholds(besides=("town",)))

    spec(
        families,
        pairs=pairs,
        records=RECORDS,
        expected="""
            case             | band
            -----------------+-------
            a rare name      | review
            a usual name     | review
            another town     | review
            another birthday | review
            a slip in it     | review
        """,
    )


def test_the_reasons_are_words(spec: Callable[..., None]) -> None:
    def reasons(pairs):
        pairs = no_move(pairs)
        return pairs.select("case", reasons=judge.reasons(pairs))

    spec(
        reasons,
        pairs="""
            case  | nhs     | upn     | numbers | forename      | surname      | birth        | sex     | home  | veto
            ------+---------+---------+---------+---------------+--------------+--------------+---------+-------+---------
            one   | same    | unknown | unknown | same          | same at home | same at home | unknown | same  |
            two   | unknown | unknown | unknown | close at home | different    | unknown      | same    | near  |
            twins | unknown | unknown | unknown | different     | same         | same         | same    | same  | forename
        """,
        expected={
            "one": "NHS number same; forename same; surname same; birth date same; home same",
            "two": "forename spelt alike; surname different; sex same; home near",
            "twins": "forename different; surname same; birth date same; sex same; home same; "
            "kept apart: forenames differ and no number is shared",
        },
    )
