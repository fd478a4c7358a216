"""Pictures that come inside a question file: named by us, in kinds that browsers show. Their bytes stay as they came."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import unquote

MAX_IMAGES = 500
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"), (b"RIFF", "webp"),
)  # fmt: skip


class Pictures:
    """The pictures of a file, collected while it is read."""

    def __init__(self) -> None:
        self.images: dict[str, bytes] = {}

    def keep(self, data: bytes) -> str | None:
        """The name under which the bytes are kept; None for what is no picture, or one too many."""
        ending = next((ending for magic, ending in _MAGIC if data.startswith(magic)), None)
        if ending is None or (ending == "webp" and data[8:12] != b"WEBP"):
            return None
        for name, known in self.images.items():
            if known == data:
                return name
        if len(self.images) >= MAX_IMAGES:
            return None
        name = f"anh-{len(self.images) + 1}.{ending}"
        self.images[name] = data
        return name

    def named(self, source: str, files: Mapping[str, str]) -> str | None:
        """The picture behind an address: a file that came along (base64), or the address itself holds it. Nothing is fetched."""
        if source.startswith("data:image/"):
            head, _, body = source.partition(",")
            return self.keep(_unpacked(body)) if head.endswith(";base64") else None
        if not source.startswith("@@PLUGINFILE@@/"):
            return None
        path = unquote(source.removeprefix("@@PLUGINFILE@@/").partition("?")[0])
        packed = files.get(path, files.get(path.rpartition("/")[2]))
        return None if packed is None else self.keep(_unpacked(packed))


def _unpacked(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
