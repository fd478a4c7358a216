"""`{% icon "check" %}`: what `_icon.html` renders, rendered once a process. For pages that show an icon a hundred times."""

from __future__ import annotations

import functools

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@functools.cache
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """The icon's markup. Its arguments are the template's own words, never a person's: each combination is kept for ever."""
    return render_to_string("_icon.html", {"name": name, "size": size, "label": label})
