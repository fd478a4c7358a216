"""How long work says how far it is: it is given a function to call now and then, and need not know who listens."""

from __future__ import annotations

from collections.abc import Callable

Told = Callable[[int, int], None]  # so much, of so much


def nobody(done: int, total: int) -> None:
    """For work that nobody watches."""
