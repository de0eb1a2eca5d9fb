"""Addresses of a child's record. They hold our own ids and markers, never a name or an identifier."""

from django.urls import path

from kinfold.record import doubts, views

app_name = "record"
urlpatterns = [
    path("children/", views.search, name="search"),
    path("children/forget/", views.forget_search, name="forget_search"),
    path("children/<str:person_id>/", views.child, name="child"),
    path("children/<str:person_id>/evidence/<slug:marker>/", views.evidence, name="evidence"),
    path("children/<str:person_id>/not-this-child/", doubts.say, name="not_this_child"),
    path("doubts/<int:overlay_id>/", doubts.read, name="doubt"),
    path("children/<str:person_id>/looks/", views.looks, name="looks"),
]
