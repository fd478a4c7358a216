"""Charts drawn on the server as SVG. Every chart stands beside its table, which holds the full names and all rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reports.numbers import percent, whole
from reports.participation import Figures
from reports.parts import Span

WIDTH, ROW, BAR = 600, 52, 14  # viewBox units
MAX_BARS = 20
ONE_COLUMN = 5
MAX_LABEL = 40  # characters that fit above a bar on a 360 px phone


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `share` of the whole width (more than 1 is drawn as 1), `value` in words; no share draws no bar."""

    label: str
    share: float | None
    value: str


def bar_chart(bars: Sequence[Bar], *, title: str, desc: str, chart_id: str = "chart") -> SafeString:
    """An SVG with a name and a description for those who do not see it; at most MAX_BARS bars. All text is escaped.

    More than ONE_COLUMN bars come as two halves: one under the other on a screen, side by side on paper, where all of them fit a page.
    """
    shown = bars[:MAX_BARS]
    half = len(shown) if len(shown) <= ONE_COLUMN else -(-len(shown) // 2)
    named = (
        f'role="img" aria-labelledby="{chart_id}-title {chart_id}-desc"',
        f'<title id="{chart_id}-title">{_text(title)}</title><desc id="{chart_id}-desc">{_text(desc)}</desc>',
    )
    return mark_safe(_bars(shown[:half], *named) + (_bars(shown[half:], 'aria-hidden="true"') if shown[half:] else ""))  # noqa: S308  every text went through _text


def _bars(bars: Sequence[Bar], attributes: str, names: str = "") -> str:
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {max(1, len(bars)) * ROW}" {attributes} xmlns="http://www.w3.org/2000/svg">{names}'
    ]
    for index, bar in enumerate(bars):
        top = index * ROW
        parts.append(f'<text x="0" y="{top + 19}">{_text(_short(bar.label))}</text>')
        parts.append(f'<text class="value" x="{WIDTH}" y="{top + 19}" text-anchor="end">{_text(bar.value)}</text>')
        parts.append(
            f'<rect fill="currentColor" fill-opacity=".07" x="0" y="{top + 28}" width="{WIDTH}" height="{BAR}" rx="2"/>'
        )
        if bar.share:
            width = max(2.0, min(1.0, bar.share) * WIDTH)
            parts.append(f'<rect class="bar" x="0" y="{top + 28}" width="{width:.1f}" height="{BAR}" rx="2"/>')
    return "".join([*parts, "</svg>"])


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


def time_chart(spans: Sequence[Span]) -> SafeString:
    """Attempts over time, a column a day or a week. Its table stands beside it."""
    if not spans:
        return mark_safe("")
    top = max(spans, key=lambda span: span.attempts)
    return column_chart(
        [span.attempts for span in spans],
        [f"{span.first:%d/%m}" for span in spans],
        title=_("Lượt thi theo thời gian"),
        desc=time_words(spans),
        chart_id="time",
        peak=(spans.index(top), whole(top.attempts)),
    )


def time_words(spans: Sequence[Span]) -> str:
    """The chart in one or two sentences, for those who do not see it and those who are in a hurry."""
    top = max(spans, key=lambda span: span.attempts)
    words = {
        "total": whole(sum(span.attempts for span in spans)), "first": f"{spans[0].first:%d/%m/%Y}",
        "last": f"{spans[-1].last:%d/%m/%Y}", "top": f"{top.first:%d/%m/%Y}", "most": whole(top.attempts),
    }  # fmt: skip
    if top.first == top.last:
        return _("%(total)s lượt từ %(first)s đến %(last)s. Đông nhất ngày %(top)s: %(most)s lượt.") % words
    return _("%(total)s lượt từ %(first)s đến %(last)s. Đông nhất tuần từ %(top)s: %(most)s lượt.") % words


def clock_chart(clock: Sequence[int]) -> SafeString:
    """Attempts by the hour at which they began, all days together."""
    if not any(clock):
        return mark_safe("")
    top = clock.index(max(clock))
    return column_chart(
        clock, [str(hour) for hour in range(24)], title=_("Lượt thi theo giờ trong ngày"), desc=clock_words(clock),
        chart_id="clock", peak=(top, whole(clock[top])),
    )  # fmt: skip


def clock_words(clock: Sequence[int]) -> str:
    """The same in a sentence."""
    top = clock.index(max(clock))
    share = clock[top] / sum(clock)
    return _("Đông nhất từ %(hour)d giờ đến %(next)d giờ: %(most)s lượt, %(share)s của cả ngày.") % {
        "hour": top, "next": top + 1, "most": whole(clock[top]), "share": percent(share),
    }  # fmt: skip


def tenths(place: int) -> str:
    """Words of a tenth: "20–30 %"; the eleventh is the whole."""
    return f"{place * 10}–{place * 10 + 10} %" if place < 10 else "100 %"


def marks_chart(marks: Sequence[int]) -> SafeString:
    """Judged attempts by the share of their questions that were right."""
    return _tenths_chart(marks, _("Lượt thi theo tỷ lệ câu đúng"), marks_words(marks), "marks")


def marks_words(marks: Sequence[int]) -> str:
    """The same in a sentence."""
    top = marks.index(max(marks))
    return _("Nhiều nhất: %(most)s lượt đúng %(share)s số câu, bằng %(part)s số lượt đã chấm.") % {
        "most": whole(marks[top]), "share": tenths(top), "part": percent(marks[top] / sum(marks)),
    }  # fmt: skip


def paces_chart(paces: Sequence[int]) -> SafeString:
    """Judged attempts by the share of the time allowed that they took."""
    return _tenths_chart(paces, _("Lượt thi theo thời gian đã dùng"), paces_words(paces), "paces")


def paces_words(paces: Sequence[int]) -> str:
    """The same in a sentence."""
    top = paces.index(max(paces))
    return _("Nhiều nhất: %(most)s lượt dùng %(share)s thời gian được làm, bằng %(part)s số lượt đã chấm.") % {
        "most": whole(paces[top]), "share": tenths(top), "part": percent(paces[top] / sum(paces)),
    }  # fmt: skip


def _tenths_chart(counts: Sequence[int], title: str, desc: str, chart_id: str) -> SafeString:
    top = counts.index(max(counts))
    labels = [tenths(place) for place in range(len(counts))]
    return column_chart(counts, labels, title=title, desc=desc, chart_id=chart_id, peak=(top, whole(counts[top])))


COLUMNS, FOOT, HEAD = (
    170,
    26,
    26,
)  # viewBox units: the height of the columns, the room of labels below and of the peak above


def column_chart(
    values: Sequence[int], labels: Sequence[str], *, title: str, desc: str, chart_id: str, peak: tuple[int, str]
) -> SafeString:
    """Columns over a line, the highest one with its number; as many labels as a phone has room for."""
    most, step = max(values) or 1, WIDTH / len(values)
    width = min(step * 0.8, 48)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEAD + COLUMNS + FOOT}" role="img" aria-labelledby="{chart_id}-title {chart_id}-desc" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="{chart_id}-title">{_text(title)}</title>'
        f'<desc id="{chart_id}-desc">{_text(desc)}</desc>'
    ]
    floor, every = HEAD + COLUMNS, -(-len(values) // 6)
    for index, (value, label) in enumerate(zip(values, labels, strict=True)):
        left = index * step + (step - width) / 2
        if value:
            height = max(2.0, value / most * COLUMNS)
            parts.append(f'<rect class="bar" x="{left:.1f}" y="{floor - height:.1f}" width="{width:.1f}" height="{height:.1f}" rx="1"/>')  # fmt: skip
        if index % every == 0:
            middle = min(max(left + width / 2, 24), WIDTH - 24)
            parts.append(f'<text x="{middle:.1f}" y="{floor + 21}" text-anchor="middle">{_text(label)}</text>')
    place, words = peak
    middle = min(max(place * step + step / 2, 40), WIDTH - 40)
    parts.append(f'<text class="value" x="{middle:.1f}" y="{HEAD - 8}" text-anchor="middle">{_text(words)}</text>')
    parts.append(f'<line class="axis" x1="0" y1="{floor}" x2="{WIDTH}" y2="{floor}"/></svg>')
    return mark_safe("".join(parts))  # noqa: S308  every text above went through _text


def _short(label: str) -> str:
    return label if len(label) <= MAX_LABEL else label[: MAX_LABEL - 1].rstrip() + "…"


def _text(text: str) -> str:
    """Escaped, and without the characters that XML cannot hold at all."""
    return escape("".join(char for char in text if char >= " " and not "\ud800" <= char <= "\udfff"), {'"': "&quot;"})
