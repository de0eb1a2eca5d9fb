"""What has the shape of an identifier is known for one in whatever column it was typed."""

import pytest

from kinfold.vocabulary.telling import is_plain_header, tells_who


@pytest.mark.parametrize(
    "text",
    [
        "9990000018", "999 000 0018", "999-000-0018", "see 9990000018 please", "9990000018.0", "A123456789012",
        "AB123456C", "ab 12 34 56 c", "01632 960123", "(01632) 960-123", "+44 7700 900123", "amira@home.example",
        "ZZ1 1ZZ", "zz11zz", "at ZZ1 1ZZ since May", "100023336956", "2015-04-03 9990000018",
    ],
)  # fmt: skip
def test_a_number_an_address_or_a_postcode_is_known_by_its_shape(text):
    assert tells_who(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "Dreadful", "31/02/2025", "2015-04-03", "03-04-2015", "2015-04-03 10:30", "12 weeks", "1,250.00", "N1",
        "WBRI", "VICTIM - VIOLENCE", "S47", "20150403",
    ],
)  # fmt: skip
def test_a_code_a_date_or_an_amount_is_not(text):
    assert not tells_who(text)


@pytest.mark.parametrize(("name", "shown"), [
    ("NOTES", True), ("Religion of child", True), ("NHS_NO", True), ("Adresse été", True),
    ("12345", False), ("03 04 2015", False), ("A123456789012", False), ("ZZ1 1ZZ", False), ("x" * 40, False),
    ("Smith, Ann", False), ("a@b.example", False), ("", False),
])  # fmt: skip
def test_a_header_is_shown_when_it_looks_like_one(name, shown):
    assert is_plain_header(name) is shown
