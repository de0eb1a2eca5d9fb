"""
Whose fact each published row is, and the shape a snapshot was published in.

Snapshots are never altered: a run published before this is loaded again from the lake.
"""

from django.db import migrations, models

from kinfold.record import tables

ADDED = (
    ("child", "about_ids"),
    ("statement", "about_ids"),
    ("evidence", "about_id"),
    ("involvement", "about_id"),
    ("timelineentry", "about_id"),
    ("worklistrow", "about_ids"),
)


def published(apps):
    return [m for m in apps.get_app_config("record").get_models() if m._meta.db_table.startswith("snapshot_")]


def add(apps, schema_editor):
    tables.add_columns(schema_editor.connection, published(apps))


class Migration(migrations.Migration):
    dependencies = [("record", "0002_partitions")]
    operations = [
        migrations.AddField("publication", "shape", models.CharField(blank=True, default="", max_length=16)),
        *(migrations.AddField(model, name, models.TextField(blank=True, default="")) for model, name in ADDED),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
