"""
Files for the feeds' benchmark, made up from a seed: an SSDA903 return, a children in need census, a police list.

Shapes and rates are a large authority's; every person, number and postcode is invented.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

SEED = 20260331
YEAR_END = datetime.date(2026, 3, 31)
ETHNIC = ("WBRI", "WBRI", "WBRI", "WOTH", "MWBC", "AIND", "APKN", "BAFR", "BCRB", "REFU")
PLACES = ("U4", "U6", "U1", "K2", "K3", "P1", "T0", "Z11")
LEGAL = ("C1", "C2", "V2", "E1")
NEEDS = ("N1", "N2", "N3", "N4", "N5", "N6", "N8")
FACTORS = ("1B", "2B", "3B", "4B", "3A", "14A", "15A", "16A", "17A", "11A", "24A", "18B")
CATEGORIES = ("NEG", "PHY", "SAB", "EMO", "MUL")
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


class Dice:
    """Whole numbers, choices and days, drawn many at a time because one at a time is slow."""

    def __init__(self, seed: int = SEED) -> None:
        self._rng = np.random.default_rng(seed)
        self._drawn: Iterator[int] = iter(())

    def below(self, end: int) -> int:
        for number in self._drawn:
            return number % end
        self._drawn = iter(self._rng.integers(0, 1 << 30, 500_000).tolist())
        return self.below(end)

    def one_of(self, listed: tuple[str, ...]) -> str:
        return listed[self.below(len(listed))]

    def in_percent(self, share: int) -> bool:
        return self.below(100) < share


def ssda903(folder: Path, children: int) -> None:
    """The twelve tables of one return as CSV; about 9.7 rows a child, most of them episodes and reviews."""
    dice, tables = Dice(), _Tables(folder)
    try:
        for number in range(children):
            _looked_after(dice, tables, f"{100_000 + number}")
    finally:
        tables.close()


SSDA903 = {
    "header": "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB",
    "episodes": "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN",
    "reviews": "CHILD,DOB,REVIEW,REVIEW_CODE",
    "uasc": "CHILD,SEX,DOB,DUC",
    "oc2": "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,HEALTH_ASSESSMENT,"
    "SUBSTANCE_MISUSE,INTERVENTION_RECEIVED,INTERVENTION_OFFERED",
    "oc3": "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM",
    "ad1": "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR",
    "sbpfa": "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED",
    "prev_perm": "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM",
    "missing": "CHILD,DOB,MISSING,MIS_START,MIS_END",
    "sw_episodes": "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON",
    "dolo": "CHILD,DOB,DOLO_START,DOLO_END",
}


class _Tables:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._files = {name: (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") for name in SSDA903}
        self._writers = {name: csv.writer(file) for name, file in self._files.items()}
        for name, columns in SSDA903.items():
            self._writers[name].writerow(columns.split(","))

    def add(self, name: str, *cells: object) -> None:
        self._writers[name].writerow(cells)

    def close(self) -> None:
        for file in self._files.values():
            file.close()


def _looked_after(dice: Dice, tables: _Tables, child: str) -> None:
    sex, born = dice.one_of(("M", "F")), YEAR_END - datetime.timedelta(days=200 + dice.below(6_300))
    dob = _said(born)
    tables.add("header", child, sex, dob, dice.one_of(ETHNIC), _upn(dice), "", "")
    first = YEAR_END - datetime.timedelta(days=30 + dice.below(700))
    _episodes(dice, tables, child, first)
    for nth in range(3):
        tables.add("reviews", child, dob, _said(first + datetime.timedelta(days=28 + 120 * nth)), "PN1")
    score = str(dice.below(41)) if dice.in_percent(75) else ""
    tables.add("oc2", child, dob, score, "" if score else "SDQ2", 0, 1, 1, 1, 1, 0, "", "")
    tables.add("sw_episodes", child, dob, f"SW{dice.below(90_000) + 10_000}", _said(first), "", "")
    if dice.in_percent(72):
        tables.add("prev_perm", child, dob, "Z1", "", "")
    if dice.in_percent(14):
        start = first + datetime.timedelta(days=dice.below(90))
        tables.add("missing", child, dob, dice.one_of(("M", "A")), _said(start), _said(start + datetime.timedelta(1)))
    if dice.in_percent(20):
        tables.add("oc3", child, dob, "YES", "F1", "U1")
    if dice.in_percent(6):
        tables.add("uasc", child, sex, dob, _said(born + datetime.timedelta(days=6_575)))
    if dice.in_percent(4):
        tables.add("sbpfa", child, dob, _said(first), "", "")
        tables.add("ad1", child, dob, _said(first), _said(first), 0, 2, "MF", "L0")
    if dice.in_percent(1):
        tables.add("dolo", child, dob, _said(first), "")


def _episodes(dice: Dice, tables: _Tables, child: str, start: datetime.date) -> None:
    """A chain of one to four: each begins on the day that the one before it ended."""
    home, chain = _postcode(dice), 1 + dice.below(4)
    for nth in range(chain):
        end = start + datetime.timedelta(days=1 + dice.below(160))
        is_open = nth == chain - 1 and dice.in_percent(70)
        tables.add(
            "episodes", child, _said(start), "S" if nth == 0 else dice.one_of(("P", "L", "B")), dice.one_of(LEGAL),
            dice.one_of(NEEDS), dice.one_of(PLACES), "PR1", "" if is_open else _said(end),
            "" if is_open else "X1" if nth < chain - 1 else "E4A", "" if nth == 0 else "PLACE", home,
            _postcode(dice), f"SC{dice.below(900_000) + 100_000}",
        )  # fmt: skip
        start = end


def cin_census(path: Path, children: int) -> None:
    """One census file, every block in it filled for most children: about 2.9 KB a child."""
    dice = Dice()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<Message>\n<Header><CollectionDetails><Collection>CIN')
        file.write("</Collection><Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails>")
        file.write("<Source><SourceLevel>L</SourceLevel><LEA>999</LEA></Source></Header>\n<Children>\n")
        for number in range(children):
            file.writelines(f"{line}\n" for line in _in_need(dice, f"{500_000 + number}"))
        file.write("</Children>\n</Message>\n")


def _in_need(dice: Dice, child: str) -> Iterator[str]:
    born = YEAR_END - datetime.timedelta(days=30 + dice.below(6_400))
    yield "<Child><ChildIdentifiers>"
    yield f"<LAchildID>{child}</LAchildID><UPN>{_upn(dice)}</UPN><PersonBirthDate>{born}</PersonBirthDate>"
    yield f"<Sex>{dice.one_of(('M', 'F'))}</Sex></ChildIdentifiers>"
    yield f"<ChildCharacteristics><Ethnicity>{dice.one_of(ETHNIC)}</Ethnicity>"
    disability = dice.one_of(("NONE", "NONE", "NONE", "LD", "AUT"))
    yield f"<Disabilities><Disability>{disability}</Disability></Disabilities></ChildCharacteristics>"
    for _ in range(1 + dice.in_percent(60)):
        yield from _referral(dice, YEAR_END - datetime.timedelta(days=dice.below(500) + 60))
    yield "</Child>"


def _referral(dice: Dice, on: datetime.date) -> Iterable[str]:
    def day(after: int) -> str:
        return (on + datetime.timedelta(days=after)).isoformat()

    closed = dice.in_percent(50)
    yield f"<CINdetails>\n  <CINreferralDate>{on}</CINreferralDate>\n  <ReferralSource>6</ReferralSource>"
    yield f"  <PrimaryNeedCode>{dice.one_of(NEEDS)}</PrimaryNeedCode>"
    if closed:
        yield f"  <CINclosureDate>{day(200)}</CINclosureDate>\n  <ReasonForClosure>RC7</ReasonForClosure>"
    yield f"  <DateOfInitialCPC>{day(20)}</DateOfInitialCPC>"
    for nth in range(1 + dice.below(2)):
        start = nth * 60
        yield f"  <Assessments>\n    <AssessmentActualStartDate>{day(start)}</AssessmentActualStartDate>"
        yield f"    <AssessmentInternalReviewDate>{day(start + 9)}</AssessmentInternalReviewDate>"
        yield f"    <AssessmentAuthorisationDate>{day(start + 40)}</AssessmentAuthorisationDate>"
        yield "    <FactorsIdentifiedAtAssessment>"
        first = dice.below(len(FACTORS))
        for factor in (FACTORS + FACTORS)[first : first + 2 + dice.below(3)]:
            yield f"      <AssessmentFactors>{factor}</AssessmentFactors>"
        yield "    </FactorsIdentifiedAtAssessment>\n  </Assessments>"
    yield f"  <CINPlanDates>\n    <CINPlanStartDate>{day(42)}</CINPlanStartDate>"
    yield f"    <CINPlanEndDate>{day(90)}</CINPlanEndDate>\n  </CINPlanDates>"
    yield f"  <Section47>\n    <S47ActualStartDate>{day(5)}</S47ActualStartDate>"
    yield f"    <InitialCPCtarget>{day(20)}</InitialCPCtarget>\n    <DateOfInitialCPC>{day(20)}</DateOfInitialCPC>"
    yield f"    <ICPCnotRequired>{dice.one_of(('0', 'false'))}</ICPCnotRequired>\n  </Section47>"
    yield f"  <ReferralNFA>{dice.one_of(('0', 'false'))}</ReferralNFA>"
    category = dice.one_of(CATEGORIES)
    yield f"  <ChildProtectionPlans>\n    <CPPstartDate>{day(20)}</CPPstartDate>"
    yield f"    <InitialCategoryOfAbuse>{category}</InitialCategoryOfAbuse>"
    yield f"    <LatestCategoryOfAbuse>{category}</LatestCategoryOfAbuse>"
    yield "    <NumberOfPreviousCPP>0</NumberOfPreviousCPP>\n    <Reviews>"
    yield from (f"      <CPPreviewDate>{day(after)}</CPPreviewDate>" for after in (90, 180))
    yield "    </Reviews>\n  </ChildProtectionPlans>\n</CINdetails>"


NOTICES = ("PPN_REF", "LINE", "INCIDENT_DATE", "ROLE", "GRADE", "DOB", "SEX", "FORENAME", "SURNAME", "POSTCODE",
           "ADDRESS", "LOCATION")  # fmt: skip


def notices(path: Path, rows: int) -> None:
    """Police notices as one CSV of `rows` rows, two to four people on each notice."""
    dice, made, notice = Dice(), 0, 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(NOTICES)
        while made < rows:
            notice += 1
            on = _said(YEAR_END - datetime.timedelta(days=dice.below(1_000)))
            home, street = _postcode(dice), f"{1 + dice.below(200)} Harbour Street"
            surname = f"Name{dice.below(40_000)}"
            for line in range(1, min(2 + dice.below(3), rows - made) + 1):
                made += 1
                born = YEAR_END - datetime.timedelta(days=dice.below(6_000) + (0 if line > 2 else 7_000))
                writer.writerow((
                    f"PPN/{notice:07d}", line, on, "VSCC"[line - 1], dice.one_of(("Standard", "Medium", "High")),
                    _said(born), dice.one_of(("M", "F")), f"Given{dice.below(5_000)}", surname, home, street,
                    "DWELLING",
                ))  # fmt: skip


def _said(day: datetime.date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def _postcode(dice: Dice) -> str:
    return f"ZZ{1 + dice.below(9)} {1 + dice.below(9)}{UPN_LETTERS[dice.below(5)]}{UPN_LETTERS[dice.below(20)]}"


def _upn(dice: Dice) -> str:
    return f"{UPN_LETTERS[dice.below(23)]}999{dice.below(1 << 29):09d}"
