"""The address of the quality report."""

from django.urls import path

from kinfold.workbench.quality import views

app_name = "quality"
urlpatterns = [path("workbench/match-quality/", views.home, name="home")]
