"""What workers say is wrong on a child's page, how it was answered, and what it hides meanwhile."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0004_what_is_doubted"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="overlay",
            name="marker",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.CreateModel(
            name="Challenge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("person_id", models.CharField(max_length=64)),
                ("about_id", models.CharField(max_length=64)),
                ("marker", models.CharField(blank=True, max_length=80)),
                ("source", models.CharField(blank=True, max_length=80)),
                ("table_name", models.CharField(blank=True, max_length=40)),
                ("delivery_id", models.CharField(blank=True, max_length=120)),
                ("part", models.CharField(blank=True, max_length=200)),
                ("row_number", models.BigIntegerField(null=True)),
                ("on", models.DateField(null=True)),
                ("fact_kind", models.CharField(blank=True, max_length=60)),
                ("owner", models.CharField(max_length=200)),
                ("said", models.CharField(max_length=20)),
                ("words", models.CharField(max_length=1000)),
                ("is_harmful", models.BooleanField(default=False)),
                ("role", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("state", models.CharField(default="open", max_length=10)),
                ("answer", models.CharField(blank=True, max_length=1000)),
                ("settled_at", models.DateTimeField(null=True)),
                ("made_so_by", models.CharField(blank=True, max_length=64)),
                ("changed_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("words", models.CharField(max_length=1000)),
                ("role", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="record.challenge"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="overlay",
            name="challenge",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="overlays", to="record.challenge"
            ),
        ),
        migrations.AddIndex(
            model_name="challenge",
            index=models.Index(fields=["person_id", "state"], name="challenge_of_person"),
        ),
        migrations.AddIndex(
            model_name="challenge",
            index=models.Index(fields=["state", "at"], name="challenge_open"),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("fact", "statement"))), name="challenge_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("open", "upheld", "not_upheld", "withdrawn"))),
                name="challenge_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("said__in", ["did_not_happen", "wrong_details", "out_of_date", "misleading", "unfair"])
                ),
                name="challenge_says_what_is_wrong",
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(("words", ""), _negated=True), name="challenge_has_words"
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "statement"), ("row_number", None), models.Q(("marker", ""), _negated=True)),
                    models.Q(
                        ("kind", "fact"), ("row_number__isnull", False), models.Q(("delivery_id", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="challenge_names_a_fact_or_a_statement",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("upheld", "not_upheld", "taken_back", "withdrawn"))),
                name="answer_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("words", ""), _negated=True), name="answer_has_words"
            ),
        ),
    ]
