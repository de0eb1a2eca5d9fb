from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "kinfold.workbench.api"
    label = "workbench_api"
    default_auto_field = "django.db.models.BigAutoField"
