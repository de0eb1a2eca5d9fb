"""
A small council's three files, made up: open cases, early help, the school roll with attendance.

Every value a test looks for afterwards is in MARKED: a word that stands nowhere else.
"""

from __future__ import annotations

import csv
import datetime
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

NAMES = [
    ("Ava", "Quillon"), ("Ben", "Harrow"), ("Cal", "Winslow"), ("Dot", "Marlock"), ("Eve", "Tarrant"),
    ("Finn", "Oxley"), ("Gwen", "Peverell"), ("Hal", "Rudding"), ("Isla", "Stannard"), ("Jed", "Umfrey"),
]  # fmt: skip
IN_CARE_SYSTEM, IN_EARLY_HELP = NAMES[:5], NAMES[3:8]
MARKED = {"social_care": "Zanzibarquay", "early_help": "Wyvernholt", "school_census": "Xantheford"}


def write(folder: Path, *, today: datetime.date) -> dict[str, Path]:
    """Write the three files as they would come on `today`; returns them by feed."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "social_care": (folder / "open cases.csv", _open_cases(today), ","),
        "early_help": (folder / "early help episodes.csv", _episodes(today), ";"),
        "school_census": (folder / "autumn pupils on roll.csv", _roll(today), ","),
    }
    for path, rows, delimiter in made.values():
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
    return {feed: path for feed, (path, _, _) in made.items()}


def birth_of(place: int, today: datetime.date) -> datetime.date:
    return datetime.date(today.year - 6 - place, 3, 1 + place)


def _open_cases(today: datetime.date) -> list[dict[str, str]]:
    """Two children of worker W1, two of W2, one whom nobody is allocated to. `Private note` is in no agreement."""
    rows = []
    for place, (forename, surname) in enumerate(IN_CARE_SYSTEM):
        worker = ("W1", "Rowan Pike") if place < 2 else ("W2", "Teal Brook")
        rows.append(
            {
                "Case Number": f"00{100 + place}",
                "Forename": forename,
                "Surname": surname,
                "Date of Birth": f"{birth_of(place, today):%d/%m/%Y}",
                "Gender": "Female" if place % 2 else "Male",
                "Address": f"{place + 1} {MARKED['social_care']} Road",
                "Postcode": f"ZZ1 1A{'ABDEF'[place]}",
                "Status": "Child protection" if place == 0 else "Child in need",
                "Status Start": f"{today - datetime.timedelta(days=60 + place):%d/%m/%Y}",
                "Team": "North",
                "Worker": worker[1] if place < 4 else "",
                "Worker Reference": worker[0] if place < 4 else "",
                "Worker Phone": "01632 960111" if place < 4 else "",
                "Visit Every (weeks)": "2" if place < 4 else "",
                "Last Visit": f"{today - datetime.timedelta(days=30):%d/%m/%Y}",
                "Seen Alone": "Yes",
                "Private note": "Kingfishermoor",
            }
        )
    return rows


def _episodes(today: datetime.date) -> list[dict[str, str]]:
    columns = (
        "EPISODE_ID", "PERSON_ID", "CHILD_NAME", "START_DATE", "END_DATE", "END_REASON", "DOB", "SEX", "NHS_NO",
        "POSTCODE", "ADDRESS", "CARER_ID", "CARER_DOB", "CARER_NAME", "CARER_PHONE", "WORKER_REF", "WORKER_NAME",
        "WORKER_PHONE", "WORKER_EMAIL", "TEAM", "VISIT_DAYS", "RATING", "ENGAGED", "GOALS_ON_TRACK",
    )  # fmt: skip
    rows = []
    for place, (forename, surname) in enumerate(NAMES):
        if (forename, surname) in IN_EARLY_HELP:
            given = {
                "EPISODE_ID": f"EP{place}",
                "PERSON_ID": f"EH{place}",
                "CHILD_NAME": f"{forename} {surname}",
                "START_DATE": f"{today - datetime.timedelta(days=90):%d.%m.%Y}",
                "DOB": f"{birth_of(place, today):%d.%m.%Y}",
                "SEX": "F" if place % 2 else "M",
                "POSTCODE": f"ZZ1 1A{'ABDEFGHJKL'[place]}",
                "ADDRESS": f"{place + 1} {MARKED['early_help']} Row",
                "CARER_ID": f"EHC{place}",
                "CARER_NAME": f"Sam {surname}",
                "CARER_DOB": "04.05.1988",
                "WORKER_REF": "W3",
                "WORKER_NAME": "Linden Vale",
                "TEAM": "Family help",
            }
            rows.append({column: given.get(column, "") for column in columns})
    return rows


def _roll(today: datetime.date) -> list[dict[str, str]]:
    return [
        {
            "pupilonrolltableid": f"{place}-26au",
            "NativeId": "4000",
            "dob": f"{birth_of(place, today):%Y-%b-%d} 00:00:00",
            "surname": surname,
            "forename": forename,
            "upn": "",
            "formerupn": "",
            "sex": "F" if place % 2 else "M",
            "entrydate": f"{today.year - 1}-Sep-04 00:00:00",
            "schoolname": MARKED["school_census"],
            "estab": "4000",
            "enrolstatus": "C",
            "ethnicity": "WBRI",
            "senprovision": "E" if place == 2 else "N",
            "ncyearactual": str(1 + place),
            "localpupilref": f"P{place}",
            "termlysessionspossible": "118",
            "termlysessionsmissed": str(60 - 6 * place),
            "termstart": f"{today - datetime.timedelta(days=120):%Y-%b-%d} 00:00:00",
            "termend": f"{today - datetime.timedelta(days=40):%Y-%b-%d} 00:00:00",
            "sendprovisionmissing": "",
        }
        for place, (forename, surname) in enumerate(NAMES)
    ]


GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guides" / "first-week.md"
KINFOLD = Path(sys.executable).with_name("kinfold")
OF_OTHERS = ("DATABASE_URL", "KINFOLD_HOME", "KINFOLD_AREA", "DJANGO_SETTINGS_MODULE")


def commands() -> list[list[str]]:
    """Every command of the guide, in its order, as the words that a terminal would make of it."""
    blocks = re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


def mend_agreements(area: Path) -> None:
    """What the guide says to do by hand: the examples' agreements are made the council's own, and in date."""
    for path in (area / "feeds").glob("*.toml"):
        text = re.sub(r"(?m)^from = .*$", "from = 2020-01-01", path.read_text(encoding="utf-8"))
        path.write_text(re.sub(r"(?m)^to = .*$", "to = 2099-12-31", text), encoding="utf-8")


def do(words: list[str], folder: Path, *, typed: str = "", code: int = 0) -> str:
    """Type a command of the guide in `folder`; returns what it printed. typed: answers to what it asks."""
    assert words[0] == "kinfold", words
    environment = {name: value for name, value in os.environ.items() if name not in OF_OTHERS}
    done = subprocess.run(
        [str(KINFOLD), *words[1:]], cwd=folder, input=typed, capture_output=True, text=True, env=environment
    )
    assert done.returncode == code, f"{' '.join(words)} ended with {done.returncode}:\n{done.stderr[-2000:]}"
    return done.stdout


def walk_until(verb: str, folder: Path, *, today: datetime.date) -> dict[str, str]:
    """Do what the guide says before its first `kinfold verb`; returns the password that each person was given."""
    write(folder, today=today)
    passwords = {}
    for words in commands():
        if words[1] == verb:
            return passwords
        said = do(words, folder)
        if words[1] == "init":
            mend_agreements(folder / words[2])
        if words[1:3] == ["users", "add"]:
            passwords[words[3]] = re.search(r"^Password: (\S+)$", said, flags=re.MULTILINE)[1]
    raise AssertionError(f"the guide has no kinfold {verb}")
