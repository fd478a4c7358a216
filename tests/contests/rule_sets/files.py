"""Where the rule sets are: those of real contests, which users may load, and ours, which cover every setting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
REAL = sorted((ROOT / "contests/demo/rule_sets").glob("*.json"))
OWN = sorted((ROOT / "tests/contests/rule_sets").glob("own-*.json"))
ALL = [*REAL, *OWN]


def raw(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))
