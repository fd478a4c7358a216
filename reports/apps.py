"""Reports: participation statistics and exports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Báo cáo"

    def ready(self) -> None:
        """Make the tasks known to every process that runs or enqueues jobs."""
        from reports import jobs  # noqa: F401  needs the models, so not before now
        from reports.certificates import jobs as certificate_jobs  # noqa: F401  likewise
        from reports.periods import jobs as period_jobs  # noqa: F401  likewise
