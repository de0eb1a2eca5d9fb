"""Addresses of governance: signing in, roles, notices, duty, and who looked."""

from django.urls import include, path

from kinfold.governance import views

app_name = "governance"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("signed-out/", views.signed_out, name="signed_out"),
    path("role/", views.choose_role, name="choose_role"),
    path("notices/", views.notices, name="notices"),
    path("duty/", views.duty_list, name="duty_list"),
    path("duty/opened/<int:opened_id>/", views.duty_review, name="duty_review"),
    path("duty/<str:person_id>/", views.open_on_duty, name="open_on_duty"),
    path("looks/", views.looks, name="looks"),
    path("", include("kinfold.governance.agreements.urls")),
    path("", include("kinfold.governance.restrictions.urls")),
    path("", include("kinfold.governance.transparency.urls")),
]
