"""How pages write numbers: durations, points, instants. `static/js/board-words.js` writes them the same way."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext

register = template.Library()


@register.filter
def clock(elapsed_ms: int) -> str:
    """A duration as on a stopwatch: 06:12, and 1:06:12 from an hour on."""
    minutes, seconds = divmod(elapsed_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"


@register.filter
def points(hundredths: int) -> str:
    """Points without needless decimals: 180, 187,5, 1.250."""
    value = (Decimal(hundredths) / 100).normalize()
    return number_format(value, decimal_pos=max(0, -int(value.as_tuple().exponent)), force_grouping=True)


@register.filter
def rare(expected: float) -> str:
    """An expected count, mostly far below one: 0,02; dưới 0,0001."""
    if expected < 0.0001:
        return gettext("dưới %(n)s") % {"n": number_format(Decimal("0.0001"), decimal_pos=4)}
    places = next(place for place in range(1, 5) if expected * 10**place >= 1 or place == 4)
    return number_format(Decimal(expected), decimal_pos=places)


@register.filter
def money(dong: int) -> str:
    """An amount of money: 1.500.000 đồng."""
    return gettext("%(n)s đồng") % {"n": number_format(dong, force_grouping=True)}


@register.filter
def minutes(seconds: float) -> int:
    """Whole minutes of so many seconds."""
    return int(seconds // 60)


@register.filter
def epoch_ms(instant: datetime) -> str:
    """Milliseconds since 1970 for a data attribute, as text so that no template groups its digits."""
    return str(int(instant.timestamp() * 1000))


@register.filter
def moment(instant: datetime) -> str:
    """A time of day with its date, to the second, in Vietnam: 22/11/2026 14:05:12."""
    return f"{timezone.localtime(instant):%d/%m/%Y %H:%M:%S}"


@register.filter
def day_and_time(instant: datetime) -> str:
    """A time of day with its date, to the minute, in Vietnam: 22/11/2026 14:05."""
    return f"{timezone.localtime(instant):%d/%m/%Y %H:%M}"


@register.filter
def until(instant: datetime, now: datetime) -> str:
    """How long until then, in the two largest units: 2 ngày 3 giờ; 45 phút. Django's own `timeuntil` is English in Vietnamese."""
    minutes = max(0, int((instant - now).total_seconds()) // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    parts = [
        (days, gettext("%(n)s ngày")),
        (hours, gettext("%(n)s giờ")),
        (minutes % 60, gettext("%(n)s phút")),
    ]
    while parts and not parts[0][0]:
        parts.pop(0)
    said = [text % {"n": number} for number, text in parts[:2] if number]
    return " ".join(said) or gettext("chưa đầy 1 phút")


@register.filter
def lag(behind: timedelta) -> str:
    """How long after its end something came: 12 giây; 3 phút 5 giây; 2 giờ 7 phút."""
    seconds = int(behind.total_seconds())
    minutes, hours = seconds // 60, seconds // 3600
    if seconds < 1:
        return gettext("chưa đầy 1 giây")
    if minutes < 1:
        return gettext("%(s)s giây") % {"s": seconds}
    if hours < 1:
        return gettext("%(m)s phút %(s)s giây") % {"m": minutes, "s": seconds % 60}
    return gettext("%(h)s giờ %(m)s phút") % {"h": number_format(hours, force_grouping=True), "m": minutes % 60}
