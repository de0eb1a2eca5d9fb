"""Addresses of match review. They hold our own hashes and numbers, never a name or anybody's number."""

from django.urls import path

from kinfold.workbench.matches import trail, views

app_name = "matches"
ROOT = "workbench/matches/"
urlpatterns = [
    path(ROOT, views.home, name="home"),
    path(f"{ROOT}find/", views.find, name="find"),
    path(f"{ROOT}find/forget/", views.forget, name="forget"),
    path(f"{ROOT}decisions/", trail.decisions, name="decisions"),
    path(f"{ROOT}decisions/<int:decision_id>/undo/", trail.undo, name="undo"),
    path(f"{ROOT}cases/<slug:ref>/", views.case, name="case"),
    path(f"{ROOT}people/<slug:person_id>/", views.by_hand, name="person"),
    path(f"{ROOT}people/<slug:person_id>/with/<slug:other_id>/", views.by_hand, name="pair"),
]
