"""Keep what members agree to: the rules page, word for word, at the opening and after everything that changes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Member
from contests.models import Contest, ContestEvent, RulesVersion
from contests.queries.rules_page import Text, hash_of, newest_rules, texts_of


def keep_rules(contest: Contest, *, by: Member | None, now: datetime, reason: str = "") -> RulesVersion | None:
    """A new version where the page says something else than the newest; the newest where it does not. None for a draft.

    Call at the end of an act on the contest, within its transaction and under its lock on the contest.
    """
    if contest.state == Contest.State.DRAFT:
        return None
    contest = Contest.objects.select_related("organizer", "audience").get(pk=contest.pk)  # as the act has left it
    vi, en = texts_of(contest)
    before, text_hash = newest_rules(contest), hash_of(vi, en)
    if before is not None and before.text_hash == text_hash:
        return before
    version = RulesVersion.objects.create(
        contest=contest, number=before.number + 1 if before else 1, vi=vi, en=en, text_hash=text_hash, reason=reason,
        changes=[*_changes("vi", before.vi, vi), *_changes("en", before.en, en)] if before else [], made_at=now, made_by=by,
    )  # fmt: skip
    detail = {"number": version.number, "sha256": text_hash, "reason": reason}
    ContestEvent.objects.create(contest=contest, what="rules_published", detail=detail, actor=by)
    return version


def _changes(language: str, before: Text, after: Text) -> list[dict[str, Any]]:
    """Section by section the paragraphs that are gone and those that are new."""
    old, new = dict(before), dict(after)
    found = []
    for title in [*new, *(title for title in old if title not in new)]:
        gone = [line for line in old.get(title, []) if line not in new.get(title, [])]
        added = [line for line in new.get(title, []) if line not in old.get(title, [])]
        if gone or added:
            found.append({"language": language, "section": title, "before": gone, "after": added})
    return found
