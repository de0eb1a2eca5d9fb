"""Names meet across spelling, order, marks and hyphens, and not much further."""

import pytest

from kinfold.vocabulary import names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("O'Brien", ["obrien"]),
        ("O’Brien", ["obrien"]),
        ("Smith-Jones", ["smith", "jones"]),
        ("  Zoë   ANNE ", ["zoe", "anne"]),
        ("Łukasz", ["lukasz"]),
        ("", []),
        (None, []),
    ],
)
def test_a_name_is_read_as_plain_words(name, expected):
    assert names.tokens(name) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mohammed", "muhamad"),
        ("catherine", "kathryn"),
        ("stephen", "steven"),
        ("yusuf", "usuf"),
        ("khadija", "kadija"),
        ("philip", "filip"),
    ],
)
def test_two_spellings_of_a_name_sound_alike(one, other):
    assert names.sound(one) == names.sound(other)


def test_names_that_only_share_letters_do_not_sound_alike():
    assert names.sound("hannah") != names.sound("harry")


def test_figures_have_no_sound():
    assert names.sound("123") == ""


def test_every_name_a_person_had_gives_keys_once():
    keys = names.keys("Ava", "Smith", "ava", "Jones")
    assert ("token", "jones") in keys
    assert len(keys) == len(set(keys))


def test_the_nearest_of_a_persons_names_counts_in_any_order():
    assert names.likeness("jones ava", ["Ava Smith", "Ava Jones"]) == 100
    assert names.likeness("ava jones", ["Ava Jonas"]) > names.likeness("ava jones", ["Isla Green"])


def test_no_name_is_like_nothing():
    assert names.likeness("ava", []) == 0
