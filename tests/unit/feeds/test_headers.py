"""Names of columns become names of a table's: none twice, none blank, and nothing in them that cannot be seen."""

from hypothesis import given
from hypothesis import strategies as st

from kinfold.feeds.headers import found, may_be_there, plain, plain_set, unique, words


def test_a_blank_a_repeated_and_our_own_name_are_told_apart():
    assert unique(["A", "", "a", "A (2)", "row_number"]) == ("A", "column 2", "a (2)", "A (2) (2)", "row_number (2)")


def test_what_cannot_be_seen_is_taken_out():
    assert unique(["R\u200bEF", "D\x00AY", "\u202eEDARG"]) == ("R EF", "D AY", "EDARG")


@given(st.lists(st.text(max_size=6), max_size=30))
def test_whatever_the_names_no_two_are_alike(names):
    made = unique(names)
    assert len(made) == len(names)
    assert len({name.casefold() for name in made}) == len(made)
    assert all(name.isprintable() and name.strip() == name for name in made)


@given(st.lists(st.sampled_from(["Child ID", "child_unique_id", "Date", "", "Case number", "x"]), max_size=6))
def test_the_quick_look_never_misses_a_column_that_is_there(cells):
    names, lines = plain_set(cells), "\n".join(map(words, cells))
    for column, others in (("Child ID", ("Case number", "~child.*id$")), ("Day", ("~^date",)), ("None", ())):
        assert found(column, others, cells) is None or may_be_there(column, others, names, lines)
    assert plain("Case number") == "casenumber"
