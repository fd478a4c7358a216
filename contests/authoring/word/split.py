"""Which lines make a question, what stands over them, and which keys are listed apart.

A label that says “Câu” begins a question. A bare number does only where what follows looks like one: options, a key, or the next
number in turn. What is no part of a question stays unused, and is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from contests.authoring.word.form import Form, form_at
from contests.authoring.word.keylists import Entry, entries_of_line
from contests.authoring.word.layout import Item, KeyTable, Row
from contests.authoring.word.lines import Line
from contests.authoring.word.patterns import (
    TRUE_AND_FALSE,
    Heading,
    Start,
    difficulty_in,
    ends_all,
    heading_of,
    holds_options,
    is_bullet,
    label_of_ours,
    markers_in,
    opens_keys,
    option_letter,
    sounds_like_a_reason,
    start_of,
    truth_at_end,
)

_AHEAD = 30  # lines that are looked at to find out whether a number begins a question
_ESSAY, _TRUTH, _SHORT = (
    re.compile(r"tu luan"),
    re.compile(r"dung\s*[/,-]?\s*(?:hay|hoac)?\s*sai"),
    re.compile(r"tra loi ngan|dien khuyet"),
)


@dataclass(slots=True)
class Segment:
    """The lines of one question and what is known of it from around. `exam` counts the parts of a file that have key lists of their own."""

    lines: list[Line]
    number: int | None = None
    says_so: bool = False
    style: str = ""
    topics: dict[int, str] = field(default_factory=dict)
    difficulty: str = ""
    form: str = ""  # "essay", "truth", "short": what the heading of its part says
    headings: list[Line] = field(default_factory=list)
    exam: int = 0
    options: bool = False
    ended: bool = False  # a key or an explanation has come
    guide: list[Line] = field(default_factory=list)  # what a key list apart says of it beside the letter
    part: str = ""
    listed: list[Line] = field(default_factory=list)  # the lines of that list that are its own
    key: list[Entry] = field(default_factory=list)
    filled: Form | None = None  # where it stands in the form of our writer
    labelled_above: bool = (
        False  # in this file “Mã: …” stands over its question: what stands under one may be the next one's
    )


@dataclass(slots=True)
class Split:
    """Everything of a text in its order."""

    segments: list[Segment] = field(default_factory=list)
    unused: list[Line] = field(default_factory=list)
    unknown_keys: list[str] = field(default_factory=list)  # entries for which there is no question, or more than one
    doubled: set[int] = field(
        default_factory=set
    )  # segments whose number is not theirs alone, so that a key list says nothing


def split(items: Sequence[Item]) -> Split:
    """Raises nothing: what it does not understand is unused."""
    return _Splitter(items).run()


class _Splitter:
    def __init__(self, items: Sequence[Item]) -> None:
        self.items, self.found = items, Split()
        self.current: Segment | None = None
        self.last: Segment | None = None  # the one before, whose key a line under a heading may still be
        self.topics: dict[int, str] = {}
        self.difficulty = self.form = self.part = self.part_of_keys = ""
        self.headings: list[Line] = []
        self.exam = 0
        self.in_keys = self.labelled_above = False
        self.numbered: dict[tuple[int, int], list[Segment]] = {}
        self.entry: Segment | None = None  # whose key stood on the line above, in a key list
        self.listed: list[tuple[int, str, Entry, tuple[Line, ...]]] = []

    def run(self) -> Split:
        until = 0
        for place, item in enumerate(self.items):
            if place < until:
                continue
            if filled := form_at(self.items, place, self.ends_a_form):
                self.filled(filled)
                until = place + len(filled.lines)
            elif isinstance(item, KeyTable):
                self.list_keys(item.entries, item.lines)
            elif isinstance(item, Row):
                self.row(item)
            elif self.in_keys:
                self.key_line(place, item)
            else:
                self.line(place, item)
        self.found.unused += self.headings
        self.hand_out_keys()
        return self.found

    # -- questions in our own form --

    def filled(self, form: Form) -> None:
        if self.in_keys:
            self.leave_keys()
        self.begin(form.lines[0], start_of(form.lines[0]))
        if self.current:
            self.current.lines += form.lines[1:]
            self.current.filled = form
        self.close()

    @staticmethod
    def ends_a_form(one: Line) -> bool:
        """Whether a line can only begin something else; any other may still belong to the question above."""
        start = start_of(one)
        return bool(start and start.says_so) or ends_all(one) or opens_keys(one) or heading_of(one) is not None

    # -- lines among questions --

    def line(self, place: int, one: Line) -> None:
        start, current = start_of(one), self.current
        if ends_all(one):
            self.close()
            self.found.unused.append(one)
        elif opens_keys(one) and not self.is_a_key_here(place, one):
            self.open_keys(one)
        elif (entries := entries_of_line(one.text)) and self.lists_keys(one, start, entries):
            self.list_keys(entries, (one,))
        elif start and self.begins(place, one, start):
            self.begin(one, start)
        elif (heading := self.heading(place, one)) is not None:
            self.over(one, heading)
        elif level := self.level_over(place, one):
            self.difficulty = level
            self.close()
            self.headings.append(one)
        elif current is None:
            self.before_any(place, one)
        else:
            self.within(place, one, current)

    def begins(self, place: int, one: Line, start: Start) -> bool:
        if start.says_so:
            return True
        current = self.current
        in_turn = (
            current is not None
            and current.number is not None
            and start.number == current.number + 1
            and start.style == current.style
        )
        if current is not None and not in_turn and current.says_so and not (current.options or current.ended):
            return False  # a list in the stem of “Câu 5”
        if current is not None and not in_turn and not (current.options or current.ended):
            return False
        return in_turn or self.looks_like_a_question(place, one, start)

    def looks_like_a_question(self, place: int, one: Line, start: Start) -> bool:
        """Options, a key or a sign of truth before the next label."""
        if truth_at_end(one) or any(marker.name == "key" for marker in markers_in(one)):
            return True
        if self.form and one.heading == 0:
            return True
        if holds_options(one):
            return True
        for other in self.ahead(place):
            if option_letter(other).upper() == "A" or TRUE_AND_FALSE.match(other.folded):
                return True
            if any(marker.name == "key" for marker in markers_in(other, inside=False)):
                return True
            after = start_of(other)
            if (after and (after.says_so or after.style == start.style)) or heading_of(other) or opens_keys(other):
                return False
        return False

    def ahead(self, place: int) -> list[Line]:
        found: list[Line] = []
        for item in self.items[place + 1 : place + 1 + _AHEAD]:
            if not isinstance(item, Line):
                break
            found.append(item)
        return found

    def begin(self, one: Line, start: Start | None, lines: Sequence[Line] = ()) -> None:
        self.close()
        self.current = Segment(
            [*lines, one], start.number if start else None, bool(start and start.says_so), start.style if start else "",
            dict(self.topics), self.difficulty, self.form, self.headings, self.exam, part=self.part,
            labelled_above=self.labelled_above,
        )  # fmt: skip
        self.headings = []
        if lines and option_letter(one):
            self.current.options = True
        elif start and holds_options(one):
            self.current.options = True  # all in one line
        if any(marker.name == "key" for marker in markers_in(one)) or truth_at_end(one):
            self.current.ended = True
        if self.current.number is not None:
            self.numbered.setdefault((self.exam, self.current.number), []).append(self.current)
        self.found.segments.append(self.current)

    def close(self) -> None:
        self.last, self.current = self.current or self.last, None

    def row(self, row: Row) -> None:
        self.in_keys = False
        if not row.lines:
            self.found.unused += row.unused + row.headings
            return
        first = row.lines[0]
        start = start_of(first) or Start(row.number, True, 0, "row")
        self.headings += row.headings
        self.begin(first, start if row.number is None else replace(start, number=row.number))
        if self.current:
            self.current.lines += row.lines[1:]
            self.current.form = "truth" if row.true_or_false else self.current.form
        self.found.unused += row.unused
        self.close()

    # -- headings --

    def heading(self, place: int, one: Line) -> Heading | None:
        heading = heading_of(one)
        if heading is None or (self.current and not self.is_over(place, one, heading)):
            return None
        if one.heading > 0 and option_letter(one) and self.current:
            return None
        return heading

    def is_over(self, place: int, one: Line, heading: Heading) -> bool:
        """Whether it stands over what follows, and is no line of the question above."""
        assert self.current is not None
        whole = self.current.options or self.current.ended
        marked = any(marker.name in ("topic", "difficulty") for marker in markers_in(one, inside=False))
        if marked and whole and heading.rank == 3 and not re.match(r"[\s\W]*\w+ \w+ [\divx]", one.folded):
            after = next(iter(self.ahead(place)), None)  # “Chủ đề: …” under the options is the question's own
            return one.heading > 0 or after is None or not (start_of(after) or markers_in(after, inside=False))
        return whole or one.heading > 0 or heading.rank == 3 or one.text.isupper()

    def over(self, one: Line, heading: Heading) -> None:
        self.close()
        if heading.rank > 1:  # a part without a question of its own, as instructions are
            self.found.unused += self.headings
            self.headings = []
        if heading.topic or heading.rank == 2:
            rank = heading.rank * 10 - (one.heading if heading.rank == 1 else 0)
            for deeper in [known for known in self.topics if known <= rank]:
                del self.topics[deeper]
            if heading.topic and len(heading.topic) <= 100:
                self.topics[rank] = heading.topic
        self.part = heading.part or self.part
        form = (
            "essay"
            if _ESSAY.search(one.folded)
            else "truth"
            if _TRUTH.search(one.folded)
            else "short"
            if _SHORT.search(one.folded)
            else ""
        )
        if form or heading.rank == 2:
            self.form = form
        if level := difficulty_in(one.text):
            self.difficulty = level
        elif heading.rank >= 2:
            self.difficulty = ""
        self.headings.append(one)

    def level_over(self, place: int, one: Line) -> str:
        """The level that a line gives to the questions under it; one right under a question is that question's own."""
        level = difficulty_in(one.text)
        if not level or len(one.text) > 60:
            return ""
        return level if self.current is None or (self.current.difficulty and self.current.ended) else ""

    # -- lines without a label of their own --

    def before_any(self, place: int, one: Line) -> None:
        if option_letter(one).upper() == "A" and self.options_follow(place, one):
            stem = self.stem_above(one)
            self.begin(one, None, stem)
            if self.current:
                self.current.options = True
        else:
            self.labelled_above = self.labelled_above or label_of_ours(one) is not None
            self.found.unused.append(one)

    def options_follow(self, place: int, one: Line) -> bool:
        if re.search(r"\s\(?b[.)/:]", one.folded):
            return True
        return any(option_letter(other).upper() == "B" for other in self.ahead(place)[:6])

    def stem_above(self, one: Line) -> list[Line]:
        """The line right above the first option, if it is free and no heading."""
        if not self.found.unused or self.headings:
            return []
        above = self.found.unused[-1]
        if above.number >= one.number or one.number - above.number > 1 or heading_of(above) or option_letter(above):
            return []
        return [self.found.unused.pop()]

    def within(self, place: int, one: Line, current: Segment) -> None:
        letter = option_letter(one)
        if letter.upper() == "A" and self.starts_over(letter, current) and self.options_follow(place, one):
            tail = self.tail(current)
            if tail or not current.ended:
                del current.lines[len(current.lines) - len(tail) :]
                self.begin(one, None, tail)
                if self.current:
                    self.current.options = True
                return
        current.lines.append(one)
        if letter or (is_bullet(one) and not current.ended):
            current.options = True
        if markers_in(one) or TRUE_AND_FALSE.match(one.folded):
            current.ended = current.ended or any(m.name in ("key", "explanation", "source") for m in markers_in(one))
            current.options = current.options or TRUE_AND_FALSE.match(one.folded) is not None

    @staticmethod
    def starts_over(letter: str, current: Segment) -> bool:
        """Whether the question has an option of this letter already."""
        return any(option_letter(one) == letter for one in current.lines) or (
            current.options and re.search(rf"\s\(?{letter}[.)]", current.lines[0].text) is not None
        )

    @staticmethod
    def tail(current: Segment) -> list[Line]:
        """The last lines that are neither option nor key nor a reason: the stem of a question without a number."""
        found: list[Line] = []
        for one in reversed(current.lines):
            if (
                option_letter(one)
                or markers_in(one, inside=False)
                or sounds_like_a_reason(one)
                or one is current.lines[0]
            ):
                break
            if found and one.paragraph == one.number and one.text[:1].islower():
                break
            found.insert(0, one)
        return found

    # -- keys apart --

    def is_a_key_here(self, place: int, one: Line) -> bool:
        """“Đáp án:” on a line of its own, with the letter on the next."""
        if self.current is None or one.heading or one.text.isupper() or not markers_in(one, inside=False):
            return False
        after = next(iter(self.ahead(place)), None)
        if after is None:
            return False
        return (
            not entries_of_line(after.text)
            and not self.current.ended
            and (option_letter(after) == "" or len(after.text) < 3 or self.current.options)
        )

    def lists_keys(self, one: Line, start: Start | None, entries: list[Entry]) -> bool:
        """Outside a key list only a line of several entries is one, or “Câu 7: B” for a question that has been."""
        if len(entries) > 2:
            return True
        return bool(
            start
            and start.says_so
            and self.known(entries[0].number)
            and self.current
            and (self.current.options or self.current.ended)
        )

    def known(self, number: int) -> bool:
        return any((exam, number) in self.numbered for exam in range(self.exam + 1))

    def open_keys(self, one: Line) -> None:
        self.close()
        self.found.unused += self.headings
        self.in_keys, self.entry, self.headings, self.part_of_keys = True, None, [one], ""

    def key_line(self, place: int, one: Line) -> None:
        start = start_of(one)
        if entries := entries_of_line(one.text):
            self.list_keys(entries, (one,))
        elif start and self.leads_to_options(place, one, start):
            self.leave_keys()
            self.line(place, one)
        elif start and (segment := self.by_number(start.number)) is not None:
            value = one.part(start.end)
            self.entry = segment
            segment.listed += [*self.headings, one]
            segment.guide.append(value)
            self.headings = []
        elif opens_keys(one) or (heading_of(one) and not self.opens_questions(place)):
            heading = heading_of(one)
            self.part_of_keys = heading.part if heading and heading.part else self.part_of_keys
            self.headings.append(one)
        elif heading_of(one):
            self.leave_keys()
            self.line(place, one)
        elif self.entry is not None and (
            markers_in(one) or sounds_like_a_reason(one) or is_bullet(one) or self.entry.form == "essay"
        ):
            self.entry.guide.append(one)
            self.entry.listed.append(one)
        else:
            self.found.unused.append(one)

    def leads_to_options(self, place: int, one: Line, start: Start) -> bool:
        if holds_options(one):
            return True
        for other in self.ahead(place):
            if option_letter(other).upper() == "A":
                return True
            after = start_of(other)
            if after and (after.says_so or after.style == start.style):
                return False
        return False

    def opens_questions(self, place: int) -> bool:
        """Whether the first label under a heading begins a question and no key."""
        for ahead, other in enumerate(self.ahead(place), place + 1):
            if after := start_of(other):
                return self.leads_to_options(ahead, other, after)
        return False

    def leave_keys(self) -> None:
        self.found.unused += self.headings
        self.in_keys, self.entry, self.headings = False, None, []
        self.exam += 1
        self.topics, self.difficulty, self.form = {}, "", ""

    def by_number(self, number: int | None) -> Segment | None:
        found = self.owners(number, self.exam, self.part_of_keys) if number is not None else []
        return found[0] if len(found) == 1 else None

    def owners(self, number: int, exam: int, part: str) -> list[Segment]:
        """The questions of that number; where the key list names a part, those of the part."""
        found = self.numbered.get((exam, number), [])
        return [one for one in found if one.part == part] if part and any(one.part == part for one in found) else found

    def list_keys(self, entries: Sequence[Entry], lines: tuple[Line, ...]) -> None:
        self.close()
        if not entries:
            self.found.unused += lines
            self.found.unknown_keys.append(" | ".join(one.text for one in lines)[:60])
            return
        lines = (*self.headings, *lines)
        self.headings = []
        self.listed += [
            (self.exam, self.part_of_keys, entry, lines if place == 0 else ()) for place, entry in enumerate(entries)
        ]
        self.entry = self.by_number(entries[0].number) if len(entries) == 1 else None

    def hand_out_keys(self) -> None:
        """Each entry to the question of its number. A number that several questions share is theirs only if the list goes through
        the same numbers in the same order as the questions do."""
        for exam in range(self.exam + 1):
            segments = [one for one in self.found.segments if one.exam == exam]
            listed = [(part, entry, lines) for of, part, entry, lines in self.listed if of == exam]
            same = [entry.number for _, entry, _ in listed] == [one.number for one in segments]
            for place, (part, entry, lines) in enumerate(listed):
                owners = [segments[place]] if same else self.owners(entry.number, exam, part)
                if len(owners) != 1:
                    self.found.unknown_keys.append(entry.text)
                    self.found.doubled |= {id(one) for one in owners}
                    self.found.unused += lines
                    continue
                owners[0].key.append(entry)
                owners[0].listed += lines
