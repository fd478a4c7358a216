"""From the lines of one question to its draft. What several places say must be the same; else it is a problem that tells both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.names import normalise_name
from contests.authoring.columns import OPTION_COLUMNS, Column
from contests.authoring.draft import Difficulty, DraftReading, Problem, QuestionDraft
from contests.authoring.rows import TRUE_FALSE_OPTIONS, clean_text
from contests.authoring.word.answers import Answer, read_answer
from contests.authoring.word.form import Form
from contests.authoring.word.labels import Labels, is_written, plainly, written_key
from contests.authoring.word.lines import Line
from contests.authoring.word.marks import letters_of, marked
from contests.authoring.word.notes import notes_of
from contests.authoring.word.options import Options, find_options
from contests.authoring.word.patterns import (
    ASKS_TRUTH,
    Marker,
    difficulty_in,
    difficulty_tag,
    label_of_ours,
    markers_in,
    option_letter,
    sounds_like_a_reason,
    start_of,
    truth_at_end,
)
from contests.authoring.word.sources import law_at_end, law_in, unwrapped
from contests.authoring.word.split import Segment
from contests.rules.kinds import Kind

_POINTS = re.compile(r"\s*[\[(]\s*(?:[\d.,/]+\s*(?:diem|d|đ)|nb|th|vd|vdc)\s*[\])]\s*[:.\-]?\s*")
_LONGEST_LABEL = 40


@dataclass(slots=True)
class Read:
    """A draft and the lines of its segment that it did not take."""

    reading: DraftReading
    unused: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class _Said:
    """What the markers of a question said."""

    keys: list[str] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    difficulty: str = ""
    topic: str = ""
    plain: list[Line] = field(default_factory=list)
    images: list[str] = field(default_factory=list)  # of lines behind the options
    unused: list[Line] = field(default_factory=list)
    labels: Labels = field(default_factory=Labels)


def read_question(segment: Segment, *, doubled: bool) -> Read:
    """`doubled`: a key list has its number and so has another question."""
    question = _Question(segment, doubled)
    if segment.filled and not (segment.key or segment.guide):  # a key from elsewhere must be held against its own
        return Read(question.as_filled(segment.filled))
    return question.read()


class _Question:
    def __init__(self, segment: Segment, doubled: bool) -> None:
        self.segment, self.doubled = segment, doubled
        self.row = segment.lines[0].number
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.said = _Said()

    def note(self, column: Column, code: str, text: str) -> None:
        self.problems.append(Problem(self.row, column, code, text))

    def warn(self, column: Column, code: str, text: str) -> None:
        self.warnings.append(Problem(self.row, column, code, text))

    def read(self) -> Read:
        lines = list(self.segment.lines)
        label, lines[0] = self.cut_label(lines[0])
        self.collect([line for line in lines if line.text or line.images])
        options = Options(stem=self.said.plain) if self.segment.form == "essay" and not self.said.keys else find_options(
            self.said.plain, numbered=self.segment.says_so
        )  # fmt: skip
        self.behind(options)
        stem, truth = self.stem(options)
        self.guide(options)
        draft = self.draft(label, stem, options, truth)
        return Read(DraftReading(draft, tuple(self.problems), tuple(self.warnings)), self.said.unused)

    def as_filled(self, form: Form) -> DraftReading:
        reading = form.read(self.row)
        topic = reading.draft.topic or normalise_name(self.topic())
        source = tuple(line.text for line in self.taken())
        return replace(reading, draft=replace(reading.draft, topic=topic, label=form.label, source=source))

    # -- cutting --

    def cut_label(self, first: Line) -> tuple[str, Line]:
        start = start_of(first)
        if start is None or (self.segment.number is None and not start.says_so):
            return "", first
        end, label = start.end, first.text[: start.end].strip(" .:)-–/|[(\t")
        while again := start_of(rest := first.part(end)):  # an automatic number and a typed one: “1. Câu 1:”
            if end > first.automatic + 1 and not again.says_so:
                break
            if end > max(first.automatic + 1, start.end) or not (first.automatic or again.says_so):
                break
            end += len(first.text[end:]) - len(first.text[end:].lstrip()) + again.end
            label = rest.text[: again.end].strip(" .:)-–/|[(\t")
        rest = first.part(end)
        return label[:_LONGEST_LABEL], rest

    def collect(self, lines: Sequence[Line]) -> None:
        """Each line to what its markers say that it is; a line without one goes on with what stands above it."""
        open_: str = ""
        for line in lines:
            found = self.fitting(line, open_)
            begin = found[0].start if found else len(line.text)
            if found and begin and not line.text[:begin].strip(" \t*•-–+>=→⇒(["):
                begin = 0
            head = line.part(0, begin) if begin else None
            if not found:
                head = line
            if head is not None and (head.text or head.images):
                open_ = self.go_on(line if not found else head, open_)
            elif line.images:
                self.said.images += line.images
            for place, marker in enumerate(found):
                following = found[place + 1].start if place + 1 < len(found) else None
                self.mark(marker.name, line.part(marker.end, following).text.rstrip(" ([\t" if following else " \t"))
                open_ = marker.name

    def fitting(self, line: Line, open_: str) -> list[Marker]:
        """The markers of a line that can be meant: an explanation holds no further key."""
        if ours := self.own_label(line):
            return [ours]
        found = markers_in(line)
        if open_ in ("explanation", "source"):
            found = [one for one in found if one.start == 0 or one.name in ("source", "difficulty", "topic")]
        return found

    def own_label(self, line: Line) -> Marker | None:
        """A label of our own files, after the question began; among its options and keys whatever it says, in a stem only
        with a value that is plainly one."""
        ours = label_of_ours(line)
        said = self.said
        if ours is None or not said.plain or self.segment.labelled_above:
            return None
        late = said.keys or said.explanation or said.source or any(option_letter(one) for one in said.plain)
        return ours if late or plainly(ours.name, line.text[ours.end :]) else None

    def go_on(self, line: Line, open_: str) -> str:
        if open_ == "key" and not (self.said.keys and self.said.keys[-1].strip()):  # “Đáp án:” and the letter under it
            if (
                not any(True for _ in find_options([*self.said.plain, line], numbered=False).options)
                or len(line.text) < 3
            ):
                self.said.keys[-1:] = [line.text]
                return "key"
            if find_options(self.said.plain, numbered=False).options:
                self.said.keys[-1:] = [line.text]
                return "key"
            self.said.keys.pop()
        if open_ == "explanation" or (open_ == "key" and sounds_like_a_reason(line)):
            self.said.explanation.append(line.text)
            self.said.images += line.images
            return "explanation"
        if open_ == "source" and sounds_like_a_reason(line):
            self.said.source.append(line.text)
            return "source"
        self.said.plain.append(line)
        return ""

    def mark(self, name: str, text: str) -> None:
        match name:
            case "code" | "kind" | "pinned" | "valid_from" | "valid_to":
                self.said.labels.say(self, name, text)
            case "key":
                self.said.keys.append(text)
            case "explanation":
                self.said.explanation.append(text)
            case "source":
                self.said.source.append(text)
            case "topic":
                self.said.topic = text.strip(" .")
            case "difficulty":
                self.said.difficulty = difficulty_in(text)
                if not self.said.difficulty and text.strip():
                    self.note(
                        Column.DIFFICULTY,
                        "bad_difficulty",
                        f"“{text[:40]}” không phải là mức độ; hãy chọn Dễ, Vừa hoặc Khó.",
                    )

    def behind(self, options: Options) -> None:
        """What stands behind the last option and says nothing of its own: a reason, a level, or nothing of the question's."""
        for line in options.tail:
            if level := difficulty_in(line.text):
                self.said.difficulty = self.said.difficulty or level
            elif sounds_like_a_reason(line):
                self.said.explanation.append(line.text)
                self.said.images += line.images
            else:
                self.said.unused.append(line)

    def stem(self, options: Options) -> tuple[str, bool | None]:
        """The stem without its tags, and what “(Đ)” behind it says."""
        truth: bool | None = None
        parts = list(options.stem)
        if parts:
            if at := _POINTS.match(parts[0].folded):
                typed = parts[0].text[: at.end()]
                if not difficulty_in(typed.strip(" :.-")):
                    parts[0] = parts[0].part(at.end())
            for at_end in (False, True):
                place = -1 if at_end else 0
                if tag := difficulty_tag(parts[place], at_end=at_end):
                    level, start, end = tag
                    self.said.difficulty = self.said.difficulty or level
                    parts[place] = parts[place].part(0, start) if at_end else parts[place].part(end)
            if at := _POINTS.match(parts[0].folded):
                parts[0] = parts[0].part(at.end())
            if not options.options and (said := truth_at_end(parts[-1])):
                truth, end = said
                parts[-1] = parts[-1].part(0, end)
        return "\n".join(line.text for line in parts if line.text), truth

    def guide(self, options: Options) -> None:
        """What a key list said of this question beside the letter."""
        open_ = ""
        for line in self.segment.guide:
            found = markers_in(line)
            head = line.part(0, found[0].start) if found else line
            if head.text:
                if open_ or self.segment.form == "essay" or self.segment.key:
                    self.said.explanation.append(head.text)
                else:
                    self.said.keys.append(head.text)
                    open_ = "explanation"
            for place, marker in enumerate(found):
                following = found[place + 1].start if place + 1 < len(found) else None
                self.mark(marker.name, line.part(marker.end, following).text)
                open_ = "explanation"

    # -- deciding --

    def draft(self, label: str, stem: str, options: Options, truth: bool | None) -> QuestionDraft:
        texts = tuple(clean_text(option.text).replace("\n", " ") for option in options.options)
        wanted, accents = self.said.labels.kind()
        if is_written(wanted):
            keys = [*self.said.keys, *(entry.value for entry in self.segment.key)]
            kind, key = wanted, frozenset()
            texts, spec = written_key(self, wanted, accents, texts, keys)
        else:
            kind, key, spec = self.key(stem, options, texts, truth)
        if kind is Kind.TRUE_FALSE:
            if texts and texts[0].casefold().strip(" .") == "sai":
                key = frozenset(1 - place for place in key)
            texts = TRUE_FALSE_OPTIONS
        if len(texts) > len(OPTION_COLUMNS):
            self.note(
                Column.A,
                "too_many_options",
                f"Câu có {len(texts)} phương án; nhiều nhất là {len(OPTION_COLUMNS)}, hãy bỏ bớt hoặc tách thành hai câu.",
            )
            texts, key = texts[: len(OPTION_COLUMNS)], frozenset(place for place in key if place < len(OPTION_COLUMNS))
        if options.doubled:
            letters = ", ".join(options.doubled.upper())
            self.note(
                Column.A, "option_letters", f"Có hai chỗ cùng mang chữ {letters}; hãy xem lại các phương án và đáp án."
            )
        elif options.gap:
            typed = ", ".join(option.letter.upper() for option in options.options)
            self.note(
                Column.A,
                "option_letters",
                f"Các phương án có chữ cái {typed}: thiếu một chữ ở giữa; hãy xem có phương án nào bị sót.",
            )
        document, article, other, stem = self.source(clean_text(stem))
        image = notes_of(self, options)
        draft = QuestionDraft(
            code="",
            topic=normalise_name(self.said.topic or self.topic()),
            kind=kind,
            difficulty=Difficulty(self.said.difficulty or self.segment.difficulty or "medium"),
            stem=stem,
            options=texts,
            key=key,
            pinned=frozenset({0, 1}) if kind is Kind.TRUE_FALSE else frozenset(),
            document=normalise_name(document),
            article=normalise_name(article),
            other_source=normalise_name(other),
            valid_from=None,
            valid_to=None,
            explanation=clean_text("\n".join(self.said.explanation)),
            row=self.row,
            spec=spec,
            label=label,
            source=tuple(line.text for line in self.taken()),
            image=image,
        )
        return self.said.labels.onto(self, draft)

    def topic(self) -> str:
        """Of the headings above: what is called a topic, else the part, else the deepest heading."""
        topics = self.segment.topics
        return topics.get(30) or topics.get(20) or (topics[min(topics)] if topics else "")

    def taken(self) -> list[Line]:
        """All lines that this question took something from, in the file's order."""
        unused = {number for line in self.said.unused for number in line.numbers}
        lines = {line.numbers: line for line in (*self.segment.listed, *self.segment.headings, *self.segment.lines)}
        whole = [line for numbers, line in sorted(lines.items()) if not unused & set(numbers)]
        return [line for line in whole if line.text]

    def key(
        self, stem: str, options: Options, texts: tuple[str, ...], truth: bool | None
    ) -> tuple[Kind, frozenset[int], Mapping[str, Any]]:
        letters = [option.letter or chr(ord("A") + place) for place, option in enumerate(options.options)]
        asks = self.segment.form == "truth" or ASKS_TRUTH.search(stem.casefold().replace("đúng", "dung")) is not None
        answers: list[tuple[str, Answer]] = []
        for value in self.said.keys:
            answer = read_answer(value, letters, texts, truth=asks)
            if answer != Answer():
                answers.append((f"dòng đáp án ghi “{value.strip()[:60]}”", answer))
        for entry in self.segment.key:
            answer = read_answer(entry.value, letters, texts, truth=asks or not texts)
            answers.append((f"bảng đáp án ghi “{entry.value}”", answer))
        for _, answer in answers:
            if answer.more and not _is_only_points(answer.more):
                self.said.explanation.insert(0, answer.more)
        if texts:
            return self.key_of_options(options, texts, answers)
        return self.key_in_words(stem, answers, truth)

    def key_of_options(
        self, options: Options, texts: tuple[str, ...], answers: list[tuple[str, Answer]]
    ) -> tuple[Kind, frozenset[int], Mapping[str, Any]]:
        all_of = options.options
        looks = marked([option.look for option in all_of])
        evidence = [(f"{name} ở {letters_of(places)}", places) for name, places in looks.found.items()]
        ticked = frozenset(place for place, option in enumerate(all_of) if option.ticked)
        if ticked and len(ticked) < len(all_of):
            evidence.append((f"dấu đánh ở {letters_of(ticked)}", ticked))
        true = frozenset(place for place, option in enumerate(all_of) if option.truth)
        if all(option.truth is not None for option in all_of) or (true and len(true) < len(all_of)):
            evidence.append((f"chữ (Đúng) ở {letters_of(true) or 'không phương án nào'}", true))
        unknown = [f"{said}" for said, answer in answers if answer.unknown or answer.text or answer.truth is not None]
        evidence += [(said, answer.places) for said, answer in answers if answer.places]
        words = {text.casefold().strip(" .") for text in texts}
        kind = Kind.TRUE_FALSE if words == {"đúng", "sai"} and len(texts) == 2 else Kind.SINGLE
        if len(true) > 0 and all(option.truth is not None for option in all_of) and len(all_of) > 2:
            self.warn(
                Column.KIND,
                "statements",
                "Các ý Đúng/Sai được đọc thành một câu chọn các ý đúng; hãy xem lại lời câu hỏi.",
            )
        if unknown:
            self.note(
                Column.KEY,
                "bad_key",
                f"Không hiểu đáp án: {'; '.join(unknown)}, mà câu không có phương án như vậy; hãy chọn đáp án.",
            )
            return kind, frozenset(), {}
        if len({places for _, places in evidence}) > 1:
            both = "; ".join(said for said, _ in evidence)
            self.note(Column.KEY, "conflicting_keys", f"Các dấu đáp án trái nhau: {both}; hãy chọn đáp án đúng.")
            return kind, frozenset(), {}
        if looks.unclear:
            if not any(answer.places for _, answer in answers):
                self.note(
                    Column.KEY, "unclear_key", f"Dấu đáp án không rõ: {'; '.join(looks.unclear)}; hãy chọn đáp án đúng."
                )
                return kind, frozenset(), {}
            self.warn(Column.KEY, "unclear_key", f"Ngoài đáp án đã ghi, {'; '.join(looks.unclear)}; hãy xem lại.")
        if not evidence or not evidence[0][1]:
            self.missing(all_of)
            return kind, frozenset(), {}
        key = evidence[0][1]
        if len(key) > 1 and kind is Kind.SINGLE:
            kind = Kind.MULTIPLE
            if len(key) == len(texts) - 1 and len(texts) > 2 and not answers:
                self.warn(
                    Column.KEY,
                    "many_marked",
                    f"Có {len(key)} trong {len(texts)} phương án được đánh dấu là đúng; hãy xem lại.",
                )
        return kind, key, {}

    def missing(self, options: Sequence[object]) -> None:
        if self.doubled:
            text = f"Có nhiều câu số {self.segment.number} nên không rõ bảng đáp án nói câu nào; cần chọn đáp án."
        else:
            text = "Chưa thấy đáp án nào được đánh dấu; cần chọn đáp án."
        self.note(Column.KEY, "missing_key", text)

    def key_in_words(
        self, stem: str, answers: list[tuple[str, Answer]], truth: bool | None
    ) -> tuple[Kind, frozenset[int], Mapping[str, Any]]:
        """A question without options: true or false, a short text, or an essay where the heading says so."""
        truths = [(f"cuối câu ghi ({'Đúng' if truth else 'Sai'})", truth)] if truth is not None else []
        truths += [(said, answer.truth) for said, answer in answers if answer.truth is not None]
        texts = [(said, answer.text) for said, answer in answers if answer.text]
        if len({value for _, value in truths}) > 1 or (truths and texts) or len({value for _, value in texts}) > 1:
            both = "; ".join(said for said, _ in [*truths, *texts])
            self.note(Column.KEY, "conflicting_keys", f"Các dấu đáp án trái nhau: {both}; hãy chọn đáp án đúng.")
            return (
                (Kind.TRUE_FALSE if truths else Kind.SHORT_TEXT),
                frozenset(),
                {} if truths else {"accepted": [], "accents": False},
            )
        if truths:
            return Kind.TRUE_FALSE, frozenset({0 if truths[0][1] else 1}), {}
        if self.segment.form == "essay":
            self.said.explanation += [text for _, text in texts]
            return Kind.ESSAY, frozenset(), {}
        if texts:
            text = clean_text(texts[0][1]).strip(" .;")
            if re.fullmatch(r"\(?[A-Ha-h]\)?(?:\s*[,;và]+\s*[A-Ha-h])*", text):
                self.note(
                    Column.A,
                    "missing_options",
                    f"Đáp án là “{text}” mà không thấy các phương án; hãy ghi các phương án.",
                )
                return Kind.SINGLE, frozenset(), {}
            return (
                Kind.SHORT_TEXT,
                frozenset(),
                {"accepted": [part.strip() for part in text.split("|") if part.strip()], "accents": False},
            )
        if self.segment.form == "truth" or ASKS_TRUTH.search(stem.casefold().replace("đúng", "dung")):
            self.missing(())
            return Kind.TRUE_FALSE, frozenset(), {}
        self.missing(())
        return Kind.SINGLE, frozenset(), {}

    def source(self, stem: str) -> tuple[str, str, str, str]:
        """Document, article, other source, and the stem without the law that stood in brackets behind it."""
        if self.said.source:
            text = unwrapped(clean_text(" ".join(self.said.source)))
            law = law_in(text)
            return (*law, "", stem) if law else ("", "", text, stem)
        if found := law_at_end(stem):
            return (*found[1], "", found[0])
        if self.said.explanation and (found := law_at_end(clean_text(self.said.explanation[-1]))):
            return (*found[1], "", stem)
        if self.said.explanation and (law := law_in(clean_text(self.said.explanation[0]))):
            return (*law, "", stem)
        return "", "", "", stem


def _is_only_points(text: str) -> bool:
    return re.fullmatch(r"[\s(]*[\d.,]+\s*(?:điểm|đ)?[\s).]*", text) is not None
