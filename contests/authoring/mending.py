"""What becomes of a file's drafts while people mend them: what all share is filled in, and everything is judged anew."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from contests.authoring.checks import check_file
from contests.authoring.draft import DraftReading, Problem, QuestionDraft
from contests.authoring.hints import warn_of_file, warn_of_question
from contests.authoring.reading import in_order, problems_of
from contests.told import Told, nobody

PREFIX = "CH-"  # of codes that we give; four digits follow
PICTURE = "Hình"  # where a finding about a picture stands
_OURS = re.compile(rf"{PREFIX}(\d{{4,9}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for every question of a file that says nothing of its own."""

    topic: str = ""
    document: str = ""
    article: str = ""
    other_source: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong and what is doubtful."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """The draft as it would be saved, and what is said of it: of itself, and of it among the others."""

    draft: QuestionDraft
    own: Findings
    all: Findings


def judge_held(
    held: Sequence[DraftReading],
    defaults: Defaults,
    taken: Iterable[str],
    known: Mapping[int, Findings],
    *,
    codeless: bool,
    place: str,
    told: Told = nobody,
) -> list[Judged]:
    """The drafts completed and judged, in their order. `taken` are the codes that the bank has, `known` by row what was found of
    drafts themselves under the same defaults, which is not looked for again. What a draft's reader could not make out stands
    in it until a person has mended the draft.

    Of a file that came `codeless` we give the codes that nobody has written, in the file's order: half a file without codes
    is a mistake, a file without any is a file from elsewhere. `place` is what the file's rows are called.
    """
    drafts = [filled(one.draft, defaults) for one in held]
    if codeless:
        numbers = itertools.count(next_number([*taken, *(draft.code for draft in drafts)]))
        drafts = [draft if draft.code else replace(draft, code=f"{PREFIX}{next(numbers):04d}") for draft in drafts]
    between, doubts = _by_row(check_file(drafts, place)), _by_row(warn_of_file(drafts, place))
    judged = []
    for one, draft in zip(held, drafts, strict=True):
        told(len(judged), len(drafts))
        own = known.get(draft.row) or _own(replace(one, draft=draft))
        found = Findings(
            in_order([*own.problems, *between.get(draft.row, ())]),
            in_order([*own.warnings, *doubts.get(draft.row, ())]),
        )
        judged.append(Judged(draft, own, found))
    return judged


def _own(reading: DraftReading) -> Findings:
    wordless = []
    if reading.draft.image and not reading.draft.image_alt:
        text = "Câu có hình. Hãy mô tả hình bằng lời, để người không thấy hình vẫn làm được câu này."
        wordless.append(Problem(reading.draft.row, PICTURE, "missing_alt", text))
    return Findings((*problems_of(reading), *wordless), (*reading.warnings, *warn_of_question(reading.draft)))


def filled(draft: QuestionDraft, defaults: Defaults) -> QuestionDraft:
    """The draft with the file's topic and source where it has none of its own; half a source is not completed."""
    if not draft.topic:
        draft = replace(draft, topic=defaults.topic)
    if not (draft.document or draft.article or draft.other_source):
        draft = replace(draft, document=defaults.document, article=defaults.article, other_source=defaults.other_source)
    return draft


def without_fillings(draft: QuestionDraft, before: QuestionDraft, shown: QuestionDraft) -> QuestionDraft:
    """A mended draft without what was only filled in when it was shown: what nobody wrote is not kept as written."""
    names = ("code", "topic", "document", "article", "other_source")
    return replace(
        draft,
        **{name: "" for name in names if not getattr(before, name) and getattr(draft, name) == getattr(shown, name)},
    )


def next_number(taken: Iterable[str]) -> int:
    """The first number after those of the codes that we gave."""
    return max((int(found[1]) for code in taken if (found := _OURS.fullmatch(code))), default=0) + 1


def _by_row(findings: Iterable[Problem]) -> Mapping[int, list[Problem]]:
    found: defaultdict[int, list[Problem]] = defaultdict(list)
    for finding in findings:
        found[finding.row].append(finding)
    return found
