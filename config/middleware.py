"""What Django has no setting for: requests that no browser sends, and headers that every page carries."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest


class PlainRequestMiddleware:
    """Stands before all others and turns away what would break deeper down, as an error of ours.

    A body or query in another charset than UTF-8 (Python knows codecs that are no charsets: hex, zip) gets 400. A cookie
    with a NUL, which its quoted form may spell and PostgreSQL takes in no text, counts as not sent.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.encoding is not None and request.encoding.lower() != "utf-8":
            return HttpResponseBadRequest("UTF-8 only\n", content_type="text/plain")
        if any("\0" in value for value in request.COOKIES.values()):
            request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        return self.get_response(request)


class HeadersMiddleware:
    """Isolate the site from other origins, and keep personal pages out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        if "Cache-Control" not in response.headers and request.user.is_authenticated:  # who it is, the database says
            response.headers["Cache-Control"] = "private, no-store"
        return response
