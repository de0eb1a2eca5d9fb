"""Addresses of blind reviews. They hold our own numbers, never a person's id, a pseudonym or a name."""

from django.urls import path, re_path

from kinfold.workbench.study import reading, views

app_name = "study"
ROOT = "workbench/blind-review/"
READ = "blind-review/<int:study_id>/"
urlpatterns = [
    path(ROOT, views.home, name="home"),
    path(f"{ROOT}draw/", views.draw, name="draw"),
    path(f"{ROOT}latest/", views.latest, name="latest"),
    path(f"{ROOT}<int:study_id>/", views.study, name="study"),
    path(f"{ROOT}<int:study_id>/replace/", views.replace, name="replace"),
    path(f"{ROOT}<int:study_id>/end/", views.end, name="end"),
    re_path(rf"^{ROOT}(?P<study_id>[0-9]+)/(?P<what>result|rows)\.csv$", views.export, name="export"),
    path(READ, reading.reading, name="reading"),
    path(f"{READ}finish/", reading.finish, name="finish"),
    path(f"{READ}<int:number>/", reading.child, name="child"),
    path(f"{READ}<int:number>/today/", reading.concern, name="concern"),
]
