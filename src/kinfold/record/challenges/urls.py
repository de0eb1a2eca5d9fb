"""Addresses of challenges. They hold our own ids, numbers and markers, never a name or an identifier."""

from django.urls import path

from kinfold.record.challenges import settling, views

app_name = "challenges"
CHILD = "children/<str:person_id>/challenge/"
urlpatterns = [
    path(f"{CHILD}statement/<slug:marker>/", views.statement, name="statement"),
    path(f"{CHILD}statement/<slug:marker>/row/<int:row_id>/", views.fact, name="fact"),
    path(f"{CHILD}entry/<int:row_id>/", views.entry, name="entry"),
    path("challenges/", settling.home, name="home"),
    path("challenges/<int:challenge_id>/", settling.one, name="one"),
    path("challenges/<int:challenge_id>/take-back/", settling.take_back, name="take_back"),
    path("challenges/<int:challenge_id>/withdraw/", settling.withdraw, name="withdraw"),
]
