"""
The statutory returns drawn from the case system: SSDA903, the children in need census and Annex A.

They carry no names, visits or workers, and share social care's case numbers.
"""

from __future__ import annotations

import datetime
import re
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import openpyxl

from kinfold.demonstration import calendar
from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.deliveries import either, open_and_closed, table
from kinfold.demonstration.feeds import case_care
from kinfold.demonstration.feeds.case_system import BEFORE, CODES, upns
from kinfold.demonstration.sight import Sight
from kinfold.demonstration.world import World


def write(world: World, seen: Sight) -> None:
    _looked_after(world, seen)
    _in_need(world, seen)
    _annex_a(world, seen)


def _care_periods(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    referral, start, end = world.careers.period("cla")
    recent = end > world.start - BEFORE
    return referral[recent], start[recent], end[recent]


def _looked_after(world: World, seen: Sight) -> None:
    """SSDA903 as CSV: header, episodes, missing and social worker episodes. Nobody's sex is 1 or 2 any more."""
    post = world.post("ssda903", encoding="utf-8")
    c, people = world.careers, world.town.people
    referral, start, end = _care_periods(world)
    child = c.child[referral]
    begun = start <= world.as_at
    first = np.full(people.children, np.iinfo(np.int64).max)
    np.minimum.at(first, child[begun], start[begun])
    who = np.flatnonzero(first < np.iinfo(np.int64).max)
    place = seen.at(who)
    upn, unknown = upns(world, who, first[who])
    post.send(
        "header.csv",
        table(
            CHILD=seen.ids[place],
            SEX=seen.sex[place],
            DOB=post.dates(seen.birth[place]),
            ETHNIC=CODES[people.heritage[who]],
            UPN=np.array([u or why or "UN4" for u, why in zip(upn, unknown, strict=True)], dtype=object),
            MOTHER=None,
            MC_DOB=None,
        ),
        first[who],
    )
    rows, known, ended = open_and_closed(start, end, world.as_at)
    which = referral[rows]
    home = world.home(c.child[which], start[rows])
    kind, code, _ = case_care.placement(world, which)
    status = np.array(["C1", "C2", "V2", "E1"], dtype=object)[which % 4 * (which % 3 > 0)]
    post.send(
        "episodes.csv",
        table(
            CHILD=seen.ids[seen.at(c.child[which])],
            DECOM=post.dates(start[rows]),
            RNE="S",
            LS=status,
            CIN=c.need[which],
            PLACE=kind,
            PLACE_PROVIDER="PR1",
            DEC=post.dates(ended),
            REC=np.where(ended == NEVER, None, c.care_end[which]),
            REASON_PLACE_CHANGE=None,
            HOME_POST=world.town.homes.postcode[home],
            PL_POST=code,
            URN=np.array([f"SC{900000 + n % 300}" for n in which.tolist()], dtype=object),
        ),
        known,
        rows,
    )
    refs = world.services["social_care"].column("ref")
    a = world.allocations
    held = np.flatnonzero(np.isin(a.referral, referral) & (a.from_on <= world.as_at))
    rows, known, ended = open_and_closed(a.from_on[held], a.to_on[held], world.as_at)
    held = held[rows]
    who = c.child[a.referral[held]]
    post.send(
        "sw_episodes.csv",
        table(
            CHILD=seen.ids[seen.at(who)],
            DOB=post.dates(seen.birth[seen.at(who)]),
            SW_ID=refs[a.worker[held]],
            SW_DECOM=post.dates(a.from_on[held]),
            SW_DEC=post.dates(ended),
            SW_REASON=either(ended == NEVER, None, "PCCHAN").astype(object),
        ),
        known,
        rows,
    )


def _in_need(world: World, seen: Sight) -> None:
    """The children in need census: one XML file for each year that ended in the last three, handed over in June."""
    first, last = calendar.day(world.start).year, calendar.day(world.as_at).year
    ends = [datetime.date(year, 3, 31) for year in range(first, last + 1)]
    days = [calendar.number(end) + 75 for end in ends if world.start < calendar.number(end) + 75 <= world.as_at]
    post = world.post("cin_census", days or [world.as_at - 3])
    for day in post.days:
        end = datetime.date(calendar.day(day).year, 3, 31)
        end = end if calendar.number(end) <= day else end.replace(year=end.year - 1)
        path = world.outbox.path(post.feed, day, f"CIN_{end.year}_999.xml")
        world.outbox.count(post.feed, _census(world, seen, end, path))


def _census(world: World, seen: Sight, end: datetime.date, path: Path) -> int:
    c, people = world.careers, world.town.people
    last, first = calendar.number(end), calendar.number(end.replace(year=end.year - 1)) + 1
    which = np.flatnonzero((c.referred <= last) & (c.closed >= first))
    assessed, _, factor = _factors(world, which, last)
    by_referral: dict[int, list[str]] = {}
    for r, f in zip(assessed.tolist(), factor, strict=True):
        by_referral.setdefault(r, []).append(f)
    parts = [
        (
            '<?xml version="1.0" encoding="utf-8"?>\n<Message><Header><CollectionDetails><Collection>CIN</Collection>'
            f"<Year>{end.year}</Year><ReferenceDate>{end}</ReferenceDate></CollectionDetails>"
            f"<Source><SourceLevel>L</SourceLevel>"
            f"<LEA>999</LEA><SoftwareCode>Made up</SoftwareCode><Release>1</Release><SerialNo>001</SerialNo>"
            f"<DateTime>{end}T09:00:00</DateTime></Source></Header><Children>\n"
        )
    ]
    for child in np.unique(c.child[which]).tolist():
        place = int(seen.at(np.array([child]))[0])
        born = int(seen.birth[place])
        birth = (
            f"<PersonBirthDate>{calendar.day(born)}</PersonBirthDate>"
            if people.birth[child] <= last
            else (f"<ExpectedPersonBirthDate>{calendar.day(int(people.birth[child]) + 6)}</ExpectedPersonBirthDate>")
        )
        parts.append(
            f"<Child><ChildIdentifiers><LAchildID>{escape(seen.ids[place])}</LAchildID><UPNunknown>UN4</UPNunknown>{birth}"
            f"<Sex>{seen.sex[place] or 'U'}</Sex></ChildIdentifiers><ChildCharacteristics>"
            f"<Ethnicity>{CODES[people.heritage[child]]}</Ethnicity>"
            f"{'<Disabilities><Disability>LD</Disability></Disabilities>' if world.troubles.disabled[child] else ''}"
            "</ChildCharacteristics>"
        )
        parts += [_details(world, r, last, by_referral.get(r, [])) for r in which[c.child[which] == child].tolist()]
        parts.append("</Child>\n")
    path.write_text("".join([*parts, "</Children></Message>\n"]), encoding="utf-8")
    return len(which)


def _factors(world: World, which: np.ndarray, last: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    end = world.careers.periods["assessment"][1][which]
    done = (end != NEVER) & (end <= last)
    return case_care.factors(world, which[done], end[done])


def _details(world: World, r: int, last: int, factors: list[str]) -> str:
    c = world.careers

    def dated(tag: str, day: int) -> str:
        return f"<{tag}>{calendar.day(day)}</{tag}>" if day not in (NEVER,) and day <= last else ""

    def period(name: str) -> tuple[int, int]:
        return int(c.periods[name][0][r]), int(c.periods[name][1][r])

    closed = int(c.closed[r])
    text = [
        "<CINdetails>",
        dated("CINreferralDate", int(c.referred[r])),
        f"<ReferralSource>{c.source[r]}</ReferralSource>",
        f"<PrimaryNeedCode>{'N0' if c.is_nfa[r] else c.need[r]}</PrimaryNeedCode>",
        dated("CINclosureDate", closed),
    ]
    if closed <= last:
        text.append(f"<ReasonForClosure>{c.reason[r]}</ReasonForClosure>")
    start, end = period("assessment")
    if start != NEVER and start <= last:
        codes = "".join(f"<AssessmentFactors>{f}</AssessmentFactors>" for f in factors)
        text += [
            "<Assessments>",
            dated("AssessmentActualStartDate", start),
            dated("AssessmentAuthorisationDate", end),
            f"<FactorsIdentifiedAtAssessment>{codes}</FactorsIdentifiedAtAssessment>" if codes else "",
            "</Assessments>",
        ]
    for name in ("plan", "after"):
        start, end = period(name)
        if start != NEVER and start <= last:
            text += [
                "<CINPlanDates>",
                dated("CINPlanStartDate", start),
                dated("CINPlanEndDate", end),
                "</CINPlanDates>",
            ]
    start, end = period("section47")
    if start != NEVER and start <= last:
        text += [
            "<Section47>",
            dated("S47ActualStartDate", start),
            "<ICPCnotRequired>0</ICPCnotRequired>",
            "</Section47>",
        ]
    text.append(f"<ReferralNFA>{'true' if c.is_nfa[r] else 0}</ReferralNFA>")
    start, end = period("cp")
    if start != NEVER and start <= last:
        text += [
            "<ChildProtectionPlans>",
            dated("CPPstartDate", start),
            dated("CPPendDate", end),
            f"<InitialCategoryOfAbuse>{c.category[r]}</InitialCategoryOfAbuse>",
            f"<LatestCategoryOfAbuse>{c.category[r]}</LatestCategoryOfAbuse>",
            "<NumberOfPreviousCPP>0</NumberOfPreviousCPP>",
            "</ChildProtectionPlans>",
        ]
    return "".join([*text, "</CINdetails>"])


ETHNICITIES = {
    "white": "a) White",
    "mixed": "b) Mixed",
    "asian": "c) Asian or Asian British",
    "black": "d) Black or black British",
    "other": "e) Other ethnic group",
}
NEEDS = {
    "N1": "a) Abuse or neglect",
    "N2": "b) Child's disability",
    "N3": "c) Parents illness or disability",
    "N4": "d) Family in acute stress",
    "N5": "e) Family dysfunction",
    "N6": "f) Socially unacceptable behaviour",
    "N8": "h) Absent parenting",
}
CATEGORIES = {
    "NEG": "a) Neglect",
    "PHY": "b) Physical Abuse",
    "SAB": "c) Sexual Abuse",
    "EMO": "d) Emotional Abuse",
    "MUL": "e) Multiple",
}
STATUSES = ["a) Interim care orders", "b) Full care orders", "e) Accommodated under S20", "d) Placement order granted"]
STARTS = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)"]


def _annex_a(world: World, seen: Sight) -> None:
    """Annex A as one workbook: titles above the headers, headers over two lines, Excel dates."""
    start = calendar.day(world.as_at)
    post = world.post("annex_a", [calendar.number(calendar.back(start, months=6)), world.as_at - 5])
    post.make(lambda day, path: _workbook(world, seen, day, path), "Annex A child level data.xlsx")


def _workbook(world: World, seen: Sight, day: int, path: Path) -> int:
    from kinfold.demonstration import names

    c, people = world.careers, world.town.people
    book = openpyxl.Workbook(write_only=True)
    workers, teams = world.services["social_care"].column("name"), world.services["social_care"].column("team")
    first_worker = np.full(len(c.child), -1)
    a = world.allocations
    now = np.flatnonzero(a.from_on <= day)
    first_worker[a.referral[now]] = a.worker[now]
    since = day - 183
    rows_written = 0

    def lead(child: int) -> list[object]:
        place = int(seen.at(np.array([child]))[0])
        born = int(seen.birth[place])
        group = names.HERITAGES[people.heritage[child]].ethnicity
        return [
            seen.ids[place],
            {"M": "a) Male", "F": "b) Female"}.get(seen.sex[place], "c) Not stated/recorded"),
            ETHNICITIES[group],
            calendar.day(born) if born <= day else None,
            max(0, (day - born) * 100 // 36525),
        ]

    def date(value: int) -> datetime.date | None:
        return calendar.day(value) if value != NEVER and value <= day else None

    def sheet(title: str, heading: str, columns: list[str], rows: list[list[object]]) -> None:
        nonlocal rows_written
        page = book.create_sheet(title)
        page.append([heading])
        page.append([])
        page.append([*STARTS, *columns])
        for row in rows:
            page.append(row)
        rows_written += len(rows)

    def worker(r: int) -> list[object]:
        place = int(first_worker[r])
        return [teams[place], workers[place]] if place >= 0 else [None, None]

    recent = np.flatnonzero((c.referred <= day) & (c.referred > since)).tolist()
    sheet(
        "List 3",
        "List 3: Referrals in the last six months",
        [
            "Date of referral",
            "Referral Source",
            "Referral NFA?",
            "Number of Referrals\nin Last 12 Months",
            "Allocated Team",
            "Allocated Worker",
        ],
        [
            [
                *lead(int(c.child[r])),
                date(int(c.referred[r])),
                "g) Police" if c.source[r] == "6" else "b) Schools" if c.source[r] == "2A" else "i) Other",
                "a) Yes" if c.is_nfa[r] else "b) No",
                1,
                *worker(r),
            ]
            for r in recent
        ],
    )
    is_open = np.flatnonzero((c.referred <= day) & ~c.is_nfa & (c.closed > since)).tolist()
    sheet(
        "List 6",
        "List 6: Children in need",
        [
            "Does the Child have a Disability",
            "CIN Start Date",
            "Primary Need Code",
            "Date Child Was\nLast Seen",
            "CIN Closure Date",
            "Reason for Closure",
            "Case Status",
            "Allocated Team",
            "Allocated Worker",
        ],
        [
            [
                *lead(int(c.child[r])),
                "a) Yes" if world.troubles.disabled[c.child[r]] else "b) No",
                date(int(c.referred[r])),
                NEEDS[c.need[r]],
                None,
                date(int(c.closed[r])),
                "g) 'Other' incl. Child no longer in need" if c.closed[r] <= day else None,
                "e) Closed episode" if c.closed[r] <= day else "c) Child in need plan",
                *worker(r),
            ]
            for r in is_open
        ],
    )
    referral, start, end = c.period("cp")
    keep = (start <= day) & (end > since)
    sheet(
        "List_7",
        "List 7: Child protection plans",
        [
            "Does the Child have a Disability",
            "Child Protection Plan\nStart Date",
            "Initial Category of Abuse",
            "Latest Category of Abuse",
            "Date of the Last Statutory Visit",
            "Was the Child Seen Alone?",
            "Date of latest review conference",
            "Child Protection Plan End Date",
            "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)",
            "Number of Previous Child Protection Plans",
            "Allocated Team",
            "Allocated Worker",
        ],
        [
            [
                *lead(int(c.child[r])),
                "b) No",
                date(s),
                CATEGORIES[c.category[r]],
                CATEGORIES[c.category[r]],
                None,
                None,
                None,
                date(e),
                "b) No",
                0,
                *worker(r),
            ]
            for r, s, e in zip(referral[keep].tolist(), start[keep].tolist(), end[keep].tolist(), strict=True)
        ],
    )
    referral, start, end = _care_periods(world)
    keep = (start <= day) & (end > since)
    sheet(
        "List 8",
        "List 8: Children in care",
        [
            "Does the Child have a Disability",
            "Date Started to be\nLooked After",
            "Child's Category of Need",
            "Child's Legal Status",
            "Date Ceased to be Looked After",
            "Reason Ceased to be Looked After",
            "Start Date of Most\nRecent Placement",
            "Placement Type",
            "Placement postcode",
            "Allocated Team",
            "Allocated Worker",
        ],
        [
            [
                *lead(int(c.child[r])),
                "b) No",
                date(s),
                NEEDS[c.need[r]],
                STATUSES[r % 4 * (r % 3 > 0)],
                date(e),
                "n) Care ceased for any other reason" if e <= day else None,
                date(s),
                "a) Foster Placement",
                case_care.placement(world, np.array([r]))[1][0],
                *worker(r),
            ]
            for r, s, e in zip(referral[keep].tolist(), start[keep].tolist(), end[keep].tolist(), strict=True)
        ],
    )
    book.save(path)
    _without_the_clock(path, calendar.day(day))
    return rows_written


def _without_the_clock(path: Path, on: datetime.date) -> None:
    """Write the workbook again without the moment it was saved, which the library puts into it."""
    with zipfile.ZipFile(path) as saved:
        parts = [(info.filename, saved.read(info)) for info in saved.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts:
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z?", f"{on}T09:00:00Z".encode(), content)
            book.writestr(zipfile.ZipInfo(name, (on.year, on.month, on.day, 9, 0, 0)), content, zipfile.ZIP_DEFLATED)
