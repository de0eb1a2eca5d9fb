"""
What somebody says is not this child's, and which source record each published row is of.

Snapshots are never altered: a run published before this is loaded again from the lake.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kinfold.record import tables

ADDED = ("evidence", "involvement", "timelineentry")


def published(apps):
    return [m for m in apps.get_app_config("record").get_models() if m._meta.db_table.startswith("snapshot_")]


def add(apps, schema_editor):
    tables.add_columns(schema_editor.connection, published(apps))


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0003_whose_fact_it_is"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        *(migrations.AddField(model, "record_ref", models.TextField(blank=True, default="")) for model in ADDED),
        migrations.RunPython(add, migrations.RunPython.noop),
        migrations.CreateModel(
            name="Overlay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.CharField(max_length=64)),
                ("record_ref", models.CharField(max_length=40)),
                ("source", models.CharField(max_length=80)),
                ("delivery_id", models.CharField(blank=True, max_length=120)),
                ("part", models.CharField(blank=True, max_length=200)),
                ("row_number", models.BigIntegerField(null=True)),
                ("reason", models.CharField(max_length=1000)),
                ("at", models.DateTimeField()),
                ("state", models.CharField(default="open", max_length=8)),
                ("settled_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField()),
                ("decision", models.BigIntegerField(null=True)),
                ("told", models.JSONField(default=list)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person_id", "state"], name="overlay_of_person"),
                    models.Index(fields=["state", "at"], name="overlay_open"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "upheld", "lifted"])), name="overlay_state_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="overlay_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(delivery_id="", row_number=None)
                        | (~models.Q(delivery_id="") & models.Q(row_number__isnull=False)),
                        name="overlay_names_a_whole_row",
                    ),
                ],
            },
        ),
    ]
