"""A unit over half a year or a year, /bao-cao/theo-ky/."""

from django.urls import URLPattern, path

from reports.periods import views

urlpatterns: list[URLPattern] = [
    path("", views.period_report, name="period"),
    path("tinh/", views.count_now, name="period_count"),
    path("chi-tieu/<uuid:public_id>/bo/", views.target_withdraw, name="target_withdraw"),
    path("tu-bao-cao/<uuid:public_id>/bo/", views.offline_withdraw, name="offline_withdraw"),
    path("tu-bao-cao/<uuid:public_id>/lay-lai/", views.offline_restore, name="offline_restore"),
]
