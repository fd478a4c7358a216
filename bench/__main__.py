"""`python -m bench NAME [--quick] [options of its own]` runs one benchmark, `python -m bench list` names them.

A benchmark is a module of this package with a one-line docstring and `run(quick: bool) -> dict`, which returns "ours",
"baseline" and "ratio" (ours divided by baseline), each a flat dict of figures. The last line printed is one JSON object.
A benchmark that checks a promise may return "failed" too, a list of sentences: they go to standard error, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def main() -> None:
    """Run what the command line asks for."""
    options = argparse.ArgumentParser(prog="python -m bench")
    options.add_argument("name", help="a benchmark, or `list`")
    options.add_argument("--quick", action="store_true", help="a short run: shows that it works, not how fast it is")
    asked, rest = options.parse_known_args()
    known = benchmarks()
    if asked.name == "list":
        for name, line in known.items():
            print(f"{name:12} {line}")
        return
    if asked.name not in known:
        options.error(f"no benchmark {asked.name!r}; there are: {', '.join(known)}")
    module = importlib.import_module(f"bench.{asked.name}")
    own = argparse.ArgumentParser(prog=f"python -m bench {asked.name}")
    if hasattr(module, "add_options"):
        module.add_options(own)
    figures = module.run(quick=asked.quick, **vars(own.parse_args(rest)))
    result = {"bench": asked.name} | {part: figures.get(part, {}) for part in ("ours", "baseline", "ratio")}
    print(table(result))
    print(json.dumps(result, ensure_ascii=False), flush=True)
    if figures.get("failed"):
        sys.exit("\n".join(figures["failed"]))


def benchmarks() -> dict[str, str]:
    """Names and one-line docstrings of the modules here that can `run`; read, not imported: some need a database."""
    found = {}
    for path in sorted(FOLDER.glob("*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in module.body):
            found[path.stem] = (ast.get_docstring(module) or "").splitlines()[0]
    return found


def table(result: dict[str, Any]) -> str:
    """The figures side by side."""
    parts = ("ours", "baseline", "ratio")
    names = dict.fromkeys(name for part in parts for name in result[part])
    rows = [
        (str(result["bench"]), *parts),
        *((name, *(_shown(result[part].get(name)) for part in parts)) for name in names),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    )


def _shown(figure: Any) -> str:
    if figure is None:
        return ""
    if isinstance(figure, float):
        return f"{figure:,.3f}" if abs(figure) < 10 else f"{figure:,.1f}"
    return f"{figure:,}" if isinstance(figure, int) else str(figure)


if __name__ == "__main__":
    main()
