"""
Two agencies may number their workers alike, and call teams alike: whose number it is is a part of it.

An account that gives a number or a team and no agency was entered for the council's own case system. What the last run
wrote has bare numbers, and counts until the next one.
"""

from django.db import migrations, models
from django.db.models import Q


def say_whose(apps, schema_editor):
    numbered = ~Q(staff_ref="") | ~Q(team="")
    apps.get_model("governance", "User").objects.filter(numbered, agency="").update(agency="social_care")


class Migration(migrations.Migration):
    dependencies = [("governance", "0005_the_register_of_agreements")]
    operations = [
        migrations.RunPython(say_whose, migrations.RunPython.noop),
        migrations.RemoveConstraint("user", "staff_ref_is_one_persons"),
        migrations.AddConstraint(
            "user",
            models.UniqueConstraint(
                fields=["agency", "staff_ref"], condition=~Q(staff_ref=""), name="staff_ref_is_one_persons_of_agency"
            ),
        ),
    ]
