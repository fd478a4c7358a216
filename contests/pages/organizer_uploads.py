"""Question files between preview and confirmation: kept on the server, outside every address, for the session that sent them.

The browser holds only a random name. A file is found again through the session that uploaded it, for the bank it was
meant for, within a day, and only if its bytes are the ones that were previewed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from accounts.names import normalise_name
from contests.models import Bank

LIVES = 24 * 3600  # seconds
AT_ONCE = 5  # files a session may have waiting
_KEY = "question_files"


@dataclass(frozen=True, slots=True)
class HeldFile:
    """An uploaded file that waits for its confirmation."""

    filename: str
    data: bytes


def hold(session: SessionBase, bank: Bank, filename: str, data: bytes) -> str:
    """Keep a file; the name under which this session finds it again. Old files of everybody are swept out on the way."""
    _sweep()
    token = secrets.token_urlsafe(18)
    descriptor = os.open(_path(token), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        target.write(data)
    waiting = dict(session.get(_KEY, {}))
    while len(waiting) >= AT_ONCE:
        _remove(min(waiting, key=lambda each: waiting[each]["at"]), waiting)
    waiting[token] = {
        "bank": str(bank.public_id), "filename": normalise_name(filename)[-200:], "sha256": hashlib.sha256(data).hexdigest(),
        "at": time.time(),
    }  # fmt: skip
    session[_KEY] = waiting
    return token


def find(session: SessionBase, bank: Bank, token: str) -> HeldFile | None:
    """The file that this session holds for this bank under this name, or None."""
    note = session.get(_KEY, {}).get(token)
    if note is None or note["bank"] != str(bank.public_id) or time.time() - note["at"] > LIVES:
        return None
    try:
        data = _path(token).read_bytes()
    except OSError:  # swept out, or uploaded to another machine
        return None
    return HeldFile(note["filename"], data) if hashlib.sha256(data).hexdigest() == note["sha256"] else None


def drop(session: SessionBase, token: str) -> None:
    """Forget a file of this session."""
    waiting = dict(session.get(_KEY, {}))
    if token in waiting:
        _remove(token, waiting)
        session[_KEY] = waiting


def _remove(token: str, waiting: dict[str, dict[str, object]]) -> None:
    waiting.pop(token)
    with contextlib.suppress(OSError):
        _path(token).unlink()


def _path(token: str) -> Path:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{token}.xlsx"


def _sweep() -> None:
    for path in _path("x").parent.iterdir():
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > LIVES:
                path.unlink()
