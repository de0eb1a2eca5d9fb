from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "kinfold.governance"
    verbose_name = "Governance"
