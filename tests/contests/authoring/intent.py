"""Files as people have them, each with what its author meant: "x.gift" beside "x.gift.json".

The JSON was written from the intent, not from what a reader said: {"questions": [{"kind", "stem", "options", "key", …}], "unused":
[text, …], "refused": code}. A question may name any field of a draft besides, `spec` and the codes of `problems` and `warnings`;
what it does not name is not compared. Codes, topics and sources that a file lacks are filled in later and count as no problem.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contests.authoring.draft import ImportReading, QuestionDraft
from contests.authoring.reading import read_questions

FOLDER = Path(__file__).parent / "corpus"
FILLED_IN_LATER = {"missing_code", "missing_topic", "missing_source"}


@dataclass(frozen=True)
class Case:
    """A file and what it means."""

    path: Path
    expected: dict[str, Any]

    @property
    def name(self) -> str:
        """Folder and file."""
        return str(self.path.relative_to(FOLDER))

    def reading(self) -> ImportReading:
        """The file as the platform reads it."""
        return read_questions(self.path.read_bytes(), self.path.name)


def cases(folder: str = "") -> list[Case]:
    """Every file of the corpus, or of one folder, that has its meaning beside it."""
    return [
        Case(path.with_suffix(""), json.loads(path.read_text(encoding="utf-8")))
        for path in sorted((FOLDER / folder).rglob("*.json"))
    ]


def found(reading: ImportReading) -> list[dict[str, Any]]:
    """Every question of the reading in the form of the JSON, in the order of the file."""
    problems, warnings = _codes(reading.problems), _codes(reading.warnings)
    every = sorted((*reading.drafts, *reading.faulty), key=lambda draft: draft.row)
    return [
        _plain(draft) | {"problems": problems.get(draft.row, []), "warnings": warnings.get(draft.row, [])}
        for draft in every
    ]


def _codes(findings: Any) -> dict[int, list[str]]:
    codes: dict[int, list[str]] = {}
    for finding in findings:
        if finding.code not in FILLED_IN_LATER:
            codes.setdefault(finding.row, []).append(finding.code)
    return {row: sorted(set(found)) for row, found in codes.items()}


def _plain(draft: QuestionDraft) -> dict[str, Any]:
    plain = {name: getattr(draft, name) for name in draft.__dataclass_fields__}
    dates = {name: plain[name] and plain[name].isoformat() for name in ("valid_from", "valid_to")}
    return plain | dates | {
        "kind": str(draft.kind), "difficulty": str(draft.difficulty), "options": list(draft.options), "key": sorted(draft.key),
        "pinned": sorted(draft.pinned), "spec": dict(draft.spec), "source": list(draft.source),
    }  # fmt: skip


@dataclass
class Tally:
    """How many questions were meant, found and right, and the same for keys."""

    meant: int = 0
    found: int = 0
    questions_right: int = 0
    keys_right: int = 0

    def add(self, expected: list[dict[str, Any]], reading: list[dict[str, Any]]) -> None:
        """Count one file: a question is right by kind, stem and options, its key by key and spec besides."""
        self.meant += len(expected)
        self.found += len(reading)
        rest = list(reading)
        for wanted in expected:
            same = next((one for one in rest if _as_question(one) == _as_question(wanted)), None)
            if same is not None:
                rest.remove(same)
                self.questions_right += 1
                self.keys_right += _as_key(same, wanted) == _as_key(wanted, wanted)

    def figures(self) -> dict[str, float]:
        """Recall and precision, of questions and of keys."""
        return {
            "recall": self.questions_right / self.meant,
            "precision": self.questions_right / self.found,
            "keys_recall": self.keys_right / self.meant,
            "keys_precision": self.keys_right / self.found,
        }


def _as_question(one: dict[str, Any]) -> tuple[Any, ...]:
    return one["kind"], one["stem"], tuple(one.get("options", ()))


def _as_key(one: dict[str, Any], wanted: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(one.get("key", ())), one.get("spec", {}) if "spec" in wanted else None
