from django.apps import AppConfig


class ProofConfig(AppConfig):
    name = "kinfold.workbench.proof"
    label = "workbench_proof"
    default_auto_field = "django.db.models.BigAutoField"
