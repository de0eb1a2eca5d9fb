"""Addresses of explanations. They hold our own ids and pseudonyms, never a name or an identifier."""

from django.urls import path

from kinfold.workbench.explain import views

app_name = "explain"
ROOT = "workbench/explain/"
urlpatterns = [
    path(ROOT, views.home, name="home"),
    path(f"{ROOT}children/<str:person_id>/", views.child, name="child"),
    path(f"{ROOT}<slug:pseudonym>/", views.by_pseudonym, name="pseudonym"),
]
