"""Statistics and exports, /bao-cao/."""

from django.urls import include, path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.contest_list, name="contests"),
    path("doi-chieu/", views.check_file, name="check"),
    path("theo-ky/", include("reports.periods.urls")),
    path("tep/<uuid:public_id>/", views.export_page, name="export"),
    path("tep/<uuid:public_id>/trang-thai/", views.export_state, name="export_state"),
    path("tep/<uuid:public_id>/lam-lai/", views.export_redo, name="export_redo"),
    path("tep/<uuid:public_id>/huy/", views.export_cancel, name="export_cancel"),
    path("tep/<uuid:public_id>/tai-ve/", views.export_download, name="export_download"),
    path("<slug:slug>/", views.contest_report, name="report"),
    path("<slug:slug>/nhom/", views.segment_report, name="segments"),
    path("<slug:slug>/tinh-lai/", views.count_again, name="count_again"),
    path("<slug:slug>/tep/", views.export_create, name="export_create"),
]
