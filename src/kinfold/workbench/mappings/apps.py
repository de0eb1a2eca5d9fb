from django.apps import AppConfig


class MappingsConfig(AppConfig):
    name = "kinfold.workbench.mappings"
    label = "workbench_mappings"
    default_auto_field = "django.db.models.BigAutoField"
