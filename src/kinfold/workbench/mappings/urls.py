"""Addresses of the pages of mappings. None holds anything but numbers."""

from django.urls import path

from kinfold.workbench.mappings import reviewing, views

app_name = "mappings"
ROOT = "workbench/mappings/"
urlpatterns = [
    path(ROOT, views.home, name="home"),
    path(f"{ROOT}new/", views.new, name="new"),
    path(f"{ROOT}<slug:mapping>/", views.mapping, name="mapping"),
    path(f"{ROOT}<slug:mapping>/parts/<int:part>/", views.part, name="part"),
    path(f"{ROOT}<slug:mapping>/parts/<int:part>/columns/<int:column>/", views.column, name="column"),
    path(f"{ROOT}<slug:mapping>/text/", views.as_text, name="text"),
    path(f"{ROOT}<slug:mapping>/undo/", views.undo, name="undo"),
    path(f"{ROOT}<slug:mapping>/try/", views.try_it, name="try"),
    path(f"{ROOT}<slug:mapping>/propose/", reviewing.propose, name="propose"),
    path(f"{ROOT}<slug:mapping>/read/", reviewing.decide, name="decide"),
    path(f"{ROOT}<slug:mapping>/place/", reviewing.place, name="place"),
    path(f"{ROOT}<slug:mapping>/feed.toml", reviewing.download, name="download"),
]
