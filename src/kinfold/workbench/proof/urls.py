"""Addresses of the reports. None holds anything but a day, an outcome and a number of months."""

from django.urls import path

from kinfold.workbench.proof import views

app_name = "proof"
ROOT = "workbench/proof/"
urlpatterns = [
    path(ROOT, views.home, name="home"),
    path(f"{ROOT}try/", views.try_day, name="try"),
    path(f"{ROOT}<slug:key>/", views.report, name="report"),
    path(f"{ROOT}<slug:key>/report.pdf", views.paper, name="paper"),
    path(f"{ROOT}<slug:key>/<slug:section>.svg", views.chart, name="chart"),
    path(f"{ROOT}<slug:key>/<slug:section>.csv", views.table, name="table"),
]
