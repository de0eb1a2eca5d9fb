"""The database refuses to change or shorten the audit trail, and moves its head with each entry."""

from django.db import migrations

from kinfold.governance import triggers


def put(apps, schema_editor):
    apps.get_model("governance", "AuditHead").objects.get_or_create(pk=1)
    triggers.put(schema_editor.connection)


def lift(apps, schema_editor):
    triggers.lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_people_standings_and_audit")]
    operations = [migrations.RunPython(put, lift)]
