"""Where a redirect may lead: our own paths only, whatever host the request claims."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

LONGEST = 500


def own_path(url: str | None) -> str:
    """`url` when it is a path of this site, else an empty text."""
    if not url or len(url) > LONGEST or not url.startswith("/") or any(char in "\\\x7f" or char < " " for char in url):
        return ""
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else ""


def next_of(request: HttpRequest) -> str:
    """The safe `next` of a form or an address; empty when there is none."""
    return own_path(request.POST.get("next") or request.GET.get("next"))


def with_next(url: str, after: str | None) -> str:
    """`url` carrying where to go afterwards."""
    return f"{url}?{urlencode({'next': after})}" if after else url
