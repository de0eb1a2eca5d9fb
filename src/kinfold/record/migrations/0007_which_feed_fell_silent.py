"""Statements say which feed tells or would tell, and a snapshot says which feed fell silent."""

from django.db import migrations, models

from kinfold.record import tables

WORDS = ("feed", "label", "sentence", "unanswered", "in_part")


def add(apps, schema_editor):
    record = apps.get_app_config("record")
    tables.create_parents(schema_editor.connection, [record.get_model("FeedAlarm")])
    tables.add_columns(schema_editor.connection, [record.get_model("Statement")])


class Migration(migrations.Migration):
    dependencies = [("record", "0006_what_a_list_reaches")]
    operations = [
        migrations.AddField("statement", "source", models.TextField(blank=True, default="")),
        migrations.CreateModel(
            name="FeedAlarm",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("run_id", models.CharField(max_length=64)),
                ("silent_since", models.DateField(null=True)),
                *((name, models.TextField(blank=True, default="")) for name in WORDS),
            ],
            options={"db_table": "snapshot_feed_alarm", "abstract": False, "managed": False},
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
