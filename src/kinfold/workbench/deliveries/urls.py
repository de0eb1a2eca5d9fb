"""Addresses of the pages of deliveries. None holds anything but numbers of deliveries and receipts."""

from django.urls import path

from kinfold.workbench.deliveries import aside, supplier_keys, views

app_name = "deliveries"
ROOT = "workbench/deliveries/"
urlpatterns = [
    path(ROOT, views.home, name="home"),
    path(f"{ROOT}upload/", views.upload, name="upload"),
    path(f"{ROOT}keys/", supplier_keys.keys, name="keys"),
    path(f"{ROOT}keys/<slug:prefix>/revoke/", supplier_keys.revoke, name="revoke"),
    path(f"{ROOT}feeds/<slug:feed>/", views.feed, name="feed"),
    path(f"{ROOT}receipts/<slug:receipt_id>/", views.receipt, name="receipt"),
    path(f"{ROOT}receipts/<slug:receipt_id>/progress/", views.progress, name="progress"),
    path(f"{ROOT}receipts/<slug:receipt_id>/<slug:what>/", views.ask, name="ask"),
    path(f"{ROOT}<slug:delivery_id>/", views.delivery, name="delivery"),
    path(f"{ROOT}<slug:delivery_id>/changes/", views.changes, name="changes"),
    path(f"{ROOT}<slug:delivery_id>/withdraw/", views.withdraw, name="withdraw"),
    path(f"{ROOT}<slug:about>/messages/", views.say, name="say"),
    path(f"{ROOT}<slug:delivery_id>/set-aside/", aside.rows, name="set_aside"),
    path(f"{ROOT}<slug:delivery_id>/set-aside/reveal/", aside.reveal, name="reveal"),
    path(f"{ROOT}<slug:delivery_id>/set-aside/export/", aside.export, name="export"),
]
