"""Bar charts drawn on the server as SVG. Every chart stands beside its table, which holds the full names and all rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reports.numbers import percent, whole
from reports.participation import Figures

WIDTH, ROW, BAR = 600, 52, 14  # viewBox units
MAX_BARS = 20
MAX_LABEL = 40  # characters that fit above a bar on a 360 px phone


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `share` of the whole width (more than 1 is drawn as 1), `value` in words; no share draws no bar."""

    label: str
    share: float | None
    value: str


def bar_chart(bars: Sequence[Bar], *, title: str, desc: str, chart_id: str = "chart") -> SafeString:
    """An SVG with a name and a description for those who do not see it; at most MAX_BARS bars. All text is escaped."""
    shown = bars[:MAX_BARS]
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {max(1, len(shown)) * ROW}" role="img" aria-labelledby="{chart_id}-title {chart_id}-desc" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="{chart_id}-title">{_text(title)}</title>'
        f'<desc id="{chart_id}-desc">{_text(desc)}</desc>'
    ]
    for index, bar in enumerate(shown):
        top = index * ROW
        parts.append(f'<text x="0" y="{top + 19}">{_text(_short(bar.label))}</text>')
        parts.append(f'<text class="value" x="{WIDTH}" y="{top + 19}" text-anchor="end">{_text(bar.value)}</text>')
        parts.append(
            f'<rect fill="currentColor" fill-opacity=".07" x="0" y="{top + 28}" width="{WIDTH}" height="{BAR}" rx="2"/>'
        )
        if bar.share:
            width = max(2.0, min(1.0, bar.share) * WIDTH)
            parts.append(f'<rect class="bar" x="0" y="{top + 28}" width="{width:.1f}" height="{BAR}" rx="2"/>')
    return mark_safe("".join([*parts, "</svg>"]))  # noqa: S308  every text above went through _text


def participation_chart(children: Sequence[Figures]) -> SafeString:
    """Rates by unit; where no unit has a denominator, people by unit. Children come as `report_of` orders them."""
    if any(child.rate is not None for child in children):
        best, worst = children[0], [child for child in children if child.rate is not None][-1]
        return bar_chart(
            [Bar(child.name, child.rate, percent(child.rate)) for child in children],
            title=_("Tỷ lệ tham gia theo đơn vị"),
            desc=_("Cao nhất: %(best)s, %(high)s. Thấp nhất: %(worst)s, %(low)s. Đủ số liệu ở bảng dưới.")
            % {"best": best.name, "high": percent(best.rate), "worst": worst.name, "low": percent(worst.rate)},
        )
    most = max((child.participants for child in children), default=0)
    return bar_chart(
        [Bar(child.name, child.participants / most if most else None, whole(child.participants)) for child in children],
        title=_("Số người dự thi theo đơn vị"),
        desc=_("Chưa đơn vị nào có số đoàn viên, nên biểu đồ vẽ theo số người. Đủ số liệu ở bảng dưới."),
    )


def _short(label: str) -> str:
    return label if len(label) <= MAX_LABEL else label[: MAX_LABEL - 1].rstrip() + "…"


def _text(text: str) -> str:
    """Escaped, and without the characters that XML cannot hold at all."""
    return escape("".join(char for char in text if char >= " " and not "\ud800" <= char <= "\udfff"), {'"': "&quot;"})
