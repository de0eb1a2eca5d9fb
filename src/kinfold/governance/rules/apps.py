from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "kinfold.governance.rules"
    label = "governance_rules"
    default_auto_field = "django.db.models.BigAutoField"
