from django.apps import AppConfig


class StudyConfig(AppConfig):
    name = "kinfold.workbench.study"
    label = "workbench_study"
    default_auto_field = "django.db.models.BigAutoField"
