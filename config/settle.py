"""The end of a server's start: what is loaded now stays, and Python's collector looks at it no more."""

from __future__ import annotations

import gc

from django.urls import get_resolver


def settle() -> None:
    """Load the addresses and every view behind them, then freeze the heap. Called last, once, by what a server runs.

    A full pass of the collector walks every object and stops everything else meanwhile: 100 to 170 ms with all of Django
    loaded, every few thousand answers, which made the slowest answers in a hundred ten times slower (docs/decisions/0001).
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
