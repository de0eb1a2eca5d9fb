from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "kinfold.workbench.quality"
    label = "workbench_quality"
    default_auto_field = "django.db.models.BigAutoField"
