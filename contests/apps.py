"""Contests: what is asked, who takes part, how it is judged."""

from django.apps import AppConfig


class ContestsConfig(AppConfig):
    name = "contests"
    verbose_name = "Cuộc thi"
