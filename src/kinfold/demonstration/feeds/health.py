"""Child health (bookings, births, reviews, caseloads), emergency attendances, mental health and substance use."""

from __future__ import annotations

import numpy as np

from kinfold.demonstration import calendar
from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.deliveries import Post, either, open_and_closed, table
from kinfold.demonstration.feeds.helping import worker_columns
from kinfold.demonstration.sight import Habits, Sight
from kinfold.demonstration.world import World

REVIEWS_AT = np.array([14, 56, 365, 912])  # new birth, 6 to 8 weeks, 9 to 12 months, 2 to 2 and a half years, in days
# Of children at each stage: whose review of the stage was not held, and who lack a vaccination due by then. New births
# are visited by 30 days in 98% and the others in 80% and more (OHID, 2024/25); three doses by 12 months in 91.2%, the
# next by 24 months in 88.9% (COVER, 2023/24).
NOT_REVIEWED, NOT_VACCINATED = np.array([0, 0.02, 0.16, 0.16, 0.18]), np.array([0, 0, 0.088, 0.111, 0.111])
# Emergency attendances a year of a child, by age from: HES for infants (819 of 1,000, 2018/19) and under five (660,
# 2019/20); older children by their share of attendances beside the under-fives' in a region.
ATTENDS_FROM, ATTENDS = np.array([0, 1, 5, 13]), np.array([0.82, 0.62, 0.33, 0.41])
# Of those whom children's mental health services worked with in 2022/23 (Children's Commissioner): 8% of all children,
# of whom 32% had begun treatment, 28% waited and 39% had been turned away or left before it. A referral that is
# treated goes on for longer, so more than 39% of those that come are turned away.
REFERRED_TO_MIND, TURNED_AWAY = 0.08, 0.48
WORKED_WITH_YEARS = 1.6  # a referral is of so many years on average
OF_THE_DISTRESSED = 0.6
# 50,000 children lived with an adult who began treatment in 2019/20 (NDTMS), 42 of 10,000 a year.
IN_TREATMENT = 0.32


def write(world: World) -> None:
    _child_health(world)
    _emergency(world)
    _mental_health(world)
    _substance(world)


def spaced(numbers: np.ndarray) -> np.ndarray:
    """NHS numbers as they are printed: 999 123 4567."""
    return np.array([f"{n[:3]} {n[3:6]} {n[6:]}" if n else None for n in numbers], dtype=object)


def _child_health(world: World) -> None:
    people = world.town.people
    everyone = np.arange(people.children)
    young = everyone[people.birth[: people.children] > world.start - 5 * 366]
    seen = world.look(
        "child_health",
        np.r_[young, people.mother[young]],
        ids="CHIS{:07d}",
        habits=Habits(no_nhs=0.01, slips=0.006, default_date=0.0005),
    )
    post = world.post("child_health", delimiter="|", dates=calendar.SLASHED)
    _bookings(world, post, seen, young)
    _children(world, post, seen, young)
    _caseload(world, post, seen, young)
    _appointments(world, post, seen, young)


def _bookings(world: World, post: Post, seen: Sight, young: np.ndarray) -> None:
    """Pregnancies booked since history began; the baby has its number from the booking on."""
    people, rng = world.town.people, world.rng("bookings")
    hard = world.town.hardship[people.family[young]]
    weeks = np.clip(
        rng.normal(9.5, 2.2, len(young)) + np.where(rng.random(len(young)) < 0.05 + 0.03 * (hard > 1), 12, 0), 6, 36
    ).astype(int)
    booked = people.birth[young] - (40 - weeks) * 7
    ours = (booked > world.start) & (booked <= world.as_at) & ~np.isin(young, world.sealed)
    baby, weeks, booked = young[ours], weeks[ours], booked[ours]
    place, mother = seen.at(baby), seen.at(people.mother[baby])
    removed = np.full(people.families, np.iinfo(np.int64).max)
    referral, start, _ = world.careers.period("cla")
    np.minimum.at(removed, people.family[world.careers.child[referral]], start)
    home = world.home(people.mother[baby], booked)
    # The export shows how a pregnancy stands on the day it is written, so a booking that has become a birth says so.
    written = np.array(post.days)[np.minimum(np.searchsorted(np.array(post.days), booked), len(post.days) - 1)]
    born = people.birth[baby] + 8 <= written
    post.send(
        "BOOKINGS.txt",
        table(
            STATUS=np.where(born, "BORN", "PREGNANT").astype(object),
            CHIS_ID=seen.ids[place],
            MOTHER_ID=seen.ids[mother],
            MOTHER_SURNAME=seen.surname[mother],
            MOTHER_FORENAME=seen.forename[mother],
            MOTHER_DOB=post.dates(seen.birth[mother]),
            MOTHER_NHS=spaced(seen.nhs[mother]),
            EDD=post.dates(people.birth[baby] + 4),
            BOOKED=post.dates(booked),
            WEEKS_AT_BOOKING=weeks,
            LATE=np.where(weeks > 20, "Y", "N").astype(object),
            PREVIOUS_REMOVAL=np.where(removed[people.family[baby]] < booked, "Y", "N").astype(object),
            ADDRESS=world.town.homes.lines[home],
            POSTCODE=world.town.homes.postcode[home],
        ),
        booked,
    )


def _children(world: World, post: Post, seen: Sight, young: np.ndarray) -> None:
    """Each young child, told again as reviews fall due: how many reviews and vaccinations are due and done."""
    people, rng, homes = world.town.people, world.rng("reviews"), world.town.homes
    hard = world.town.hardship[people.family[young]]
    stages = np.arange(len(REVIEWS_AT) + 1)
    child = np.repeat(young, len(stages))
    stage = np.tile(stages, len(young))
    known = people.birth[child] + np.where(stage == 0, 8, REVIEWS_AT[np.maximum(stage - 1, 0)] + 60)
    # A review that was not held is not held later: the next takes its place. Who lacks a vaccination lacks it on.
    harder = (1 + 0.35 * np.clip(hard, -1, 2))[:, None]
    missed = (rng.random((len(young), len(stages))) < NOT_REVIEWED[None, :] * harder).astype(int).ravel()
    skipped = (rng.random((len(young), 1)) < NOT_VACCINATED[None, :] * harder).astype(int).ravel()
    adopted = {new: on for _, new, on in world.adoptions}
    left = {old: on for old, _, on in world.adoptions}
    # A move to the refuge is told at once, whatever review is next.
    hidden = np.flatnonzero(np.isin(people.family[young], list(world.refuge)))
    moved = np.array([world.refuge[int(f)] for f in people.family[young[hidden]]], dtype=np.int64)
    hidden, moved = hidden[moved > people.birth[young[hidden]]], moved[moved > people.birth[young[hidden]]]
    at_stage = np.searchsorted(REVIEWS_AT + 60, moved - people.birth[young[hidden]])
    extra = hidden * len(stages) + at_stage
    child, stage, known = np.r_[child, young[hidden]], np.r_[stage, at_stage], np.r_[known, moved + 6]
    missed, skipped = np.r_[missed, missed[extra]], np.r_[skipped, skipped[extra]]
    keep = (known <= world.as_at) & (people.birth[child] <= world.as_at)
    for new, on in adopted.items():
        mine = child == new
        known[mine] = np.maximum(known[mine], on + 20 + stage[mine])
        keep[mine] = known[mine] <= world.as_at
    for old, on in left.items():
        keep &= (child != old) | (known < on)
    child, stage, known, missed, skipped = (a[keep] for a in (child, stage, known, missed, skipped))
    place, mother = seen.at(child), seen.at(people.mother[child])
    home = world.home(child, known)
    lines, codes = homes.lines[home].copy(), homes.postcode[home].copy()
    sensitive = np.array(
        [world.refuge.get(int(f), 10**9) < k for f, k in zip(people.family[child], known, strict=True)]
    )
    lines[sensitive], codes[sensitive] = world.refuge_address[0], world.refuge_address[1]
    weight = np.clip(rng.normal(3320, 540, people.children), 700, 5200).astype(int)[child]
    weight = np.where(people.twin[child], weight - 700, weight)
    age = ((people.birth[child] - people.birth[people.mother[child]]) / 365.25).astype(int)
    vaccines = np.array([0, 0, 3, 6, 8])[stage]
    post.send(
        "CHILDREN.txt",
        table(
            CHIS_ID=seen.ids[place],
            NHS_NUMBER=spaced(seen.nhs[place]),
            SURNAME=seen.surname_at(place, known),
            FORENAME=seen.forename[place],
            DOB=post.dates(seen.birth[place]),
            SEX=np.where(seen.sex[place] == "M", "1", np.where(seen.sex[place] == "F", "2", "9")).astype(object),
            MULTIPLE=np.where(people.twin[child], "Y", "N").astype(object),
            MOTHER_ID=np.where(np.isin(child, list(adopted)), None, seen.ids[mother]),
            ADDRESS=lines,
            POSTCODE=codes,
            UPRN=np.where(sensitive, None, homes.uprn[home]),
            ADDRESS_FLAG=np.where(sensitive, "S", "N").astype(object),
            BIRTH_WEIGHT=weight,
            MOTHER_AGE=age,
            REVIEWS_DUE=stage,
            REVIEWS_DONE=np.maximum(stage - missed, 0),
            VACCINATIONS_DUE=vaccines,
            VACCINATIONS_DONE=np.maximum(vaccines - 2 * skipped, 0),
            AS_AT=post.dates(known),
        ),
        known,
        child,
    )
    first = known == people.birth[child] + 8
    who = np.unique(people.mother[child[first]])
    place = seen.at(who)
    told = np.maximum(world.start, people.birth[who] + 16 * 366)
    post.send(
        "MOTHERS.txt",
        table(
            MOTHER_ID=seen.ids[place],
            NHS_NUMBER=spaced(seen.nhs[place]),
            SURNAME=seen.surname[place],
            FORENAME=seen.forename[place],
            DOB=post.dates(seen.birth[place]),
            PHONE=people.phone[who],
        ),
        np.minimum(told, world.as_at - 10),
    )


def _caseload(world: World, post: Post, seen: Sight, young: np.ndarray) -> None:
    """Targeted health visiting: babies of hard-pressed homes, each with a named health visitor."""
    people, rng = world.town.people, world.rng("health visitors")
    chance = np.where(world.town.hardship[people.family[young]] > 1.0, 0.3, 0.04)
    born = people.birth[young]
    who = young[(rng.random(len(young)) < chance) & (born <= world.as_at - 30) & ~np.isin(young, world.sealed)]
    from_on = people.birth[who] + rng.integers(14, 200, len(who))
    to_on = from_on + rng.integers(150, 900, len(who))
    staff = world.services["health"]
    holder = staff.choose(rng.random(people.families)[people.family[who]])
    rows, known, end = open_and_closed(from_on, to_on, world.as_at)
    post.send(
        "CASELOAD.txt",
        table(
            CASELOAD_ID=np.array([f"HVC{n:06d}" for n in rows.tolist()], dtype=object),
            CHIS_ID=seen.ids[seen.at(who[rows])],
            LEVEL=np.where(rows % 3 > 0, "Targeted", "Specialist").astype(object),
            START=post.dates(from_on[rows]),
            END=post.dates(end),
            **worker_columns(staff, holder[rows]),
        ),
        known,
        rows,
    )


def _appointments(world: World, post: Post, seen: Sight, young: np.ndarray) -> None:
    people, rng = world.town.people, world.rng("not brought")
    born = young[(people.birth[young] <= world.as_at - 60) & ~np.isin(young, world.sealed)]
    times = rng.poisson(0.12 * np.exp(0.6 * np.clip(world.town.hardship[people.family[born]], -2, 2.5)))
    who = np.repeat(born, times)
    on = np.maximum(people.birth[who] + 20, world.start - 100) + (rng.random(len(who)) * 1100).astype(np.int64)
    keep = (on <= world.as_at) & (calendar.ages(people.birth[who], on) < 6)
    who, on = who[keep], on[keep]
    post.send(
        "NOT_BROUGHT.txt",
        table(
            APPT_ID=np.array([f"AP{n:06d}" for n in range(len(on))], dtype=object),
            CHIS_ID=seen.ids[seen.at(who)],
            APPT_DATE=post.dates(on),
            CLINIC=np.array(["Paediatrics", "Audiology", "Eye clinic", "Speech and language"], dtype=object)[on % 4],
            OUTCOME="WNB",
        ),
        on + 1,
    )


def attended(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Child and day of each emergency attendance but those of children who hurt themselves: more of babies."""
    rng, people = world.rng("emergency"), world.town.people
    kids, days = world.kids, world.as_at - world.start + 60
    harder = np.exp(0.25 * np.clip(world.town.hardship[people.family[kids]], -2, 3) - 0.03)
    who = np.repeat(kids, rng.poisson(ATTENDS.max() * harder * days / 365.25))
    on = world.start - 60 + rng.integers(0, days, len(who))
    age = calendar.ages(people.birth[who], on)
    often = ATTENDS[np.searchsorted(ATTENDS_FROM, np.maximum(age, 0), side="right") - 1] / ATTENDS.max()
    kept = (rng.random(len(who)) < often) & (age >= 0) & (age < 18)
    return who[kept], on[kept]


def _emergency(world: World) -> None:
    """Emergency attendances of children, a few of them self-harm."""
    rng, people = world.rng("emergency reasons"), world.town.people
    who, on = attended(world)
    reason = rng.choice(
        ["ILLNESS", "INJURY - FALL", "INJURY - OTHER", "BREATHING", "FEVER", "INGESTION"],
        len(who),
        p=[0.34, 0.22, 0.14, 0.12, 0.15, 0.03],
    ).astype(object)
    s = world.troubles.spells["distress"]
    n = np.flatnonzero(rng.random(len(s.whose)) < 0.12)
    who, on = np.r_[who, s.whose[n]], np.r_[on, s.from_on[n] + rng.integers(10, 150, len(n))]
    reason = np.r_[reason, rng.choice(["SELF HARM", "OVERDOSE"], len(n), p=[0.7, 0.3]).astype(object)]
    age = calendar.ages(people.birth[who], on)
    keep = (on > world.start - 60) & (on <= world.as_at) & (age >= 0.02) & (age < 18) & ~np.isin(who, world.sealed)
    who, on, reason = who[keep], on[keep], reason[keep]
    reason[(age[keep] < 0.6) & (on % 97 == 0)] = "INJURY - UNEXPLAINED"
    seen = world.look("emergency_department", who, ids="H{:07d}", habits=Habits(no_nhs=0.12, slips=0.018, upper=True))
    place, home = seen.at(who), world.home(who, on)
    post = world.post("emergency_department", encoding="cp1252", dates=calendar.SLASHED)
    order = np.argsort(on, kind="stable")
    post.send(
        "ED paediatric attendances.csv",
        table(
            **{
                "Attendance ID": np.array([f"ED{n:07d}" for n in range(len(on))], dtype=object)[order],
                "Hospital No": seen.ids[place[order]],
                "NHS No": seen.nhs[place[order]],
                "Surname": seen.surname[place[order]],
                "Forename": seen.forename[place[order]],
                "DOB": post.dates(seen.birth[place[order]]),
                "Sex": seen.sex[place[order]],
                "Postcode": world.town.homes.postcode[home[order]],
                "Arrival Date": post.dates(on[order]),
                "Presenting Complaint": reason[order],
                "Disposal": np.array(["Discharged", "Admitted", "Left before treatment"], dtype=object)[
                    np.minimum(on[order] % 7, 2)
                ],
            }
        ),
        on[order] + 1,
    )


def asked_for_help(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """
    Referrals to mental health services: who, the day, weeks until treatment, its end, and whether it never begins.

    Children in distress, children whom no trouble of the truth brings, and adults who are parents.
    """
    rng, people, spells = world.rng("mental health"), world.town.people, world.troubles.spells
    d, m = spells["distress"], spells["mind"]
    lately = d.to_on > world.start - 100
    child = np.flatnonzero((rng.random(len(d.whose)) < OF_THE_DISTRESSED) & lately)
    older = world.kids[calendar.ages(people.birth[world.kids], world.as_at) > 6]
    years = (world.as_at - world.start) / 365
    others = rng.poisson(max(0.0, REFERRED_TO_MIND * years * len(world.kids) - len(child)) / WORKED_WITH_YEARS)
    other, other_on = rng.choice(older, others), world.start - 60 + rng.integers(0, int(365 * years) + 60, others)
    other, other_on = (given[calendar.ages(people.birth[other], other_on) > 5] for given in (other, other_on))
    adult = np.flatnonzero((rng.random(len(m.whose)) < 0.6) & (m.to_on > world.start - 100))
    eldest = np.searchsorted(people.family[: people.children], m.whose[adult])
    father = np.where(people.partner[m.whose[adult]] >= 0, people.partner[m.whose[adult]], people.father[eldest])
    parent = np.where((father >= 0) & (rng.random(len(adult)) < 0.25), father, people.children + m.whose[adult])
    who = np.r_[d.whose[child], other, parent]
    referred = np.r_[d.from_on[child] + 20, other_on, m.from_on[adult] + 10]
    young = len(child) + len(other)
    wait = (
        np.where(np.arange(len(who)) < young, rng.gamma(2.2, 7, len(who)), rng.gamma(2, 2, len(who))).astype(np.int64)
        + 1
    )
    over = np.r_[d.to_on[child], other_on + rng.integers(90, 400, len(other)), m.to_on[adult]]
    is_away = (np.arange(len(who)) < young) & (rng.random(len(who)) < TURNED_AWAY)
    ended = np.where(is_away, referred + rng.integers(14, 90, len(who)), np.maximum(over, referred + wait * 7 + 60))
    keep = ~np.isin(who, world.sealed) & (referred <= world.as_at)
    return who[keep], referred[keep], wait[keep], ended[keep], is_away[keep]


def _mental_health(world: World) -> None:
    """Referrals of children, with their wait or that they were turned away, and of adults who are parents."""
    rng, people = world.rng("mental health work"), world.town.people
    who, referred, wait, ended, is_away = asked_for_help(world)
    is_child = who < people.children
    seen = world.look("mental_health", who, ids="RIO{:06d}", habits=Habits(no_nhs=0.05, slips=0.01))
    started = np.where(is_away, NEVER, referred + wait * 7)
    staff = world.services["mental_health"]
    holder = staff.choose(rng.random(len(who)))
    post = world.post("mental_health", dates=calendar.ISO)
    rows, step, known = told_in_turn(post, referred, started, ended, is_away)
    place, home = seen.at(who[rows]), world.home(who[rows], referred[rows])
    begun = (step > 0) & ~is_away[rows]
    waited = np.where(begun, wait[rows], np.clip((known - referred[rows]) // 7, 0, None))
    held = {name: either(begun, values, None) for name, values in worker_columns(staff, holder[rows]).items()}
    post.send(
        "mh_referrals.csv",
        table(
            referral_id=np.array([f"MHR{n:06d}" for n in rows.tolist()], dtype=object),
            patient_no=seen.ids[place],
            nhs_number=seen.nhs[place],
            given_name=seen.forename[place],
            family_name=seen.surname[place],
            birth_date=post.dates(seen.birth[place]),
            gender=np.where(people.sex[who[rows]] == "M", "male", "female").astype(object),
            address=world.town.homes.lines[home],
            postcode=world.town.homes.postcode[home],
            pathway=np.where(is_child[rows], "CAMHS", "ADULT").astype(object),
            referred_on=post.dates(referred[rows]),
            treatment_started=post.dates(np.where(begun, started[rows], NEVER)),
            discharged_on=post.dates(np.where(step == 2, ended[rows], NEVER)),
            weeks_waited=waited,
            **held,
        ),
        known,
        rows,
    )
    away = np.flatnonzero(is_child & ~is_away & (started <= world.as_at - 30) & (rng.random(len(who)) < 0.25))
    on = np.minimum(started[away] + rng.integers(10, 200, len(away)), world.as_at - 3)
    post.send(
        "mh_missed_appointments.csv",
        table(
            appointment_id=np.array([f"MHA{n:06d}" for n in away.tolist()], dtype=object),
            patient_no=seen.ids[seen.at(who[away])],
            appointment_on=post.dates(on),
            outcome="was not brought",
        ),
        on,
    )


def told_in_turn(
    post: Post, referred: np.ndarray, started: np.ndarray, ended: np.ndarray, is_away: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    What is told of each referral, and when: it came (step 0), treatment began (1), it ended (2).

    A waiting list says at each delivery how long everybody on it has waited, so step 0 is told again until it is over.
    """
    everyone, last = np.arange(len(referred)), post.days[-1]
    waits_until = np.where(is_away, ended, started)
    rows, step, known = [everyone], [np.zeros(len(everyone), dtype=int)], [referred]
    for day in post.days:
        waiting = np.flatnonzero((referred < day) & (waits_until > day))
        rows.append(waiting)
        step.append(np.zeros(len(waiting), dtype=int))
        known.append(np.full(len(waiting), day))
    for nth, days in ((1, started), (2, ended)):
        told = np.flatnonzero((days != NEVER) & (days <= last))
        rows.append(told)
        step.append(np.full(len(told), nth))
        known.append(days[told])
    return np.concatenate(rows), np.concatenate(step), np.concatenate(known)


def treated(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Treatment of parents for drink or drugs: family, the parent, from and to."""
    rng, people = world.rng("substance"), world.town.people
    s = world.troubles.spells["substance"]
    n = np.flatnonzero(
        (rng.random(len(s.whose)) < IN_TREATMENT) & (s.to_on > world.start - 100) & (s.from_on <= world.as_at - 40)
    )
    family = s.whose[n]
    eldest = np.searchsorted(people.family[: people.children], family)
    father = np.where(people.partner[family] >= 0, people.partner[family], people.father[eldest])
    who = np.where((father >= 0) & (rng.random(len(n)) < 0.5), father, people.children + family)
    return family, who, s.from_on[n] + 40, np.maximum(s.to_on[n], s.from_on[n] + 90)


def _substance(world: World) -> None:
    """Parents in treatment; those who did not agree to sharing are in the file, and the agreement refuses them."""
    rng = world.rng("substance workers")
    _, who, from_on, to_on = treated(world)
    seen = world.look("substance_misuse", who, ids="TS-{:05d}", habits=Habits(no_nhs=0.6, slips=0.02, no_birth=0.02))
    rows, known, end = open_and_closed(from_on, to_on, world.as_at)
    place, home = seen.at(who[rows]), world.home(who[rows], from_on[rows])
    staff = world.services["substance_misuse"]
    holder = staff.choose(rng.random(len(who)))[rows]
    post = world.post("substance_misuse", delimiter="\t", encoding="cp1252", dates=calendar.SLASHED)
    post.send(
        "treatment_register.tsv",
        table(
            CLIENT_ID=seen.ids[place],
            EPISODE_ID=np.array([f"TE{n:05d}" for n in rows.tolist()], dtype=object),
            FORENAME=seen.forename[place],
            SURNAME=seen.surname[place],
            DOB=post.dates(seen.birth[place]),
            NHS_NO=seen.nhs[place],
            POSTCODE=world.town.homes.postcode[home],
            START=post.dates(from_on[rows]),
            END=post.dates(end),
            ENGAGED=np.where(rows % 10 < 7, "Y", "N").astype(object),
            CONSENT=np.where(place % 6 == 0, "N", "Y").astype(object),
            **worker_columns(staff, holder),
        ),
        known,
        rows,
    )
