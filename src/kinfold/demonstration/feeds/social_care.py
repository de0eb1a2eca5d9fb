"""
Social care's case system, as the tables of the Standard Safeguarding Dataset with a few local columns.

Local columns (visit interval, the worker's rating, phone and e-mail of staff, address lines, relationships) are
ones that councils add, because the dataset has no place for them. 1900-01-01 stands for an open end date.
"""

from __future__ import annotations

from kinfold.demonstration import calendar
from kinfold.demonstration.feeds import case_care, case_people, case_work
from kinfold.demonstration.feeds.case_system import FEED
from kinfold.demonstration.sight import Sight
from kinfold.demonstration.world import World


def write(world: World) -> Sight:
    """Write every table; returns the people social care knows, for the statutory returns that share its numbers."""
    post = world.post(FEED, dates=calendar.DATABASE)
    contacts = case_work.contacts_of(world)
    seen, first = case_people.people_of(world, contacts)
    case_people.write_people(world, post, seen, first)
    case_people.write_addresses(world, post, seen, first)
    case_people.write_ties(world, post, seen, first)
    case_work.write_staff(world, post)
    case_work.write_contacts(world, post, seen, contacts)
    case_work.write_referrals(world, post, seen)
    case_work.write_plans(world, post, seen)
    case_work.write_involvements(world, post, seen)
    case_care.write_assessments(world, post, seen)
    case_care.write_care(world, post, seen)
    case_care.write_visits(world, post, seen)
    case_care.write_voices(world, post, seen)
    return seen
