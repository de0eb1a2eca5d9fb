"""Files whose columns are called, written and shared as nobody foresaw."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinfold.areas.toml import AreaRejected
from kinfold.linkage import people_files, shared_numbers


def _read(folder: Path, spec: str, **files: str) -> people_files.People:
    paths = []
    for name, rows in files.items():
        paths.append(folder / f"{name}.csv")
        paths[-1].write_bytes(rows.encode("cp1252"))
    (folder / "spec.toml").write_text(spec, encoding="utf-8")
    return people_files.read(paths, people_files.read_spec(folder / "spec.toml"))


def test_sources_may_call_and_write_one_thing_differently(tmp_path: Path) -> None:
    people = _read(
        tmp_path,
        'id = ["ref", "no"]\nforename = ["first_name", "Vorname"]\nsurname = ["Last Name", "Nachname"]\n'
        'date_of_birth = ["dob", "Geboren"]\nsex = ["sex", "Geschlecht"]\npostcode = ["zip"]\n',
        clinic="REF,First Name,last_name,DOB,sex,zip,note\n1,Ann,Lee,03/20/1961,F,27013-1234,x\n"
        "2,Bo,Lee,01/02/1960,M,27013,y\n",
        amt="no;Vorname;Nachname;Geboren;Geschlecht\n7;Jürgen;Weiß;1960;männlich\n8;Ann;Lee;20.03.1961;divers\n",
    )
    person, name = people.tables["person"], people.tables["name"]
    births = [str(day) for day in person.column("birth_on").to_pylist()]
    assert births == ["1961-03-20", "1960-01-02", "1960-01-01", "1961-03-20"]
    assert person.column("sex").to_pylist() == ["F", "M", "M", None]
    assert name.column("surname").to_pylist() == ["Lee", "Lee", "Weiß", "Lee"]
    assert people.tables["address"].column("postcode").to_pylist() == ["27013", "27013"]
    assert people.notes == (
        "Columns that the spec does not name, and so are not compared: note.",
        "Sources whose dates of birth have the month first: 1 of 2.",
    )


def test_what_cannot_be_read_is_said_with_its_count_and_never_its_value(tmp_path: Path) -> None:
    rows = "id,name,born,sex,town\n1,Ann Lee,soon,Q,\n2,Bo Lee,1961,M,\n"
    spec = 'id = "id"\nfull_name = "name"\ndate_of_birth = "born"\nsex = "sex"\nother = ["town"]\n'
    assert _read(tmp_path, spec, people=rows).notes == (
        "Dates of birth that cannot be read: 1 of 2.",
        "Sexes that are not understood, and not compared: 1 of 2.",
        "Columns in which nothing stands: town.",
    )


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("id,name\n1,Ann Lee\n2\n", r"1 rows have more or fewer values .* \(first: row 3\)"),
        ("id,name,name\n1,Ann,Lee\n", "more than one column name"),
        ("id,called\n1,Ann Lee\n", "has no column name"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_with_the_place(tmp_path: Path, rows: str, why: str) -> None:
    with pytest.raises(people_files.FilesRejected, match=why):
        _read(tmp_path, 'id = "id"\nfull_name = "name"\n', people=rows)


def test_a_spec_without_a_name_or_with_no_column_names_is_refused(tmp_path: Path) -> None:
    for spec, why in (('id = "id"\n', "names no forename"), ('id = "id"\nforename = 3\n', "forename must be the name")):
        with pytest.raises(AreaRejected, match=why):
            _read(tmp_path, spec, people="id,name\n1,Ann\n")


def test_a_number_that_families_share_proves_nobody_the_same(tmp_path: Path) -> None:
    rows = ["id,first,last,born,phone,member"]
    for n in range(30):
        for k, first in enumerate(("Ann", "Bo", "Ann")):
            rows.append(f"{n}-{k},{first},Lee{n},{1950 + 7 * (k % 2)},01632 960{n:03d},{n}{k % 2}77")
    spec = (
        'id = "id"\nforename = "first"\nsurname = "last"\ndate_of_birth = "born"\nidentifiers = ["phone", "member"]\n'
    )
    people, said = shared_numbers.apart(_read(tmp_path, spec, people="\n".join(rows) + "\n"))
    assert (set(people.identifiers), set(people.other)) == ({"member"}, {"phone"})
    assert set(people.tables["identifier"].column("register").to_pylist()) == {"member"}
    assert len(said) == 1 and said[0].startswith("phone ")


@pytest.mark.parametrize(
    ("heading", "values", "read"),
    [
        ("mobile", ["07700 900123", "+44 7700 900123", "7700900123"], ["700900123"] * 3),
        ("contact", ["+48 512 345 678", "512-345-678"], ["512345678"] * 2),
        ("policy", ["0770 090 0123", "7700900124"], ["0770 090 0123", "7700900124"]),
        ("tel", ["at work", "07700 900123"], ["at work", "07700 900123"]),
    ],
)
def test_a_telephone_is_one_with_its_country_and_without(tmp_path: Path, heading, values, read) -> None:
    rows = "".join(f"{n},Ann Lee,{value}\n" for n, value in enumerate(values))
    spec = f'id = "id"\nfull_name = "name"\nother = ["{heading}"]\n'
    assert _read(tmp_path, spec, people=f"id,name,{heading}\n{rows}").other[heading].to_pylist() == read
