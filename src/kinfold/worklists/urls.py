"""Addresses of the lists. A row's key is our own: a pathway and a person id."""

from django.urls import path

from kinfold.worklists import views

app_name = "worklists"
urlpatterns = [
    path("my-day/", views.my_day, name="my_day"),
    path("my-day/print/", views.print_list, name="print_list"),
    path("my-day/<str:row_key>/record/", views.record_outcome, name="record_outcome"),
    path("my-day/<str:row_key>/undo/", views.undo_outcome, name="undo_outcome"),
    path("not-enough-known/", views.not_enough_known, name="not_enough_known"),
    path("team/", views.team, name="team"),
    path("team/<slug:owner_kind>/<path:owner_ref>/", views.worker, name="worker"),
]
