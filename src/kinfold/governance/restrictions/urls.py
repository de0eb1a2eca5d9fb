"""Addresses of restricted records."""

from django.urls import path

from kinfold.governance.restrictions import views

urlpatterns = [
    path("restrictions/", views.listed, name="restrictions"),
    path("restrictions/<str:person_id>/", views.restriction, name="restriction"),
    path("restrictions/<str:person_id>/lift/", views.lift, name="restriction_lift"),
]
