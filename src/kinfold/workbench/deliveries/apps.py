from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "kinfold.workbench.deliveries"
    label = "workbench_deliveries"
    default_auto_field = "django.db.models.BigAutoField"
