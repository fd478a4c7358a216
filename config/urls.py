"""All addresses. Vietnamese without accents, a trailing slash, no serial numbers."""

from django.contrib import admin
from django.urls import include, path

from config import views

handler400, handler403, handler404, handler500 = (
    "config.views.bad_request", "config.views.forbidden", "config.views.not_found", "config.views.server_error",
)  # fmt: skip

urlpatterns = [
    path("", include("contests.urls")),
    path("", include("leaderboard.urls")),
    path("", include("accounts.link_urls")),
    path("tai-khoan/", include("accounts.urls")),
    path("bao-cao/", include("reports.urls")),
    path("", include("reports.certificates.urls")),
    path("quan-tri/", admin.site.urls),
    path("ngon-ngu/", include("django.conf.urls.i18n")),
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("metrics", views.metrics),
]
