"""Addresses of the register."""

from django.urls import path

from kinfold.governance.agreements import views

urlpatterns = [
    path("agreements/", views.register, name="agreements"),
    path("agreements/register.csv", views.register_csv, name="agreements_csv"),
    path("agreements/<slug:feed>/", views.agreement, name="agreement"),
    path("agreements/<slug:feed>/enter/", views.enter, name="agreement_enter"),
    path("agreements/<slug:feed>/approve/", views.approve, name="agreement_approve"),
    path("agreements/<slug:feed>/end/", views.end, name="agreement_end"),
    path("agreements/<slug:feed>/confirm/", views.confirm, name="agreement_confirm"),
    path("agreements/<slug:feed>/call-off/", views.call_off, name="agreement_call_off"),
    path("agreements/<slug:feed>/version-<int:version>.toml", views.agreement_toml, name="agreement_toml"),
]
