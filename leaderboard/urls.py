"""Board pages."""

from django.urls import URLPattern, path

from leaderboard import unit_pages, views

urlpatterns: list[URLPattern] = [
    path("bang-xep-hang/<slug:slug>/", views.board, name="board"),
    path("bang-xep-hang/<slug:slug>/du-lieu/", views.board_data, name="board_data"),
    path("bang-xep-hang/<slug:slug>/quanh-toi/", views.board_around, name="board_around"),
    path("bang-xep-hang/<slug:slug>/don-vi/<slug:key>/", unit_pages.unit_board, name="unit_board"),
    path("bang-xep-hang/<slug:slug>/don-vi/<slug:key>/bang/", unit_pages.unit_rows, name="unit_rows"),
    path("man-hinh/<slug:slug>/", views.screen, name="screen"),
    path("man-hinh/<slug:slug>/so-lieu/", views.turnout, name="turnout"),
    path("man-hinh/<slug:slug>/qr.svg", views.qr, name="board_qr"),
]
