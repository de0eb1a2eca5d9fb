"""A whole name in one field, and names of other countries, as linkage reads them."""

from __future__ import annotations

import pytest

from kinfold.linkage.names import in_any_order, read_forename, read_surname, split_full_name


@pytest.mark.parametrize(
    ("whole", "forename", "surname"),
    [
        ("SMITH/JOHN MR", "JOHN MR", "SMITH"),
        ("Smith, John", "John", "Smith"),
        ("Smith,", None, "Smith"),
        ("John Smith, Jr", "John", "Smith"),
        ("Thomas Thornton, 2nd baronet", "Thomas", "Thornton"),
        ("Dr John F. Thornton III", "John F.", "Thornton"),
        ("THORNTON Alan P", "Alan P", "THORNTON"),
        ("JOHN THORNTON", "JOHN", "THORNTON"),
        ("Joep van der Berg", "Joep", "van der Berg"),
        ("Thornton Alan P", "Thornton P", "Alan"),
        ("K.Indira", "K.", "Indira"),
        ("J.R.Smith", "J. R.", "Smith"),
        ("Madonna", None, "Madonna"),
        ("Mr", None, None),
        (None, None, None),
    ],
)
def test_a_whole_name_is_parted_where_its_writer_would(whole, forename, surname) -> None:
    assert split_full_name(whole) == (forename, surname)


def test_a_particle_is_no_surname_and_a_jr_is_part_of_none() -> None:
    assert read_surname("van der Berg").every == ("vanderberg", "berg")
    assert read_surname("Al-Hassan").as_forename == "hassan"
    assert read_surname("Smith Jr").key == read_surname("SMITH").key
    assert read_surname("Junior").key == "junior"
    assert read_surname("AlHamad").key == read_surname("Al-Hamad").key
    assert "hamad" in read_surname("AlHamad").every
    assert read_surname("Alston").every == ("alston",)


def test_a_given_name_of_two_words_is_also_one() -> None:
    assert read_forename("Min-Xiu").every == ("min", "xiu", "minxiu")
    assert read_forename("Edith J").every == ("edith", "j")


def test_names_in_other_letters_are_names() -> None:
    assert read_forename("Владимир").key == "владимир"
    assert read_surname("王").key == "王"


def test_words_in_any_order_are_one_name() -> None:
    assert in_any_order("Hải Hữu Võ") == in_any_order("VO Huu Hai")
    assert in_any_order("Mr Madonna") is None
