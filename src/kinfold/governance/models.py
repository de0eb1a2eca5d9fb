"""People and their roles, who stands how towards a child, what is restricted, and who looked at what."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from kinfold.governance.agreements.models import Agreement, Approval, Purge
from kinfold.governance.transparency.models import TransparencySignOff, TransparencyText

# Those of rooms of their own, found by Django through this module.
__all__ = ["Agreement", "Approval", "Purge", "TransparencySignOff", "TransparencyText"]

HOLDERS = ("worker", "team", "service", "queue", "user")
STANDINGS = ("allocated", "team", "service", "outreach", "front_door", "duty", "reviewer")
RESTRICTIONS = ("restricted", "sealed")
RESULTS = ("allowed", "refused")


def _one_of(field: str, codes: tuple[str, ...], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__in": codes}), name=name)


class User(AbstractUser):
    """
    One row per person who signs in.

    staff_ref, team and service_ref are as the feeds write them: they are how an allocation in a case system finds
    the person here. service_ref is the key of the person's own service, empty where the feeds give it none and its
    team is the service. agency is the kind of agency, from the twelve tables' list; by itself it opens no child. It
    says whose numbering staff_ref and team are of; one that works with another agency's case system has that before
    them, as in `social_care/W9`.
    """

    display_name = models.CharField(max_length=120)
    staff_ref = models.CharField(max_length=80, blank=True)
    team = models.CharField(max_length=120, blank=True)
    service_ref = models.CharField(max_length=240, blank=True)
    agency = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=40, blank=True)

    role_names: frozenset[str]  # set at sign-in, with the next: see sign_in.py
    unread_notices: int

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "staff_ref"], condition=~Q(staff_ref=""), name="staff_ref_is_one_persons_of_agency"
            )
        ]

    def __str__(self) -> str:
        return self.display_name or self.username


class RoleGrant(models.Model):
    """One row per role a person holds and the time they hold it; a null to_at means now."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], condition=Q(to_at=None), name="role_is_held_once"),
            models.CheckConstraint(
                condition=Q(to_at=None) | Q(to_at__gte=F("from_at")), name="grant_ends_after_it_starts"
            ),
        ]


class Standing(models.Model):
    """
    One row per standing somebody has towards a child and the time it holds.

    holder_ref is the key of a worker or a team (`vocabulary.services.numbered`), a service's own key (never its
    agency), a queue's name or a user's number.
    A null to_at means until further notice. run_id is empty when a person, not the run, wrote it.
    """

    holder_kind = models.CharField(max_length=8)
    holder_ref = models.CharField(max_length=240)
    person_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=12)
    purpose = models.CharField(max_length=40)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)
    written_by = models.CharField(max_length=40)
    run_id = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "holder_kind", "holder_ref"], name="standing_of_child"),
            models.Index(fields=["holder_kind", "holder_ref", "kind"], name="standing_of_holder"),
        ]
        constraints = [
            _one_of("holder_kind", HOLDERS, "standing_holder_is_known"),
            _one_of("kind", STANDINGS, "standing_kind_is_known"),
            models.UniqueConstraint(
                fields=["person_id", "holder_kind", "holder_ref", "kind"],
                condition=Q(to_at=None),
                name="standing_is_held_once",
            ),
            models.CheckConstraint(
                condition=Q(to_at=None) | Q(to_at__gte=F("from_at")), name="standing_ends_after_it_starts"
            ),
        ]


class Restriction(models.Model):
    """
    One row per child only named people may open. A null to_at means until further notice.

    A sealed record is hidden from everyone but the named, in search too, and nobody is told that it exists.
    owner is whom to ask, in words fit for a screen. Without written_by a run imposed it, because a feed flags the
    record; without named_by the named are those the run found allocated, and it keeps them so.
    overrules_flag: a person lifted it while a feed flags the record, and no run may impose it again until a run finds
    the flag gone.
    """

    person_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=12)
    owner = models.CharField(max_length=200)
    reason = models.CharField(max_length=400)
    named = models.ManyToManyField(User, related_name="restricted_children", blank=True)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    overrules_flag = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["person_id"], name="restriction_of_child")]
        constraints = [
            models.CheckConstraint(
                condition=Q(overrules_flag=False) | Q(to_at__isnull=False), name="only_a_lifted_restriction_overrules"
            ),
            _one_of("kind", RESTRICTIONS, "restriction_kind_is_known"),
            models.UniqueConstraint(fields=["person_id"], condition=Q(to_at=None), name="child_is_restricted_once"),
        ]


class DutyAccess(models.Model):
    """One row per child opened on duty: by whom, for what, until when, and who looked at it afterwards."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duty_opened")
    role = models.CharField(max_length=40)
    person_id = models.CharField(max_length=64)
    purpose = models.CharField(max_length=40)
    reason = models.CharField(max_length=1000)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    review = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-from_at"], name="duty_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(to_at__gt=F("from_at")), name="duty_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(reason=""), name="duty_has_a_reason"),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="duty_review_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user")), name="duty_is_not_reviewed_by_its_user"
            ),
        ]


class Notice(models.Model):
    """One row per thing a person is told. The message never names a child."""

    to = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    message = models.CharField(max_length=400)
    link = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["to", "read_at", "-at"], name="notice_unread")]


class AppendOnly(Exception):
    """The audit trail is never changed."""


class AuditRows(models.QuerySet["AuditEntry"]):
    def update(self, **_: object) -> int:
        raise AppendOnly("The audit trail is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("The audit trail is never shortened.")


class AuditEntry(models.Model):
    """
    One row per look, refusal or change, for ever. `governance.audit` is the only code that writes one.

    number has no gaps; hash covers every other column and the hash before it. person_id is empty when the entry is
    about no one child; listed holds the ids of a list, each between spaces. A null user means the service itself.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=60)
    person_id = models.CharField(max_length=64, blank=True)
    listed = models.TextField(blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    entitlement = models.CharField(max_length=20, blank=True)
    sections = models.CharField(max_length=300, blank=True)
    path_name = models.CharField(max_length=80, blank=True)
    result = models.CharField(max_length=8)
    detail = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = AuditRows.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "-number"], name="audit_of_child"),
            models.Index(fields=["user", "-number"], name="audit_of_user"),
            models.Index(fields=["-at"], name="audit_newest"),
        ]
        constraints = [
            _one_of("result", RESULTS, "audit_result_is_known"),
            models.CheckConstraint(condition=Q(number__gt=0), name="audit_numbers_from_one"),
        ]

    def save(self, *_: object, **__: object) -> None:
        if not self._state.adding:
            raise AppendOnly("The audit trail is never changed.")
        super().save(force_insert=True)

    def delete(self, *_: object, **__: object) -> tuple[int, dict[str, int]]:
        raise AppendOnly("The audit trail is never shortened.")


class AuditHead(models.Model):
    """One row: where the chain has got to. A trigger moves it with each entry; it is the lock as well."""

    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
