"""An end waits unless a second person confirms it; a narrower version erases what it leaves out."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("governance", "0006_numbers_are_of_an_agency")]

    operations = [
        migrations.AddField("purge", "confirmed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "purge",
            "confirmed_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("purge", "narrowed_to", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddConstraint(
            "purge",
            models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", None), models.Q(("confirmed_by", models.F("by")), _negated=True), _connector="OR"
                ),
                name="purge_is_confirmed_by_another",
            ),
        ),
    ]
