from django.apps import AppConfig


class ExplainConfig(AppConfig):
    name = "kinfold.workbench.explain"
    label = "workbench_explain"
