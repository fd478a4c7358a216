"""Board pages."""

from django.urls import URLPattern, path

from leaderboard import views

urlpatterns: list[URLPattern] = [
    path("bang-xep-hang/<slug:slug>/", views.board, name="board"),
    path("bang-xep-hang/<slug:slug>/du-lieu/", views.board_data, name="board_data"),
    path("bang-xep-hang/<slug:slug>/quanh-toi/", views.board_around, name="board_around"),
    path("man-hinh/<slug:slug>/", views.screen, name="screen"),
    path("man-hinh/<slug:slug>/so-lieu/", views.turnout, name="turnout"),
    path("man-hinh/<slug:slug>/qr.svg", views.qr, name="board_qr"),
]
