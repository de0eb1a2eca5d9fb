"""
Messy files of people with their truth, made here and by nobody's list of names: what `kinfold link` meets elsewhere.

Each maker writes the files, SPEC.toml and truth.csv of one kind of mess into a folder. The names are made of stems and
endings, so that nothing of them is in the product's own list but by chance.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime
import random
import unicodedata
from collections.abc import Callable
from pathlib import Path

TOWNS = ("Ashminster", "Brackwell", "Castlemere", "Dunholt", "Eastholme", "Fenwick Bay", "Hollowbridge", "Marlstone",
         "Norhampton", "Oakhurst", "Quarrydale", "Ravensford", "Stowmarsh", "Tilbrook", "Upwick",
         "Wexbourne")  # fmt: skip
STREETS = ("Banksia", "Wattle", "George", "Church", "Victoria", "Station", "Beach", "Hill", "River", "Mill", "Park")


@dataclasses.dataclass(frozen=True)
class Land:
    """Forenames, and the stems and endings of surnames; before: words that some surnames begin with."""

    forenames: tuple[str, ...]
    stems: tuple[str, ...]
    endings: tuple[str, ...]
    before: tuple[str, ...] = ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LANDS = {
    "german": Land(
        _words("Jürgen Björn Käthe Wolfgang Ursula Anneliese Heinz Günther Sabine Dieter Monika Uwe Antje Detlef Silke "
               "Rainer Birgit Hartmut Elke Volker Ingrid Lothar Renate Manfred Gudrun Jörg Helga Bernd Ulrike Ralf"),
        _words("Acker Baum Eber Fried Gold Hart Hoh Kirch Lind Mühl Stein Wald Öster Grün Schön Roß Buch Eich"),
        _words("mann bauer er feld hofer müller meier schmidt berger wieser")),
    "polish": Land(
        _words("Katarzyna Małgorzata Agnieszka Krzysztof Andrzej Piotr Paweł Łukasz Zofia Stanisław Wojciech Grażyna "
               "Zbigniew Jadwiga Tadeusz Bożena Mirosław Elżbieta Ryszard Halina Jacek Dorota Marek Beata Leszek"),
        _words("Kowal Wiśniew Dąbrow Zieliń Szymań Kamiń Lewandow Piotrow Grabow Nowakow Pawłow Jabłoń Olszew Wróblew"),
        _words("ski czyk ik iak owicz ec")),
    "dutch": Land(
        _words("Joost Pieter Willemijn Sander Marloes Jeroen Femke Maarten Anouk Bas Lieke Gijs Sanne Thijs Roos Koen "
               "Hanneke Wouter Mieke Ruben Floor Daan Saskia Jelle Tineke Bram Esmee Hidde Carlijn Teun"),
        _words("Berg Dijk Veld Hout Water Molen Linden Heuvel Broek Bosch Meer Polder Steen Kamp Horst Wijk"),
        ("", "man", "stra", "ma", "sma", "huis"), ("van ", "de ", "van der ", "van den ", "", "", "")),
    "arabic": Land(
        _words("Mohammed Ahmed Omar Hassan Hussein Ibrahim Youssef Khalid Mustafa Karim Tariq Bilal Fatima Aisha "
               "Khadija Maryam Zainab Layla Noor Amina Salma Samira Yasmin Rania Hanan Nadia Iman Rashid Faisal Salim"),
        _words("Hass Mas Zahr Ghamd Tamim Otaib Najj Sabb Khour Darw Barak Qas Far Hamd Rash Shar Mans Bakr"),
        _words("an i ani ar our ish at im id awi"), ("Al-", "Al-", "El ", "Ben ", "", "")),
    "spanish": Land(
        _words("Javier Lucía Francisco Concepción Manuel Nuria Íñigo Ángel Begoña Rocío Álvaro Inés Raúl Pilar Ramón "
               "Mónica Sergio Amparo Gonzalo Teresa Joaquín Elvira Andrés Marisol Óscar Dolores Emilio Graciela Hugo"),
        _words("Fernánd Mart Lóp Sánch Gonzál Rodrígu Álvar Domíngu Jimén Ordóñ Velázqu Ibáñ Gutiérr Núñ Vázqu Bermúd"),
        _words("ez eros ín edo al era")),
    "vietnamese": Land(
        _words("Hoa Nam Anh Tùng Lan Huy Hà Minh Thảo Linh Phương Quân Hùng Dũng Tuấn Hương Trang Ngọc Hải Long "
               "Sơn Bảo"),
        _words("Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý"), ("",)),
}  # fmt: skip
SECOND = _words("Văn Thị Thu Quang Thanh Đức Hữu Kim")
WRITTEN = {
    "Mohammed": ("Muhammad", "Mohamed"), "Ahmed": ("Ahmad",), "Hussein": ("Hussain",), "Youssef": ("Yusuf", "Yousef"),
    "Khalid": ("Khaled",), "Fatima": ("Fatma",), "Aisha": ("Ayesha", "Aicha"), "Layla": ("Leila",),
    "Karim": ("Kareem",), "Tariq": ("Tarek",), "Omar": ("Umar",), "Zainab": ("Zaynab",),
}  # fmt: skip


@dataclasses.dataclass
class Person:
    land: str
    forename: str
    surname: str
    born: datetime.date
    is_male: bool
    town: str


class Chance(random.Random):
    def of(self, share: float) -> bool:
        return self.random() < share

    def person(
        self, land: str | None = None, *, surname: str | None = None, first: int = 1930, last: int = 2010
    ) -> Person:
        land = land or self.choice(list(LANDS))
        names = LANDS[land]
        family = [self._surname(names) for _ in range(2 if land == "spanish" else 1)]
        forename = self.choice(names.forenames)
        forename = f"{self.choice(SECOND)} {forename}" if land == "vietnamese" else forename
        born = datetime.date(self.randrange(first, last), 1, 1) + datetime.timedelta(self.randrange(365))
        return Person(land, forename, surname or " ".join(family), born, self.of(0.5), self.choice(TOWNS))

    def _surname(self, names: Land) -> str:
        before = self.choice(names.before) if names.before else ""
        return before + self.choice(names.stems) + self.choice(names.endings)

    def typed(self, name: str) -> str:
        """With one letter left out, doubled, wrong or before its time."""
        if len(name) < 3:
            return name
        at = self.randrange(len(name) - 1)
        slips = (name[:at] + name[at + 1 :], name[:at] + name[at + 1] + name[at] + name[at + 2 :],
                 name[:at] + self.choice("aeinorst") + name[at + 1 :], name[: at + 1] + name[at:])  # fmt: skip
        return self.choice(slips)

    def slipped(self, day: datetime.date) -> datetime.date:
        return self.choice([
            day.replace(day=self.randrange(1, 29)), day.replace(month=self.randrange(1, 13), day=min(day.day, 28)),
            day.replace(year=day.year + self.choice((-10, -1, 1, 10)), day=min(day.day, 28)),
            day.replace(month=day.day, day=day.month) if day.day < 13 else day,
        ])  # fmt: skip

    def names(self, who: Person, *, typed: float = 0.05) -> tuple[str, str]:
        """Forename and surname as one record has them: marks dropped, parts left out, slips of typing."""
        forename, surname = who.forename, who.surname
        if forename in WRITTEN and self.of(0.3):
            forename = self.choice(WRITTEN[forename])
        if who.land == "vietnamese" and self.of(0.3):
            forename = forename.split()[-1]
        if who.land == "spanish" and self.of(0.3):
            surname = self.choice((surname.split()[0], surname.replace(" ", "-")))
        if who.land in ("arabic", "dutch") and self.of(0.3):
            surname = self.choice((surname.replace("-", " "), surname.replace(" ", ""), surname.split("-")[-1]))
        if who.land == "german" and self.of(0.3):
            for mark, letters in (("ü", "ue"), ("ö", "oe"), ("ä", "ae"), ("ß", "ss")):
                forename, surname = forename.replace(mark, letters), surname.replace(mark, letters)
        if self.of(0.3):
            forename, surname = plain(forename), plain(surname)
        forename = self.typed(forename) if self.of(typed) else forename
        return forename, self.typed(surname) if self.of(typed) else surname


def plain(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.translate(str.maketrans("łŁđĐ", "lLdD")).replace("ß", "ss"))
    return "".join(c for c in apart if not unicodedata.combining(c))


class Written:
    """The rows of some files, and whose they are."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[dict[str, str], int, int | None]]] = {}

    def add(self, file: str, whose: int, row: dict[str, str], *, twin_of: int | None = None) -> None:
        self.rows.setdefault(file, []).append((row, whose, twin_of))

    def save(self, folder: Path, spec: str, chance: Chance) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "spec.toml").write_text(spec, encoding="utf-8")
        truth, paths = [("record_id", "true_id", "twin_of")], []
        for file, rows in self.rows.items():
            chance.shuffle(rows)
            paths.append(folder / f"{file}.csv")
            with paths[-1].open("w", newline="", encoding="utf-8") as opened:
                writer = csv.writer(opened)
                writer.writerow([f"{file} no", *rows[0][0]])
                for n, (row, whose, twin_of) in enumerate(rows):
                    writer.writerow([f"{file}-{n}", *row.values()])
                    truth.append((f"{file}-{n}", str(whose), "" if twin_of is None else str(twin_of)))
        with (folder / "truth.csv").open("w", newline="", encoding="utf-8") as opened:
            csv.writer(opened).writerows(truth)
        return paths


def other_lands(folder: Path, people: int) -> list[Path]:
    """Six countries' names, dates and towns; marks, orders and parts of names as different clerks write them."""
    chance, written = Chance(1), Written()
    for one in range(people):
        who = chance.person()
        for _ in range(chance.choice((1, 2, 2, 3))):
            forename, surname = chance.names(who)
            if chance.of(0.3 if who.land == "vietnamese" else 0.03):
                forename, surname = surname, forename
            born = chance.slipped(who.born) if chance.of(0.05) else who.born
            written.add("people", one, {
                "given": forename.upper() if chance.of(0.2) else forename, "family": surname,
                "born": "" if chance.of(0.1) else born.isoformat(), "town": who.town if chance.of(0.9) else "",
            })  # fmt: skip
    return written.save(folder, 'id = "people_no"\nforename = "given"\nsurname = "family"\ndate_of_birth = "born"\n'
                        'other = ["town"]\n', chance)  # fmt: skip


def three_sources(folder: Path, people: int) -> list[Path]:
    """A clinic with American dates, a charity with ISO dates in capitals, a register of years; three in ten undated."""
    chance, written = Chance(2), Written()

    def dated(who: Person, written_as: str) -> str:
        day = chance.slipped(who.born) if chance.of(0.04) else who.born
        return "" if chance.of(0.3) else day.strftime(written_as)

    for one in range(people):
        who = chance.person(chance.choice(("german", "arabic", "spanish", "polish")))
        street, mail = f"{chance.randrange(1, 150)} {chance.choice(STREETS)} Road", f"p{one}@mail.example"
        code = str(chance.randrange(10_000, 12_000))
        if chance.of(0.75):
            forename, surname = chance.names(who)
            written.add("clinic", one, {
                "First Name": forename, "Last Name": surname, "DOB": dated(who, "%m/%d/%Y"),
                "Sex": "Male" if who.is_male else "Female", "Street": street if chance.of(0.8) else "",
                "Zip": code if chance.of(0.8) else "", "City": who.town, "e-mail": mail if chance.of(0.5) else "",
            })  # fmt: skip
        for _ in range(chance.choice((0, 1, 1, 2))):
            forename, surname = chance.names(who)
            written.add("charity", one, {
                "GIVEN": forename.upper(), "FAMILY": surname.upper(), "birth_dt": dated(who, "%Y-%m-%d"),
                "GENDER": "M" if who.is_male else "F", "ADDR": chance.typed(street) if chance.of(0.2) else street,
                "Zip": code if chance.of(0.7) else "", "City": who.town.upper(),
                "E_MAIL": mail if chance.of(0.5) else "",
            })  # fmt: skip
        if chance.of(0.6):
            forename, surname = chance.names(who)
            written.add("register", one, {
                "Vorname": forename, "Nachname": surname, "Geburtsjahr": dated(who, "%Y"),
                "Geschlecht": "männlich" if who.is_male else "weiblich", "City": who.town,
            })  # fmt: skip
    return written.save(folder, """
        id = ["clinic no", "charity_no", "register no"]
        forename = ["first name", "given", "vorname"]
        surname = ["last name", "family", "nachname"]
        date_of_birth = ["dob", "birth_dt", "geburtsjahr"]
        sex = ["sex", "gender", "geschlecht"]
        postcode = "zip"
        address = ["street", "addr"]
        other = ["city", "e-mail"]
        """, chance)  # fmt: skip


def brothers_and_sisters(folder: Path, people: int) -> list[Path]:
    """Families of children, one birth in twelve of twins; names, dates and towns, and nobody's address."""
    chance, written, one = Chance(3), Written(), 0
    while one < people:
        eldest = chance.person(first=2003, last=2012)
        born, children = eldest.born, []
        for _ in range(chance.choice((1, 2, 2, 3, 4))):
            child = dataclasses.replace(eldest, forename=chance.person(eldest.land).forename, born=born)
            if any(child.forename == other.forename for other in children):
                continue
            twin_of = one - 1 if children and born == children[-1].born else None
            children.append(child)
            for _ in range(chance.choice((1, 2, 2, 3))):
                forename, surname = chance.names(child, typed=0.03)
                said = "" if chance.of(0.08) else (chance.slipped(born) if chance.of(0.03) else born).isoformat()
                town = child.town if chance.of(0.9) else chance.choice(TOWNS)
                row = {"forename": forename, "surname": surname, "dob": said, "town": town}
                written.add("children", one, row, twin_of=twin_of)
            one += 1
            born = born if chance.of(1 / 12) else born + datetime.timedelta(500 + chance.randrange(900))
    return written.save(folder, 'id = "children no"\nforename = "forename"\nsurname = "surname"\n'
                        'date_of_birth = "dob"\nother = ["town"]\n', chance)  # fmt: skip


def one_name_field(folder: Path, people: int) -> list[Path]:
    """`SURNAME, Forename`, `Forename Surname` and the other way round in one field, with a date and a town."""
    chance, written = Chance(4), Written()
    for one in range(people):
        who = chance.person()
        for _ in range(chance.choice((1, 2, 2, 3))):
            forename, surname = chance.names(who)
            initial = f" {chance.choice('ABDJKM')}" if chance.of(0.15) else ""
            forms = (
                f"{surname.upper()}, {forename}{initial}",
                f"{forename}{initial} {surname}",
                f"{surname} {forename}",
            )
            name = chance.choices(forms, (70, 25, 5))[0]
            born = chance.slipped(who.born) if chance.of(0.04) else who.born
            written.add("people", one, {
                "Name": f"Dr {name}" if chance.of(0.05) else name,
                "Born": "" if chance.of(0.1) else born.strftime("%d.%m.%Y"), "Town": who.town if chance.of(0.9) else "",
            })  # fmt: skip
    return written.save(
        folder, 'id = "people no"\nfull_name = "name"\ndate_of_birth = "born"\nother = ["town"]\n', chance
    )


def shared_telephone(folder: Path, people: int) -> list[Path]:
    """Two lists of households whose telephone is given as a person's number; fathers and sons of one name."""
    chance, written, one = Chance(5), Written(), 0
    while one < people:
        head = chance.person(first=1935, last=1970)
        street, code = f"{chance.randrange(1, 900)} {chance.choice(STREETS)} ST", str(chance.randrange(10_000, 10_300))
        phone, taken = f"01632 960{chance.randrange(1_000):03d} {chance.randrange(100):02d}", head.forename.split()
        for n in range(chance.choice((1, 2, 3, 4))):
            born = head.born if n == 0 else chance.person(first=head.born.year + 20, last=head.born.year + 45).born
            others = [name for name in LANDS[head.land].forenames if name not in taken]
            forename = head.forename if n == 0 or (n == 2 and chance.of(0.15)) else chance.choice(others)
            taken.append(forename)
            who = dataclasses.replace(head, forename=forename, born=born)
            for file in ("spring", "autumn"):
                if chance.of(0.85):
                    given, surname = chance.names(who, typed=0.04)
                    moved = file == "autumn" and chance.of(0.1)
                    written.add(file, one, {
                        "first": given, "last": surname, "year": str(born.year), "zip": code,
                        "address": f"{chance.randrange(1, 900)} {chance.choice(STREETS)} ST" if moved else street,
                        "phone": phone if chance.of(0.7) else "",
                    })  # fmt: skip
            one += 1
    return written.save(folder, 'id = ["spring no", "autumn no"]\nforename = "first"\nsurname = "last"\n'
                        'date_of_birth = "year"\npostcode = "zip"\naddress = "address"\nidentifiers = ["phone"]\n',
                        chance)  # fmt: skip


MAKERS: dict[str, Callable[[Path, int], list[Path]]] = {
    "other countries' names": other_lands,
    "three sources": three_sources,
    "brothers and sisters": brothers_and_sisters,
    "one field for the name": one_name_field,
    "a telephone shared": shared_telephone,
}
