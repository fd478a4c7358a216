"""Every address of the site, from its own list, so that a page that is added tomorrow is walked tomorrow."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from django.urls import URLPattern, URLResolver, get_resolver

CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
DJANGOS_OWN = "quan-tri/"  # more than a hundred pages for those few who may enter; a handful is asked by name


def all_addresses(values: Mapping[str, Sequence[str]]) -> list[str]:
    """Each address with every value of its parts. KeyError for a part that has none: give it some."""
    return sorted(
        {"/" + address for route in _routes(get_resolver().url_patterns) for address in _filled(route, values)}
    )


def _routes(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        route = getattr(pattern.pattern, "_route", None)
        if route is None or route == DJANGOS_OWN:  # None: a regular expression, the password link alone
            continue
        if isinstance(pattern, URLResolver):
            yield from (route + rest for rest in _routes(pattern.url_patterns))
        else:
            yield route


def _filled(route: str, values: Mapping[str, Sequence[str]]) -> Iterator[str]:
    names = list(dict.fromkeys(CONVERTER.findall(route)))
    for chosen in itertools.product(*(values[name] for name in names)):
        given = dict(zip(names, chosen, strict=True))
        yield CONVERTER.sub(lambda part, given=given: given[part[1]], route)
