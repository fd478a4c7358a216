"""A contest's participation as one picture to be shared: what it says, and where each piece of it stands.

Figures in, places out; no file, no database, no drawing (`reports.pictures` draws). Everything is smaller, never cut, until it
fits; only a name that is too long for two lines at the smallest size ends in an ellipsis. It names units and never a person.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from django.utils import timezone

from reports.numbers import percent, tenths, whole
from reports.participation import Figures, Report

WIDTH, HEIGHT = 1080, 1350  # four to five: the tallest that feeds show whole
LEFT, RIGHT = 72, 1008
INSIDE = RIGHT - LEFT
GUTTER = 48
LEADING, RISE = 1.5, 1.2  # of a line, in sizes: room for Ẳ below ỵ; where the baseline is
NAMED = 5
TIED = "\u00a0"  # a space at which no line ends
FEWEST = 5  # people with a result: of fewer, a mean says more of persons than of a unit
SCALES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58)
Tone = Literal["paper", "blue", "white", "pale", "gold", "ink", "quiet", "line", "track"]


class Faces(Protocol):
    """What the letters of a picture are measured with."""

    def known(self, text: str) -> str:
        """The text in signs that the faces have."""

    def width(self, text: str, size: int, *, bold: bool) -> float:
        """How wide a line is, in dots."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a picture tells. `results`: whether mean and share passed may be told to everybody."""

    unit: str
    contest: str
    report: Report
    as_of: datetime
    check: str
    running: bool
    results: bool


@dataclass(frozen=True, slots=True)
class Text:
    """One line; its letters stay within `width` dots from x, and within LEADING sizes below y."""

    text: str
    x: float
    y: float
    width: float
    size: int
    bold: bool
    tone: Tone
    right: bool = False

    @property
    def height(self) -> float:
        """Room for the line with everything that stands above and below its letters."""
        return self.size * LEADING


@dataclass(frozen=True, slots=True)
class Patch:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    tone: Tone


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn, what lies below first. `words` is the same for those who do not see it."""

    patches: list[Patch]
    texts: list[Text]

    @property
    def words(self) -> str:
        return "\n".join(each.text for each in self.texts)


def compose(said: Said, faces: Faces) -> Picture:
    """The picture of the first unit of a report. At the smallest scale it fits whatever the names are."""
    for scale in SCALES:
        page = _Page(faces, scale)
        bottom = _head(page, said)
        top_of_foot = _foot(page, said)
        blocks = _blocks(said)
        heights = [block(_Page(faces, scale), 0.0) for block in blocks]
        room = top_of_foot - bottom - sum(heights)
        gap = room / (len(blocks) + 1)
        if gap >= 38 * scale:
            break
    gap = max(gap, 0.0)
    between = min(gap, 96.0)
    y = bottom + (top_of_foot - bottom - sum(heights) - between * (len(blocks) - 1)) / 2
    for block, height in zip(blocks, heights, strict=True):
        block(page, y)
        y += height + between
    return Picture(page.patches, page.texts)


def best_of(report: Report) -> tuple[list[tuple[str, float, str]], str, str]:
    """At most NAMED children that anybody of took part: name, share of a full bar, value in words; a heading; what was left out.

    By rate; where no child has one, by people. A child without anybody is nobody's pride and is not named.
    """
    alive = [each for each in report.children if each.participants]
    rated = [each for each in alive if each.rate is not None]
    if rated:
        lines = [(each.name, min(1.0, each.rate or 0.0), percent(each.rate)) for each in rated]
        all_are_here = len(lines) == len(report.children) <= NAMED
        heading = "Tỷ lệ tham gia theo đơn vị" if all_are_here else "Tỷ lệ tham gia cao nhất"
    else:
        alive.sort(key=lambda each: (-each.participants, each.path))
        most = max((each.participants for each in alive), default=1)
        lines = [(each.name, each.participants / most, f"{whole(each.participants)} người") for each in alive]
        heading = "Đông người dự thi nhất"
    alike = sum(value == lines[NAMED - 1][2] for _name, _share, value in lines[NAMED:]) if len(lines) > NAMED else 0
    return lines[:NAMED], heading, f"và {whole(alike)} đơn vị nữa cùng {lines[NAMED - 1][2]}" if alike else ""


# --- The parts ---------------------------------------------------------------------------------------------------------

Block = Callable[["_Page", float], float]  # draws itself at a height and says how high it is


def _head(page: _Page, said: Said) -> float:
    """Unit, contest, and what this is, on blue; where it ends."""
    y = 64.0
    y += page.put(said.unit.upper(), LEFT, y, INSIDE, (34, 30, 27, 24), 2, tone="pale", bold=True) + 14 * page.scale
    y += page.put(said.contest, LEFT, y, INSIDE, (66, 58, 51, 45, 40, 35), 3, tone="white", bold=True)
    y += 26 * page.scale
    page.patches.append(Patch(LEFT, y, 96, 5, "gold"))
    y += 5 + 16 * page.scale
    what = "Kết quả tham gia, tạm tính khi cuộc thi đang diễn ra" if said.running else "Kết quả tham gia"
    y += page.put(what, LEFT, y, INSIDE, (34, 30), 1, tone="gold", bold=True) + 34 * page.scale
    page.patches[:0] = [
        Patch(0, 0, WIDTH, HEIGHT, "paper"),
        Patch(0, 0, WIDTH, y, "blue"),
        Patch(0, 0, WIDTH, 14, "gold"),
    ]
    return y


def _foot(page: _Page, said: Said) -> float:
    """Of which instant the figures are, how people count, and the code by which they can be checked; where it begins."""
    local = timezone.localtime(said.as_of)
    lines = [
        (f"Số liệu lúc {local:%H:%M:%S} ngày {local:%d/%m/%Y} (giờ Việt Nam). Mỗi người tính một lần.", (25,), 2),
        (said.check, (21, 19), 3),
    ]
    heights = [_Page(page.faces, page.scale).put(text, 0, 0, INSIDE, sizes, most) for text, sizes, most in lines]
    top = HEIGHT - 36 - sum(heights) - 18
    page.patches.append(Patch(LEFT, top, INSIDE, 2, "line"))
    y = top + 18.0
    for (text, sizes, most), height in zip(lines, heights, strict=True):
        page.put(text, LEFT, y, INSIDE, sizes, most, tone="quiet")
        y += height
    return top


def _blocks(said: Said) -> list[Block]:
    """What stands between head and foot: the headline, smaller figures, and who leads."""
    total = said.report.whole
    lines, heading, more = best_of(said.report)
    facts = _facts(total, results=said.results)
    blocks: list[Block] = []
    if lines:
        blocks.append(lambda page, y: _pair(page, y, total))
    else:
        blocks.append(lambda page, y: _large(page, y, total))
    if facts:
        blocks.append(lambda page, y: _columns(page, y, facts, large=not lines))
    if lines:
        blocks.append(lambda page, y: _ranking(page, y, lines, heading, more))
    return blocks


def _pair(page: _Page, y: float, total: Figures) -> float:
    """People and their rate side by side; without a rate, people and attempts."""
    half = (INSIDE - GUTTER) / 2
    people, attempts = whole(total.participants), whole(total.attempts)
    left = (people, "người dự thi", f"{attempts} lượt thi")
    right = (
        (attempts, "lượt thi", "")
        if total.rate is None
        else (percent(total.rate), "tỷ lệ tham gia", _denominator(total))
    )
    if total.rate is None:
        left = (people, "người dự thi", "")
    size = min(page.largest(text, half, 136) for text in (people, right[0]))
    sides: list[tuple[float, tuple[str, str, str], Tone]] = [(LEFT, left, "ink"), (LEFT + half + GUTTER, right, "blue")]
    heights = []
    for x, (number, label, note), tone in sides:
        at = y + page.number(number, x, y, half, size, tone)
        at += page.put(label, x, at, half, (38, 34), 1, bold=True)
        at += page.put(note, x, at, half, (28, 25), 3, tone="quiet") if note else 0
        heights.append(at - y)
    return max(heights)


def _large(page: _Page, y: float, total: Figures) -> float:
    """The same where nothing stands below: one above the other, with a bar."""
    at = y + page.number(
        whole(total.participants), LEFT, y, INSIDE, page.largest(whole(total.participants), INSIDE, 250), "ink"
    )
    at += page.put(f"người dự thi · {whole(total.attempts)} lượt thi", LEFT, at, INSIDE, (46, 40), 2, bold=True)
    if total.rate is not None:
        at += 56 * page.scale
        at += page.number(percent(total.rate), LEFT, at, INSIDE, page.largest(percent(total.rate), INSIDE, 128), "blue")
        at += 10 * page.scale
        page.bar(at, min(1.0, total.rate), 26)
        at += 26 * page.scale + 18 * page.scale
        at += page.put(f"tỷ lệ tham gia, {_denominator(total)}", LEFT, at, INSIDE, (34, 30), 3, tone="quiet")
    return at - y


def _denominator(total: Figures) -> str:
    """Of how many members, on which day, and how many units never told."""
    first, last = total.first_day, total.last_day
    days = f" ({_days(first, last)})" if first and last else ""
    text = f"trên {whole(total.members)} đoàn{TIED}viên{days}"
    left = f"{whole(total.units_uncounted)} CĐCS chưa báo số".replace(" ", TIED)
    return f"{text}; {left}" if total.units_uncounted else text


def _days(first: date, last: date) -> str:
    return f"{last:%d/%m/%Y}" if first == last else f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"


def _facts(total: Figures, *, results: bool) -> list[tuple[str, str]]:
    """Smaller figures with what they count."""
    facts = []
    if total.units_all and not total.grassroots:
        facts.append(
            (f"{whole(total.units_taking_part)} / {whole(total.units_all)}", "công đoàn cơ sở có người dự thi")
        )
    if results and total.scored >= FEWEST:
        facts.append((tenths(total.mean_score), f"điểm trung bình của {whole(total.scored)} người có kết quả"))
        facts.append((percent(total.pass_rate), "trong số đó làm đúng từ một nửa số câu trở lên"))
    return facts


def _columns(page: _Page, y: float, facts: Sequence[tuple[str, str]], *, large: bool) -> float:
    """Figures side by side under a line."""
    page.patches.append(Patch(LEFT, y, INSIDE, 2, "line"))
    top = y + 2 + 22 * page.scale
    count = max(2, len(facts))
    width = (INSIDE - GUTTER * (count - 1)) / count
    if len(facts) == 1:
        width = INSIDE
    size = min(page.largest(number, width, 72 if large else 58) for number, _label in facts)
    heights = []
    for place, (number, label) in enumerate(facts):
        x = LEFT + place * (width + GUTTER)
        height = page.number(number, x, top, width, size, "ink")
        heights.append(
            height + page.put(label, x, top + height, width, (28, 26, 24) if large else (26, 24), 4, tone="quiet")
        )
    return top - y + max(heights)


def _ranking(page: _Page, y: float, lines: Sequence[tuple[str, float, str]], heading: str, more: str) -> float:
    """Who leads: name and value over a bar, a line each."""
    for line in (Patch(LEFT, y, INSIDE, 4, "ink"), Patch(LEFT, y + 8, INSIDE, 1, "ink")):  # the site's double rule
        page.patches.append(line)
    at = y + 9 + 16 * page.scale
    at += page.put(heading, LEFT, at, INSIDE, (34, 30), 2, bold=True) + 8 * page.scale
    size = page.sized(30)
    widest = max(page.faces.width(value, size, bold=True) for _name, _share, value in lines)
    for name, share, value in lines:
        at += 2 * page.scale
        page.line(value, LEFT, at, INSIDE, size, "ink", bold=True, right=True)
        named = page.put(name, LEFT, at, INSIDE - widest - 32, (30, 27, 24), 2)
        at += max(named, size * LEADING)  # a name of signs that no face has still has its value beside it
        at += 1 * page.scale
        page.bar(at, share, 12)
        at += 12 * page.scale + 6 * page.scale
    if more:
        at += 6 * page.scale
        at += page.put(more, LEFT, at, INSIDE, (26, 24), 1, tone="quiet")
    return at - y


# --- A page that is filled from top to bottom --------------------------------------------------------------------------


@dataclass
class _Page:
    faces: Faces
    scale: float
    patches: list[Patch] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    def sized(self, size: int) -> int:
        return max(1, round(size * self.scale))

    def put(
        self, text: str, x: float, y: float, width: float, sizes: Sequence[int], most: int, *, tone: Tone = "ink", bold: bool = False
    ) -> float:  # fmt: skip
        """At most so many lines, at the first of the sizes at which all of the text fits into them; how high they are."""
        text = " ".join(filter(None, self.faces.known(text).split(" ")))
        for size in map(self.sized, sizes):
            lines = self._broken(text, size, width, bold=bold)
            if len(lines) <= most:
                break
        if len(lines) > most:
            lines = [*lines[: most - 1], self._cut(" ".join(lines[most - 1 :]), size, width, bold=bold)]
        elif len(lines) > 1:
            lines = self._balanced(text, size, width, len(lines), bold=bold)
        for place, line in enumerate(lines):
            self.line(line, x, y + place * size * LEADING, width, size, tone, bold=bold)
        return len(lines) * size * LEADING

    def line(
        self, text: str, x: float, y: float, width: float, size: int, tone: Tone, *, bold: bool, right: bool = False
    ) -> None:  # fmt: skip
        self.texts.append(Text(text.replace(TIED, " "), x, y, width, size, bold, tone, right))

    def number(self, text: str, x: float, y: float, width: float, size: int, tone: Tone) -> float:
        """A large number in one line. Digits have nothing above them, so the line begins higher and ends sooner."""
        above, below = size * (RISE - 0.78), size * (LEADING - RISE - 0.14)
        self.line(text, x, y - above, width, size, tone, bold=True)
        return size * LEADING - above - below

    def bar(self, y: float, share: float, height: int) -> None:
        """A share of the whole width; a share that is not nothing can be seen."""
        tall = height * self.scale
        self.patches.append(Patch(LEFT, y, INSIDE, tall, "track"))
        if share > 0:
            self.patches.append(Patch(LEFT, y, max(3.0, share * INSIDE), tall, "blue"))

    def largest(self, text: str, width: float, size: int) -> int:
        """The size at which one line is as wide as it may be, and not larger than so much."""
        at = self.sized(size)
        while at > 8 and self.faces.width(text, at, bold=True) > width:
            at -= 2
        return at

    def _broken(self, text: str, size: int, width: float, *, bold: bool) -> list[str]:
        """Whole words as far as they go; a word wider than a line is broken where the line ends."""
        lines: list[str] = []
        line = ""
        for word in text.split(" ") if text else []:
            longer = f"{line} {word}" if line else word
            if self.faces.width(longer, size, bold=bold) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            while self.faces.width(word, size, bold=bold) > width and len(word) > 1:
                cut = max(1, self._longest(word, size, width, bold=bold))
                lines.append(word[:cut])
                word = word[cut:]
            line = word
        return [*lines, line] if line else lines

    def _balanced(self, text: str, size: int, width: float, count: int, *, bold: bool) -> list[str]:
        """The same number of lines, of about one length: one word alone on a line looks like an accident."""
        lines = self._broken(text, size, width, bold=bold)
        for part in range(95, 45, -5):
            closer = self._broken(text, size, width * part / 100, bold=bold)
            if len(closer) > count:
                break
            lines = closer
        return lines

    def _cut(self, text: str, size: int, width: float, *, bold: bool) -> str:
        room = width - self.faces.width("…", size, bold=bold) - 1  # letters may stand closer alone than before the dots
        return f"{text[: self._longest(text, size, room, bold=bold)].rstrip()}…"

    def _longest(self, text: str, size: int, width: float, *, bold: bool) -> int:
        """How many signs of a text fit."""
        return bisect_right(range(1, len(text) + 1), width, key=lambda at: self.faces.width(text[:at], size, bold=bold))
