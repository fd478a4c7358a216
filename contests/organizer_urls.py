"""The organizer's console, /to-chuc/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
