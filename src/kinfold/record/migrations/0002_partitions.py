"""On PostgreSQL, the empty partitioned tables that each run's snapshot is attached to."""

from django.db import migrations

from kinfold.record import tables


def published(apps):
    return [m for m in apps.get_app_config("record").get_models() if m._meta.db_table.startswith("snapshot_")]


def make(apps, schema_editor):
    tables.create_parents(schema_editor.connection, published(apps))


def remove(apps, schema_editor):
    tables.drop_parents(schema_editor.connection, published(apps))


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]
    operations = [migrations.RunPython(make, remove)]
