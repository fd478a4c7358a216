"""Daphne's application: the answer path before everything, Django's pages, and sockets that only speak."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()  # before anything that needs the apps

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from config.settle import settle  # noqa: E402
from contests import intake  # noqa: E402
from contests.pages import news  # noqa: E402
from leaderboard.routing import websocket_urlpatterns  # noqa: E402


async def http(scope: intake.Scope, receive: intake.Receive, send: intake.Send) -> None:
    """Answers go to the intake; neither it nor the news that phones ask for meets Django's request stack (law 4)."""
    if scope["path"].startswith(intake.PREFIX):
        await intake.application(scope, receive, send)
    elif scope["path"].startswith(news.PREFIX):
        await news.application(scope, receive, send)
    else:
        await pages(scope, receive, send)


application = ProtocolTypeRouter({"http": http, "websocket": URLRouter(websocket_urlpatterns)})
settle()
