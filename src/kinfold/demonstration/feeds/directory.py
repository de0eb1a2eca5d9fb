"""The services directory: the council's own list as CSV, and the voluntary sector's as Open Referral UK."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa

from kinfold.demonstration import calendar
from kinfold.demonstration.deliveries import Post, table
from kinfold.demonstration.world import World

# id, name, agency in the council's words, holds cases, state, covered by
CRITICAL = [
    ("SV01", "Children's social care front door", "Social care", "Y", "Open", ""),
    ("SV02", "Family help and early help", "Early help", "Y", "Open", ""),
    ("SV03", "Youth justice service", "Youth justice", "Y", "Open", ""),
    ("SV04", "Health visiting, targeted caseload", "Health", "Y", "Open", ""),
    ("SV05", "Child and adolescent mental health", "Mental health", "Y", "Reduced", "Crisis line, 24 hours"),
    ("SV06", "Turnstone recovery service", "Substance misuse", "Y", "Open", ""),
    ("SV07", "Housing needs", "Housing", "Y", "Open", ""),
    ("SV08", "Probation, Saltmarsh delivery unit", "Probation", "Y", "Open", ""),
    ("SV09", "Special educational needs casework", "SEND", "Y", "Open", ""),
    ("SV10", "Lapwing domestic abuse support", "Domestic abuse", "Y", "Open", ""),
    ("SV11", "Adult social care, parents", "Adult social care", "Y", "Open", ""),
    ("SV12", "School nursing", "Health", "N", "Open", ""),
    ("SV13", "Benefits and local help", "Benefits", "N", "Open", ""),
    ("SV14", "Council tax support", "Council tax", "N", "Open", ""),
    ("SV15", "Education welfare", "Education", "N", "Closed", "Early help, Heron locality"),
]
ASSETS = [
    ("Harbour food pantry", "Food for a week, no questions, and a cup of tea.", "Food", "Mon, Wed and Fri 10am to 2pm"),
    ("Saltern Road food bank", "Emergency food with a voucher from any worker.", "Food", "Tue and Thu 1pm to 4pm"),
    ("Curlew family centre", "Stay and play, baby clinic, parents' group.", "Families", "Weekdays 9am to 5pm"),
    ("Little Terns stay and play", "For under-fives with a grown-up.", "Families", "Mon and Thu 9.30am to 11am"),
    ("Dads on the quay", "Saturday breakfasts for dads and their children.", "Families", "Sat 9am to 11am"),
    ("Estuary young carers", "Clubs and trips for children who look after someone.", "Young carers", "Wed 4pm to 6pm"),
    (
        "Marsh Lights bereavement support",
        "One-to-one and group support after a death.",
        "Bereavement",
        "By arrangement",
    ),
    ("Boatshed boxing club", "Boxing and homework club, ages 8 to 18.", "Youth", "Mon to Thu 4pm to 8pm"),
    ("Beacon youth club", "Drop-in for ages 11 to 17.", "Youth", "Tue and Fri 6pm to 9pm"),
    ("Plover debt advice", "Free debt and benefits advice.", "Money", "Weekdays 9.30am to 4pm"),
    ("Saltmarsh credit union", "Savings and fair loans.", "Money", "Weekdays 10am to 3pm"),
    ("School uniform swap", "Good second-hand uniform for any school.", "Money", "First Sat of the month"),
    ("Freedom steps", "A course for women after abuse.", "Domestic abuse", "Thu 10am to 12pm"),
    ("Samphire parents' mind group", "For parents who feel low or anxious.", "Mental health", "Tue 1pm to 3pm"),
    ("Anchor recovery cafe", "For people in recovery and their families.", "Recovery", "Daily 10am to 6pm"),
    ("Home-Start volunteers of the coast", "A volunteer visits weekly.", "Families", "By arrangement"),
    ("Ferry Street allotments", "Growing together, tools lent.", "Community", "Sat and Sun"),
    ("Orchard chess and board games", "All ages, free.", "Community", "Sun 2pm to 5pm"),
    ("Parents of autistic children circle", "Peer support and advice.", "SEND", "Second Wed of the month"),
    ("Portage home visits", "Play at home for children with additional needs.", "SEND", "By arrangement"),
    ("Dockside English classes", "English for parents, with a creche.", "Learning", "Mon and Wed 9.30am to 11.30am"),
    ("Library rhyme time", "Songs and stories for babies.", "Families", "Fri 10.30am"),
    ("Tide family mediation", "Help to agree after separation.", "Families", "By arrangement"),
    ("Kin and carers network", "For grandparents and others raising children.", "Families", "Last Thu of the month"),
]


def write(world: World) -> None:
    """Everything, each time it is delivered: when history began, a year ago and last week."""
    start = calendar.day(world.as_at)
    days = [world.start, calendar.number(calendar.back(start, months=12)), world.as_at - 6]
    post = world.post("services", days)
    for day in days:
        post.put(day, "critical services.csv", _critical(post, day, is_latest=day == days[-1]))
    post.make(lambda day, path: _open_referral(world, day, path), "openreferral services.json")


def _critical(post: Post, day: int, *, is_latest: bool) -> pa.Table:
    """The council's own services; what is reduced or closed today was open before."""
    columns = [list(column) for column in zip(*CRITICAL, strict=True)]
    if not is_latest:
        columns[4], columns[5] = ["Open"] * len(CRITICAL), [""] * len(CRITICAL)
    keys = ("Service ID", "Service", "Agency", "Holds Cases", "State", "Covered By")
    rows = {
        key: np.array([value or None for value in column], dtype=object)
        for key, column in zip(keys, columns, strict=True)
    }
    return table(
        **rows,
        Phone=np.array([f"01632 960{500 + n:03d}" for n in range(len(CRITICAL))], dtype=object),
        Email=np.array([f"{row[0].lower()}@saltmarsh.example" for row in CRITICAL], dtype=object),
        Checked=post.dates(np.full(len(CRITICAL), day - 3)),
    )


def _open_referral(world: World, day: int, path: Path) -> int:
    lsoas = world.town.homes.lsoas
    contents = [
        {
            "id": f"asset-{n + 1:03d}",
            "name": name,
            "description": description,
            "status": "active",
            "last_modified": f"{calendar.day(day - 3 - n)}T09:00:00Z",
            "url": f"https://directory.example/{n + 1}",
            "email": f"hello{n + 1}@community.example",
            "organization": {"id": f"org-{n + 1:03d}", "name": name, "description": "Made-up community organisation"},
            "taxonomies": [
                {"id": f"tax-{kind.lower().replace(' ', '-')}", "name": kind, "vocabulary": "Saltmarsh needs"}
            ],
            "phones": [{"id": f"phone-{n + 1:03d}", "number": f"01632 960{600 + n:03d}"}],
            "schedules": [{"id": f"sched-{n + 1:03d}", "description": opens}],
            "service_at_locations": [{"id": f"sal-{n + 1:03d}", "location_name": f"Saltmarsh {lsoas[n % len(lsoas)]}"}],
        }
        for n, (name, description, kind, opens) in enumerate(ASSETS)
    ]
    envelope = {
        "total_items": len(contents),
        "total_pages": 1,
        "page_number": 1,
        "size": len(contents),
        "contents": contents,
    }
    path.write_text(json.dumps(envelope, indent=1), encoding="utf-8")
    return len(contents)
