"""The short address that units print: /v/<code>/."""

from django.urls import path

from accounts.pages import units

urlpatterns = [path("v/<slug:join_code>/", units.unit_link, name="unit_link")]
