"""Identifiers as they are written in the field, and whether their checks hold."""

import pytest

from kinfold.vocabulary import identifiers


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ("999 000 0018", True),
        ("9990000018", True),
        ("9990000019", False),
        ("99900000", False),
        ("999000001X", False),
    ],
)
def test_an_nhs_number_ends_in_its_modulus_11_check(value, holds):
    assert identifiers.is_nhs_number(value) is holds


def test_a_upn_begins_with_the_check_letter_of_the_rest():
    assert identifiers.is_upn("B801200005001")
    assert identifiers.upn_letter("X207000016049") == "P"
    assert not identifiers.is_upn("Q207000016049")


def test_the_last_letter_of_a_temporary_upn_counts_as_its_place_in_the_alphabet():
    letter = identifiers.upn_letter("A20700001604B")
    assert letter is not None
    assert identifiers.is_upn(f"{letter}20700001604B")
    assert identifiers.is_temporary_upn("A20700001604B")
    assert not identifiers.is_temporary_upn("A207000016049")


def test_what_is_not_the_shape_of_a_upn_has_no_letter():
    assert identifiers.upn_letter("UN1") is None
    assert identifiers.upn_letter("A20700001604I") is None


@pytest.mark.parametrize(
    ("value", "written"),
    [("ab12c", None), ("ab1 2cd", "AB1 2CD"), (" sw1a1aa ", "SW1A 1AA"), ("nope", None), ("M11AE", "M1 1AE")],
)
def test_a_postcode_is_upper_case_with_one_space(value, written):
    assert identifiers.postcode(value) == written


def test_a_property_reference_loses_its_leading_zeros():
    assert identifiers.uprn("000012345") == "12345"
    assert identifiers.uprn("12 x") is None
