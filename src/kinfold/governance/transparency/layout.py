"""
The layout of an Algorithmic Transparency Record, and what of it the live configuration can say by itself.

Source: Algorithmic Transparency Recording Standard, version 3: metadata, tier 1, and tier 2 in five sections. Whatever
nothing here can say is a blank that names who has to fill it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from kinfold.governance.transparency import drafting
from kinfold.governance.transparency.sources import Sources

IG = "Information governance lead"
SRO = "Senior responsible owner"
PRACTICE = "Practice lead"
ANALYST = "Analyst"
ENGINEER = "Data engineer"


@dataclasses.dataclass(frozen=True)
class Slot:
    """
    One field of the standard. who: who fills it, or answers for what is drafted. draft: what the live configuration
    says, "" when it cannot; None when nothing here could ever say it.
    """

    key: str
    label: str
    who: str
    draft: Callable[[Sources], str] | None = None


@dataclasses.dataclass(frozen=True)
class Section:
    key: str
    title: str
    slots: tuple[Slot, ...]


LAYOUT = (
    Section("metadata", "Metadata", (
        Slot("meta_id", "Record id", IG),
        Slot("meta_title", "Title", IG, drafting.title),
        Slot("meta_organisation", "Organisation", IG, drafting.organisation),
        Slot("meta_function", "Function", IG, drafting.function),
        Slot("meta_capability", "Capability", IG, drafting.capability),
        Slot("meta_region", "Region", IG, drafting.region),
        Slot("meta_phase", "Phase", IG),
        Slot("meta_dates", "Dates", IG, drafting.dates),
        Slot("meta_version", "Version", IG, drafting.version),
    )),
    Section("tier1", "Tier 1: summary", (
        Slot("name", "Name", IG, drafting.title),
        Slot("description", "What it is, how it works and why we use it", PRACTICE, drafting.description),
        Slot("website", "Website", IG),
        Slot("contact", "Contact e-mail", IG, drafting.contact),
    )),
    Section("owner", "Tier 2, 1: owner and responsibility", (
        Slot("owner_organisation", "Organisation", IG, drafting.organisation),
        Slot("owner_team", "Team", SRO),
        Slot("owner_sro", "Senior responsible owner and role", SRO),
        Slot("owner_supplier", "Supplier involvement: supplier, company number, role, procurement, data access", SRO),
    )),
    Section("rationale", "Tier 2, 2: description and rationale", (
        Slot("detailed_description", "Detailed description", PRACTICE, drafting.detailed_description),
        Slot("scope", "Scope, and what is out of scope", PRACTICE, drafting.scope),
        Slot("benefit", "Benefit", PRACTICE),
        Slot("previous_process", "Previous process", PRACTICE),
        Slot("alternatives", "Alternatives considered", ANALYST, drafting.alternatives),
    )),
    Section("decisions", "Tier 2, 3: decision-making process", (
        Slot("integration", "How it fits into the process", PRACTICE, drafting.integration),
        Slot("information", "What it gives to whoever decides", PRACTICE, drafting.information),
        Slot("frequency", "Frequency and scale", ENGINEER, drafting.frequency),
        Slot("human_decisions", "Human decisions and review", PRACTICE, drafting.human_decisions),
        Slot("training", "Required training", PRACTICE),
        Slot("appeals", "Appeals and review", IG, drafting.appeals),
    )),
    Section("tool", "Tier 2, 4: tool and data", (
        Slot("architecture", "Architecture", ENGINEER, drafting.architecture),
        Slot("tool_phase", "Phase of the tool", IG),
        Slot("maintenance", "Maintenance", ANALYST, drafting.maintenance),
        Slot("model", "Model: name, version, task, input, output, method", ANALYST, drafting.model),
        Slot("markers", "Markers and points", ANALYST, drafting.markers),
        Slot("performance", "Performance", ANALYST, drafting.performance),
        Slot("fairness", "Fairness", ANALYST, drafting.fairness),
        Slot("development_data", "Data for development", ANALYST, drafting.development_data),
        Slot("data_source", "Data for operation: sources and quantities", ENGINEER, drafting.feeds),
        Slot("data_sensitive", "Sensitive attributes", IG, drafting.sensitive),
        Slot("data_complete", "Completeness and representativeness", ANALYST),
        Slot("data_cleaning", "Collection and cleaning", ENGINEER, drafting.cleaning),
        Slot("data_sharing", "Data sharing agreements", IG, drafting.agreements),
        Slot("data_access", "Access and storage", IG, drafting.access),
    )),
    Section("risks", "Tier 2, 5: risks and assessments", (
        Slot("assessments", "Assessments: name, description, date, link", IG, drafting.assessments),
        Slot("risks", "Risks, and what is done about each", IG, drafting.risks),
    )),
)  # fmt: skip
SLOTS = {slot.key: slot for section in LAYOUT for slot in section.slots}
