"""What other rooms wish to hear of accounts. They register at app ready; accounts imports none of them."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import Member

# Called after commit when the name that a public board may show has changed: consent given or withdrawn, name corrected.
on_public_name_changed: list[Callable[[Member], None]] = []


def public_name_changed(member: Member) -> None:
    """Tell everyone who registered."""
    for listener in on_public_name_changed:
        listener(member)
