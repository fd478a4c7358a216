"""Which browser this is: a random cookie that says nothing about anybody. Only the sitting asks for it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "may"
LASTS = 365 * 24 * 3600  # seconds


def device_of(request: HttpRequest) -> uuid.UUID | None:
    """The browser's id; None for one that has none yet, or a cookie that is not ours."""
    try:
        return uuid.UUID(request.COOKIES.get(COOKIE, ""))
    except ValueError:
        return None


def remember(response: HttpResponse, device: uuid.UUID) -> HttpResponse:
    """Let the browser keep its id. `Lax`, or a link from Zalo would open another browser's sitting."""
    response.set_cookie(
        COOKIE, str(device), max_age=LASTS, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response
