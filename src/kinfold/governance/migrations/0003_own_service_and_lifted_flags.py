"""Room for a service’s own key, and what a restriction remembers of who lifted it and who chose the named."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0002_audit_is_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="restriction",
            name="named_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="restriction",
            name="overrules_flag",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="standing",
            name="holder_ref",
            field=models.CharField(max_length=240),
        ),
        migrations.AlterField(
            model_name="user",
            name="service_ref",
            field=models.CharField(blank=True, max_length=240),
        ),
        migrations.AddConstraint(
            model_name="restriction",
            constraint=models.CheckConstraint(
                condition=models.Q(("overrules_flag", False), ("to_at__isnull", False), _connector="OR"),
                name="only_a_lifted_restriction_overrules",
            ),
        ),
    ]
