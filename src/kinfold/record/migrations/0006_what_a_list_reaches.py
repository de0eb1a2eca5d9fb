"""
Why a row is on its list, what each offer is looked for under, and what share of the useful contacts a list reaches.

Snapshots are never altered: a run published before this is loaded again from the lake.
"""

from django.db import migrations, models

from kinfold.record import tables

ADDED = (("statement", "offer_categories"), ("worklistrow", "pathway_sentence"))
COUNTS = ("capacity", "reached", "next_households", "waiting")
MEASURED = ("expected_share", "low", "high")


def published(apps):
    return [m for m in apps.get_app_config("record").get_models() if m._meta.db_table.startswith("snapshot_")]


def add(apps, schema_editor):
    reach = apps.get_model("record", "Reach")
    tables.create_parents(schema_editor.connection, [reach])
    tables.add_columns(schema_editor.connection, [model for model in published(apps) if model is not reach])


class Migration(migrations.Migration):
    dependencies = [("record", "0005_what_is_challenged")]
    operations = [
        *(migrations.AddField(model, name, models.TextField(blank=True, default="")) for model, name in ADDED),
        migrations.CreateModel(
            name="Reach",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("run_id", models.CharField(max_length=64)),
                ("standing", models.TextField(blank=True, default="")),
                *((name, models.IntegerField(null=True)) for name in COUNTS),
                ("tested_on", models.DateField(null=True)),
                ("tested_capacity", models.IntegerField(null=True)),
                *((name, models.FloatField(null=True)) for name in MEASURED),
                ("of_events", models.IntegerField(null=True)),
            ],
            options={"db_table": "snapshot_reach", "abstract": False, "managed": False},
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
