"""Statistics and exports, /bao-cao/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
