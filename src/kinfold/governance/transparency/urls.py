"""Addresses of the transparency record and of the rule book, under governance."""

from django.urls import path

from kinfold.governance.transparency import rulebook, views

urlpatterns = [
    path("help/rules/", rulebook.rule_book, name="rule_book"),
    path("transparency/", views.home, name="transparency"),
    path("transparency/fields/<slug:key>/", views.field, name="transparency_field"),
    path("transparency/record.<slug:form>", views.export, name="transparency_export"),
]
