"""A valid number is proof that two records are one person only when a birth date or a name agrees as well."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from kinfold.linkage import rules


def by_number(pairs: ir.Table) -> ir.Table:
    """The rules where no register tells of a move."""
    return rules.applied(pairs.mutate(moved=ibis.literal("unknown")))


def test_an_nhs_number_needs_the_birth_date_or_the_forename(spec: Callable[..., None]) -> None:
    spec(
        by_number,
        pairs="""
            pair                     | nhs  | upn     | numbers | birth                | forename  | surname
            -------------------------+------+---------+---------+----------------------+-----------+----------
            same birth date          | same | unknown | unknown | same                 | different | different
            same forename            | same | unknown | unknown | different            | same      | different
            forename spelt alike     | same | unknown | unknown | unknown              | close     | same
            known by another name    | same | unknown | unknown | one figure apart     | other name| same
            the number alone         | same | unknown | unknown | different            | different | same
            mother's number on baby  | same | unknown | unknown | a generation apart   | unknown   | same
        """,
        expected={
            "same birth date": "nhs_and_birth@1",
            "same forename": "nhs_and_forename@1",
            "forename spelt alike": "nhs_and_forename@1",
            "known by another name": "nhs_and_forename@1",
            "the number alone": None,
            "mother's number on baby": None,
        },
    )


def test_a_upn_needs_the_birth_date_or_the_surname(spec: Callable[..., None]) -> None:
    spec(
        by_number,
        pairs="""
            pair                    | nhs     | upn     | numbers      | birth   | forename | surname
            ------------------------+---------+---------+--------------+---------+----------+-----------
            same birth date         | unknown | same    | unknown      | same    | same     | different
            same surname            | unknown | same    | unknown      | unknown | same     | same
            former surname          | unknown | same    | unknown      | unknown | similar  | other name
            brother's UPN           | unknown | same    | unknown      | unknown | different| same
            a temporary UPN only    | unknown | unknown | nearly proof | same    | same     | same
        """,
        expected={
            "same birth date": "upn_and_birth@1",
            "same surname": "upn_and_surname@1",
            "former surname": "upn_and_surname@1",
            "brother's UPN": None,
            "a temporary UPN only": None,
        },
    )


def test_a_case_number_of_one_register_needs_the_birth_date_or_both_names(spec: Callable[..., None]) -> None:
    spec(
        by_number,
        pairs="""
            pair            | nhs     | upn     | numbers | birth     | forename | surname
            ----------------+---------+---------+---------+-----------+----------+----------
            same birth date | unknown | unknown | same    | same      | same     | different
            both names      | unknown | unknown | same    | unknown   | same     | same
            forename only   | unknown | unknown | same    | unknown   | same     | different
            the number only | unknown | unknown | same    | different | different| different
        """,
        expected={
            "same birth date": "number_and_birth@1",
            "both names": "number_and_names@1",
            "forename only": None,
            "the number only": None,
        },
    )
