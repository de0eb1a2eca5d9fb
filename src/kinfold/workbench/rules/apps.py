from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "kinfold.workbench.rules"
    label = "workbench_rules"
    default_auto_field = "django.db.models.BigAutoField"
