from django.apps import AppConfig


class MatchesConfig(AppConfig):
    name = "kinfold.workbench.matches"
    label = "workbench_matches"
    default_auto_field = "django.db.models.BigAutoField"
