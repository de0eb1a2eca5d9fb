"""Addresses of the rules: the register, trying changes out, proposals, and the switch to plain lists."""

from django.urls import path

from kinfold.workbench.rules import switch, trying, views

app_name = "rules"
urlpatterns = [
    path("workbench/rules/", views.home, name="home"),
    path("workbench/rules/live.toml", views.live_toml, name="live_toml"),
    path("workbench/rules/versions/<int:version>/", views.version, name="version"),
    path("workbench/rules/versions/<int:version>/approve/", views.approve, name="approve"),
    path("workbench/rules/versions/<int:version>/withdraw/", views.withdraw, name="withdraw"),
    path("workbench/rules/versions/<int:version>/again/", trying.again, name="again"),
    path("workbench/rules/version-<int:version>.toml", views.version_toml, name="version_toml"),
    path("workbench/rules/what-if/", trying.what_if, name="what_if"),
    path("workbench/rules/what-if/marker/<slug:name>/", trying.marker, name="marker"),
    path("workbench/rules/what-if/import/", trying.bring_in, name="import"),
    path("workbench/rules/tries/<int:trial_id>/", trying.trial, name="trial"),
    path("workbench/rules/tries/<int:trial_id>/children/", trying.children, name="children"),
    path("workbench/rules/tries/<int:trial_id>/proof/", trying.prove, name="prove"),
    path("workbench/rules/tries/<int:trial_id>/propose/", trying.propose, name="propose"),
    path("workbench/rules/plain-lists/", switch.plain_lists, name="plain_lists"),
]
