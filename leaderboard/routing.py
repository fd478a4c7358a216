"""Addresses of sockets."""

from django.urls import URLPattern, path, re_path

from leaderboard.consumers import BoardSocket, no_such_socket

websocket_urlpatterns: list[URLPattern] = [
    path("ws/boards/<str:board>/", BoardSocket()),
    re_path("", no_such_socket),
]
