"""Contests: what is asked, who takes part, how it is judged."""

from django.apps import AppConfig


class ContestsConfig(AppConfig):
    name = "contests"
    verbose_name = "Cuộc thi"

    def ready(self) -> None:
        """Follow the names that boards may show; make the tasks known to every process that runs or enqueues jobs."""
        from accounts import hooks  # the apps must be ready first
        from contests import jobs  # noqa: F401
        from contests.actions.boards import announce_member

        hooks.on_public_name_changed.append(announce_member)
