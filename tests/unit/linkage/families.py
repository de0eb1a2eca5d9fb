"""
Made-up families as several agencies would know them, with the truth beside them.

Written from general knowledge of how records go wrong (short forms, slips of the key, moves, changed surnames,
missing numbers), without reading a weight or a rule of linkage.
"""

from __future__ import annotations

import dataclasses
import datetime
import random
import string

import ibis.expr.types as ir
import pyarrow as pa

from kinfold.store.engine import Engine
from kinfold.store.schema import TABLES


def _words(text: str) -> list[str]:
    return text.split()


GIRLS = _words("""
    Olivia Amelia Isla Ava Lily Mia Grace Freya Emily Sophie Ella Poppy Evie Charlotte Daisy Alice Florence Ruby Chloe
    Lucy Hannah Megan Ellie Maisie Maryam Aisha Fatima Zainab Khadija Layla Zara Anya Zofia Maja Elena Ioana Abigail
    Jessica Phoebe Matilda Rosie Imogen Eliza Harriet Lola Nancy Martha Beatrice Orla Niamh Bethany Gracie Esme Willow
""")
BOYS = _words("""
    Oliver George Noah Arthur Harry Leo Muhammad Jack Charlie Oscar Jacob Henry Thomas Freddie Alfie Theo William James
    Archie Joshua Max Isaac Lucas Ethan Logan Joseph Samuel Daniel Benjamin Adam Dylan Jayden Hayden Kayden Ibrahim
    Yusuf Ali Hassan Omar Jakub Filip Kacper Andrei Tyler Callum Connor Ryan Luke Nathan Liam Finley Toby Ralph Ezra
""")
SURNAMES = _words("""
    Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White Roberts
    Green Hall Wood Jackson Clarke Khan Hussain Ahmed Begum Ali Singh Kaur Kowalski Nowak Popescu Murphy Kelly Ryan
    Thornton Ashworth Pickles Hargreaves Entwistle Birtwistle Longbottom Okafor Mensah Adeyemi Osei Nguyen Chen Li
    Marsden Holroyd Sutcliffe Crossley Greenwood Lumb Barraclough Haigh Sykes Whiteley Armitage Dyson Kaye Beaumont
""")
OTHER_SPELLINGS = {
    "Muhammad": ["Mohammed", "Mohamed", "Mohammad"], "Yusuf": ["Yousuf", "Yousef"], "Aisha": ["Ayesha", "Aishah"],
    "Fatima": ["Fatimah"], "William": ["Will", "Billy"], "Thomas": ["Tom"], "James": ["Jamie", "Jim"],
    "Charlotte": ["Lottie"], "Joshua": ["Josh"], "Benjamin": ["Ben"], "Samuel": ["Sam"], "Daniel": ["Dan", "Danny"],
    "Abigail": ["Abbie"], "Jessica": ["Jess"], "Hussain": ["Hussein"], "Ahmed": ["Ahmad"], "Khadija": ["Khadijah"],
}  # fmt: skip
DELIVERED = datetime.date(2026, 1, 31)


@dataclasses.dataclass
class Person:
    true_id: str
    forename: str
    middle: str | None
    surname: str
    birth: datetime.date
    sex: str
    is_child: bool
    nhs: str
    upn: str | None
    home: tuple[str, str, str]
    before: tuple[str, str, str] | None = None
    twin_of: str | None = None
    former: str | None = None


@dataclasses.dataclass
class Made:
    rows: dict[str, list[dict]]
    truth: dict[str, str]
    twins: list[tuple[str, str]]

    def tables(self, engine: Engine, *, shuffle: int | None = None) -> dict[str, ir.Table]:
        taken = {}
        for name in ("person", "name", "identifier", "address", "contact", "relationship"):
            rows = list(self.rows[name])
            if shuffle is not None:
                random.Random(shuffle).shuffle(rows)
            table = TABLES[name]
            columns = {c.name: pa.array([r.get(c.name) for r in rows], c.type) for c in table.columns}
            taken[name] = engine.take(pa.table(columns))
        return taken


def nhs_number(n: int) -> str:
    """A number of the range kept for tests, with its check figure."""
    while True:
        body = f"999{n % 1_000_000:06d}"
        check = 11 - sum(int(d) * w for d, w in zip(body, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return body + str(check % 11)
        n += 500_003


def upn_number(n: int) -> str:
    body = f"999400020{n % 1000:03d}" if n < 1000 else f"999{n % 1_000_000_000:09d}"
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    return letters[sum(int(d) * w for d, w in zip(body, range(2, 14), strict=True)) % 23] + body


def make(households: int, *, seed: int = 7, twin_share: float = 0.03) -> Made:
    chance = random.Random(seed)
    people, ties = [], []
    for number in range(households):
        people += _household(chance, number, len(people), ties, twin_share)
    return _recorded(chance, people, ties, households)


def _home(chance: random.Random, households: int, number: int) -> tuple[str, str, str]:
    street, letters = number // 20, string.ascii_uppercase
    return (
        f"{chance.randrange(1, 180)} {SURNAMES[street % len(SURNAMES)]} {('Road', 'Street', 'Lane')[street % 3]}",
        f"ZZ{street // 90 % 90 + 1} {street % 9 + 1}{letters[street // 9 % 20]}{letters[number % 4]}",
        str(10_000_000 + number),
    )


def _household(chance: random.Random, number: int, start: int, ties: list, twin_share: float) -> list[Person]:
    home = _home(chance, 0, number)
    before = _home(chance, 0, number + 500_000) if chance.random() < 0.25 else None
    surname = (
        chance.choice(SURNAMES)
        if chance.random() < 0.8
        else chance.choice(SURNAMES) + chance.choice(["wick", "ton", "by", "field", "man", "shaw"])
    )
    born = datetime.date(chance.randrange(1972, 2003), 1, 2) + datetime.timedelta(days=chance.randrange(360))
    mother = _person(chance, start, surname, born, "F", home, before, is_child=False)
    if chance.random() < 0.3:
        mother.former = chance.choice(SURNAMES)
    made = [mother]
    if chance.random() < 0.65:
        father_born = born + datetime.timedelta(days=chance.randrange(-2500, 1500))
        father = _person(
            chance,
            start + 1,
            surname if chance.random() < 0.7 else chance.choice(SURNAMES),
            father_born,
            "M",
            home,
            before,
            is_child=False,
        )
        made.append(father)
    used: set[str] = set()
    child_born = datetime.date(2008, 2, 3) + datetime.timedelta(days=chance.randrange(4000))
    for _ in range(chance.choice([1, 1, 2, 2, 2, 3, 4])):
        if child_born > datetime.date(2025, 6, 1):
            break
        sibs = 2 if chance.random() < twin_share else 1
        sex = chance.choice("FM")
        for twin in range(sibs):
            if twin and chance.random() < 0.4:
                sex = "M" if sex == "F" else "F"
            child = _person(chance, start + len(made), surname, child_born, sex, home, before, is_child=True, used=used)
            if len(made) > 1 and made[1].is_child is False and sex == "M" and chance.random() < 0.03:
                child.forename = made[1].forename
            if twin:
                child.twin_of = made[-1].true_id
            used.add(child.forename)
            made.append(child)
            ties += [(child.true_id, adult.true_id) for adult in made[:2] if not adult.is_child]
        child_born += datetime.timedelta(days=chance.randrange(400, 1700))
    return made


def _person(chance, n, surname, born, sex, home, before, *, is_child, used=frozenset()) -> Person:
    choice = [f for f in (GIRLS if sex == "F" else BOYS) if f not in used]
    return Person(
        true_id=f"T{n}", forename=chance.choice(choice),
        middle=chance.choice(GIRLS if sex == "F" else BOYS) if chance.random() < 0.5 else None,
        surname=surname, birth=born, sex=sex, is_child=is_child, nhs=nhs_number(n),
        upn=upn_number(n + 1000) if is_child and born.year < 2021 else None, home=home, before=before,
    )  # fmt: skip


SOURCES = {  # share of children, share of adults, writes numbers, mistakes, shows homes by property reference
    "school_census": (0.92, 0.0, "upn", 0.02, True),
    "child_health": (0.97, 0.0, "nhs", 0.03, True),
    "social_care": (0.12, 0.10, "mixed", 0.04, True),
    "police": (0.08, 0.12, None, 0.08, False),
    "housing": (0.25, 0.35, None, 0.05, True),
    "benefits": (0.30, 0.30, None, 0.04, False),
    "early_help": (0.12, 0.10, "mixed", 0.05, False),
}


def _recorded(chance: random.Random, people: list[Person], ties: list, households: int) -> Made:
    rows: dict[str, list[dict]] = {name: [] for name in TABLES}
    truth: dict[str, str] = {}
    for source, (children, adults, numbers, mistakes, by_property) in SOURCES.items():
        if source == "school_census":
            present = [p for p in people if p.is_child and p.upn and chance.random() < children]
        else:
            present = [p for p in people if chance.random() < (children if p.is_child else adults)]
        known = {}
        for n, p in enumerate(present):
            key = f"{source}:{chance.randrange(10**9)}{n}"
            truth[key] = p.true_id
            known[p.true_id] = key
            _write(chance, rows, source, key, p, numbers, mistakes, by_property)
        for child, adult in ties:
            if source in ("social_care", "benefits", "early_help") and child in known and adult in known:
                rows["relationship"].append(
                    _row(rows, source, "relationship", person_key=known[child], other_key=known[adult], kind="parent")
                )
    twins = [(p.true_id, p.twin_of) for p in people if p.twin_of]
    return Made(rows=rows, truth=truth, twins=twins)


def _row(rows: dict, source: str, table: str, **values) -> dict:
    n = len(rows[table]) + 1
    return {"source": source, "source_id": str(n), "delivery_id": f"{source}-1", "part": "rows", "row_number": n,
            "known_from": DELIVERED, **values}  # fmt: skip


def _slip(chance: random.Random, text: str) -> str:
    at = chance.randrange(1, max(2, len(text)))
    kind = chance.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + chance.choice(string.ascii_lowercase) + text[at:]
    if kind == 2 and at < len(text) - 1:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + chance.choice(string.ascii_lowercase) + text[at + 1 :]


def _write(chance, rows, source, key, p: Person, numbers, mistakes, by_property) -> None:
    forename, surname, birth = p.forename, p.surname, p.birth
    if chance.random() < 0.12 and forename in OTHER_SPELLINGS:
        forename = chance.choice(OTHER_SPELLINGS[forename])
    if chance.random() < mistakes:
        forename = _slip(chance, forename)
    if p.middle and chance.random() < 0.2:
        forename = f"{forename} {p.middle}"
    if p.former and chance.random() < 0.3:
        surname = p.former
    elif chance.random() < mistakes:
        surname = _slip(chance, surname)
    quality: str | None = "stated"
    if chance.random() < mistakes / 2:
        birth = (
            birth.replace(month=birth.day, day=birth.month)
            if birth.day <= 12
            else birth.replace(day=(birth.day + 9) % 28 + 1)
        )
    elif chance.random() < mistakes / 2:
        birth = birth.replace(month=1, day=1)
    is_unknown = not p.is_child and source in ("housing", "police") and chance.random() < 0.25
    rows["person"].append(_row(rows, source, "person", person_key=key, role="child" if p.is_child else "adult",
                               birth_on=None if is_unknown else birth, birth_quality=None if is_unknown else quality,
                               sex=p.sex if chance.random() < 0.95 else None))  # fmt: skip
    rows["name"].append(_row(rows, source, "name", person_key=key, kind="current", forename=forename, surname=surname))
    home = p.before if p.before and chance.random() < 0.3 else p.home
    rows["address"].append(_row(rows, source, "address", person_key=key, kind="home", lines=home[0], postcode=home[1],
                                uprn=home[2] if by_property and chance.random() < 0.9 else None))  # fmt: skip
    gives = numbers or ""
    if gives == "mixed":
        gives = chance.choice(["nhs", "upn", ""])
    value = p.upn if gives == "upn" else p.nhs if gives == "nhs" else None
    if value and chance.random() < 0.95:
        rows["identifier"].append(_row(rows, source, "identifier", person_key=key, kind=gives, value=value,
                                       is_valid=True))  # fmt: skip
