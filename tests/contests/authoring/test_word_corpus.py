"""Word files against what their authors meant: recall and precision of questions, options and keys; nothing dropped."""

import json
import re
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from contests.authoring.draft import ImportReading, QuestionDraft
from contests.authoring.reading import read_questions

FOLDERS = [Path(__file__).parent / "corpus" / name for name in ("word", "word-real")]
FILES = sorted(path for folder in FOLDERS for path in folder.glob("*.docx"))
LEFT_TO_THE_UPLOAD = {"missing_code", "missing_topic", "missing_source"}  # filled in for a whole file
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def reading_of(path: Path) -> ImportReading:
    return read_questions(path.read_bytes(), path.name)


def drafts_of(reading: ImportReading) -> list[QuestionDraft]:
    return sorted((*reading.drafts, *reading.faulty), key=lambda draft: draft.row)


def found_in(path: Path) -> list[dict[str, object]]:
    """The questions of a file in the form of its expectation, with everything that an expectation may name."""
    reading = reading_of(path)
    problems: dict[int, list[str]] = {}
    for problem in reading.problems:
        if problem.code not in LEFT_TO_THE_UPLOAD:
            problems.setdefault(problem.row, []).append(problem.code)
    return [
        {
            "stem": draft.stem,
            "options": list(draft.options),
            "key": sorted(draft.key),
            "kind": str(draft.kind),
            "label": draft.label,
            "topic": draft.topic,
            "difficulty": str(draft.difficulty),
            "explanation": draft.explanation,
            "document": draft.document,
            "article": draft.article,
            "other_source": draft.other_source,
            "accepted": draft.spec.get("accepted", []),
            "image": bool(draft.image),
            "problems": problems.get(draft.row, []),
        }
        for draft in drafts_of(reading)
    ]


def expected_of(path: Path) -> list[dict[str, object]]:
    return [{"problems": []} | one for one in json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_read_as_its_author_meant_it(path):
    expected, found = expected_of(path), found_in(path)

    assert [{name: one.get(name) for name in meant} for one, meant in zip(found, expected, strict=False)] == expected
    assert len(found) == len(expected)


def measure(paths) -> dict[str, tuple[int, int, int]]:
    """For questions, options and keys: right, expected, found. A key counts with its question and kind."""
    totals = {name: Counter() for name in ("questions", "options", "keys")}
    for path in paths:
        sides = []
        for one in (expected_of(path), found_in(path)):
            sides.append(
                {
                    "questions": Counter(q["stem"] for q in one),
                    "options": Counter((q["stem"], o) for q in one for o in q["options"]),
                    "keys": Counter(
                        (q["stem"], q["kind"], *q["key"], *q.get("accepted", []))
                        for q in one
                        if q["key"] or q.get("accepted")
                    ),
                }
            )
        for name, total in totals.items():
            meant, found = sides[0][name], sides[1][name]
            total.update(right=(meant & found).total(), meant=meant.total(), found=found.total())
    return {name: (total["right"], total["meant"], total["found"]) for name, total in totals.items()}


def test_recall_and_precision_over_the_corpus():
    figures = measure(FILES)

    for name, (right, meant, found) in figures.items():
        print(f"{name}: recall {right}/{meant} = {right / meant:.3f}, precision {right}/{found} = {right / found:.3f}")
    assert len(FILES) >= 40
    for right, meant, found in figures.values():
        assert right == meant == found > 0


def paragraphs_of(path: Path) -> list[str]:
    """Every visible piece of text of a file, cells and text boxes too, without anything of ours: a paragraph, or what of it stands
    between soft breaks, equations, signs of a font of their own and hidden text."""
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read("word/document.xml"))
    texts = []
    for paragraph in root.iter(f"{W}p"):
        text = ""
        for node in paragraph.iter():
            if node.tag == f"{W}t":
                text += node.text or ""
            elif node.tag in (f"{W}br", f"{W}vanish", f"{W}p") or node.tag.endswith("}oMath"):
                text += "\n"
            elif node.tag == f"{W}r" and any(
                "Wingdings" in (font.get(f"{W}ascii") or "") for font in node.iter(f"{W}rFonts")
            ):
                text += "\n"
                for sign in node.findall(f"{W}t"):
                    sign.text = ""
        texts += text.split("\n")
    return [plain for text in texts if (plain := bare(text))]


def bare(text: str) -> str:
    """Letters and figures only: how a text is spaced and normalised is not what this is about."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_paragraph_is_in_a_question_or_listed_as_unused(path):
    reading = reading_of(path)
    kept = [bare("".join(draft.source)) for draft in drafts_of(reading)] + [bare(line.text) for line in reading.unused]

    left_out = [text for text in paragraphs_of(path) if not any(text in one for one in kept)]

    assert left_out == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_rows_are_in_order_and_no_two_questions_share_one(path):
    reading = reading_of(path)
    rows = [draft.row for draft in drafts_of(reading)]

    assert reading.place == "đoạn"
    assert len(set(rows)) == len(rows)
    assert [line.row for line in reading.unused] == sorted(line.row for line in reading.unused)
