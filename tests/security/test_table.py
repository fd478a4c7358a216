"""The table of docs/bad-input.md names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = ("B07", "B08", "B09", "B10", "B11", "B24", "B25", "B26", "B27", "B59", "B60", "F60")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def missing(text: str) -> list[str]:
    """Tests that the text names and nobody wrote."""
    return [f"{path}::{name}" for path, name in NAMED.findall(text) if name not in functions_of(ROOT / path)]


def functions_of(path: Path) -> set[str]:
    if not path.exists():
        return set()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, functions)}


def test_every_row_has_tests_and_each_of_them_exists():
    text = (ROOT / "docs/bad-input.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith("| ")}

    assert missing(text) == []
    assert [row for row in ROWS if not NAMED.search(rows.get(row, ""))] == []


def test_a_name_without_a_test_is_found():
    assert missing("`tests/security/test_table.py::test_nobody_wrote` `tests/none.py::test_x`") == [
        "tests/security/test_table.py::test_nobody_wrote",
        "tests/none.py::test_x",
    ]
