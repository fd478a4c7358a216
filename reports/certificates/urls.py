"""Certificates: a public address for each, and the pages of those who issue them."""

from django.urls import URLPattern, path

from reports.certificates import views

HOME = "to-chuc/cuoc-thi/<slug:slug>/chung-nhan/"
urlpatterns: list[URLPattern] = [
    path("chung-nhan/", views.lookup, name="certificates"),
    path("chung-nhan/<slug:code>/", views.certificate, name="certificate"),
    path("chung-nhan/<slug:code>/tep.pdf", views.certificate_file, name="certificate_file"),
    path(HOME, views.issue, name="certificates_issue"),
    path(f"{HOME}mau/", views.design, name="certificate_design"),
    path(f"{HOME}mau/xem-truoc/", views.preview, name="certificate_preview"),
    path(f"{HOME}mau/thu.pdf", views.sample_file, name="certificate_sample"),
    path(f"{HOME}danh-sach/", views.issued, name="certificates_issued"),
    path(f"{HOME}danh-sach/thu-hoi/", views.revoke_doubtful, name="certificates_revoke_doubtful"),
    path(f"{HOME}danh-sach/<slug:code>/", views.manage, name="certificate_manage"),
    path(f"{HOME}dot-cap/<uuid:batch_id>/", views.batch, name="certificate_batch"),
    path(f"{HOME}dot-cap/<uuid:batch_id>/trang-thai/", views.batch_state, name="certificate_batch_state"),
    path(f"{HOME}dot-cap/<uuid:batch_id>/tai-ve/", views.batch_file, name="certificate_batch_file"),
]
