"""Addresses of the transparency record, under governance."""

from django.urls import path

from kinfold.governance.transparency import views

urlpatterns = [
    path("transparency/", views.home, name="transparency"),
    path("transparency/fields/<slug:key>/", views.field, name="transparency_field"),
    path("transparency/record.<slug:form>", views.export, name="transparency_export"),
]
