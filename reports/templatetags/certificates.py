"""A member's certificates on the pages of contests, which know nothing of reports."""

from __future__ import annotations

from typing import Any

from django import template

from contests.models import Contest
from reports.certificates.queries import own_certificates

register = template.Library()


@register.inclusion_tag("reports/certificates/_own.html")
def own_certificates_of(user: Any, contest: Contest) -> dict[str, object]:
    """Those in force, newest first; nothing for visitors."""
    return {"certificates": own_certificates(user, contest) if user.is_authenticated else []}
