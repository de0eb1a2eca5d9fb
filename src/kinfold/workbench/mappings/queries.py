"""The only code that lists mappings."""

from __future__ import annotations

from django.db.models import F, Max, QuerySet, Window

from kinfold.workbench.mappings.models import MappingProposal


def latest(mapping: str) -> MappingProposal | None:
    """The newest version of a mapping; None when there is none of that number."""
    return versions(mapping).first()


def versions(mapping: str) -> QuerySet[MappingProposal]:
    """Every version of a mapping, newest first."""
    return (
        MappingProposal.objects.filter(mapping=mapping)
        .select_related("by", "decided_by", "placed_by")
        .order_by("-version")
    )


def list_mappings() -> list[MappingProposal]:
    """The newest version of every mapping, newest first."""
    newest = MappingProposal.objects.annotate(
        newest=Window(Max("version"), partition_by=F("mapping"))
    ).select_related("by", "decided_by")  # fmt: skip
    return sorted((one for one in newest if one.version == one.newest), key=lambda one: one.at, reverse=True)
