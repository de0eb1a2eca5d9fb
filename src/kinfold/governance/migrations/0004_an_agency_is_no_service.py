"""
End what an agency as a whole was ever given: its standings, and its name as the key of somebody's service.

Keys of services have a colon or a stroke in them, and codes of agencies do not. Until the next run renews the
standings of each service, its partners open only what is allocated to themselves.
"""

from django.db import migrations
from django.db.models import F
from django.utils import timezone


def end(apps, schema_editor):
    standings = apps.get_model("governance", "Standing").objects.filter(holder_kind="service", to_at=None)
    of_agencies = standings.exclude(holder_ref__contains=":").exclude(holder_ref__contains="/")
    of_agencies.update(to_at=timezone.now())
    apps.get_model("governance", "User").objects.exclude(agency="").filter(service_ref=F("agency")).update(
        service_ref=""
    )


class Migration(migrations.Migration):
    dependencies = [("governance", "0003_own_service_and_lifted_flags")]
    operations = [migrations.RunPython(end, migrations.RunPython.noop)]
