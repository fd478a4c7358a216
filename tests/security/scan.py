"""Looks for a secret in bytes, in whatever clothes it left: escaped, percent-encoded, base64, hex, compressed, and mixed.

It does not look for encodings of the secret but takes off what may be an encoding, again and again, and looks at what
comes out. So one rule finds `base64(gzip(json))` too.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import zlib
from collections.abc import Iterator, Sequence
from urllib.parse import unquote_to_bytes

DEPTH = 4  # clothes over clothes
LARGEST = 2_000_000  # bytes that a compressed piece may come to

ESCAPE = re.compile(rb"\\+(?:u\{?0{0,2}([0-9a-fA-F]{2,4})\}?|x([0-9a-fA-F]{2})|([0-7]{3}))")
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
HEX = re.compile(rb"(?:[0-9a-fA-F][ :]?){16,}")
ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")


def ways(content: bytes, secret: bytes) -> list[str]:
    """How the secret stands in the content: `plain`, `base64`, `base64+zlib` …; empty if it does not."""
    return ways_of_each(content, [secret])[secret]


def ways_of_each(content: bytes, secrets: Sequence[bytes]) -> dict[bytes, list[str]]:
    """`ways` of several secrets; the clothes are taken off once."""
    found: dict[bytes, set[str]] = {secret: set() for secret in secrets}
    for way, view in views(content):
        lower = view.lower()
        for secret in secrets:
            if secret.lower() in lower:
                found[secret].add(way)
    return {secret: sorted(said) for secret, said in found.items()}


def views(content: bytes, way: str = "", depth: int = DEPTH) -> Iterator[tuple[str, bytes]]:
    """The content and all that can be made of it by taking clothes off, with the way there."""
    yield way or "plain", content
    if not depth:
        return
    for name, found in _undressed(content):
        yield from views(found, f"{way}+{name}" if way else name, depth - 1)


def _undressed(content: bytes) -> Iterator[tuple[str, bytes]]:
    for name, read in (("html", _html), ("percent", unquote_to_bytes), ("escape", _escapes), ("utf-16", _utf16)):
        found = read(content)
        if found != content:
            yield name, found
    # All runs of one alignment are one view: the number of views stays small however long a page is.
    runs = BASE64.findall(content)
    for alignment in range(4):
        if found := b"\n".join(filter(None, (_base64(run[alignment:]) for run in runs))):
            yield "base64", found
    runs = [re.sub(rb"[ :]", b"", run) for run in HEX.findall(content)]
    for alignment in range(2):
        if found := b"\n".join(filter(None, (_hex(run[alignment:]) for run in runs))):
            yield "hex", found
    for start in ZLIB.finditer(content):
        if found := _inflated(content[start.start() :], 47):
            yield "zlib", found
    if found := _inflated(content, -15):
        yield "deflate", found


def _html(content: bytes) -> bytes:
    return html.unescape(content.decode("latin-1")).encode("latin-1", "replace") if b"&" in content else content


def _escapes(content: bytes) -> bytes:
    def one(match: re.Match[bytes]) -> bytes:
        wide, narrow, octal = match.groups()
        return chr(int(octal, 8) if octal else int(wide or narrow, 16)).encode("latin-1", "replace")

    return ESCAPE.sub(one, content)


def _utf16(content: bytes) -> bytes:
    return content.replace(b"\0", b"")


def _base64(run: bytes) -> bytes:
    """One letter too many says nothing; two or three are a last byte or two whose padding was left out."""
    whole = run[:-1] if len(run) % 4 == 1 else run + b"=" * (-len(run) % 4)
    try:
        return base64.b64decode(whole.translate(bytes.maketrans(b"-_", b"+/")))
    except binascii.Error:
        return b""


def _hex(run: bytes) -> bytes:
    return bytes.fromhex(run[: len(run) // 2 * 2].decode())


def _inflated(content: bytes, wbits: int) -> bytes:
    try:
        return zlib.decompressobj(wbits).decompress(content, LARGEST)
    except zlib.error:
        return b""
