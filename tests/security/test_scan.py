"""The scanner finds a secret in every coat that it claims to take off, and finds nothing where there is nothing."""

from __future__ import annotations

import base64
import gzip
import html
import json
import random
import zlib
from urllib.parse import quote

import pytest
from django.core import signing

from tests.security.scan import ways

SECRET = b"Zq7WxKeyCanary"
PAGE = b'<p class="a">&lt;\xc4\x90i\xe1\xbb\x81u 36</p> {"a": "b"} ' * 40


def _deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


COATS = {
    "plain": lambda text: text,
    "lower case": bytes.lower,
    "percent": lambda text: b"".join(b"%%%02X" % char for char in text),
    "percent twice": lambda text: quote(b"".join(b"%%%02x" % char for char in text)).encode(),
    "HTML": lambda text: html.escape("<" + text.decode() + ">").encode(),
    "HTML, decimal": lambda text: b"".join(b"&#%d;" % char for char in text),
    "HTML, hexadecimal": lambda text: b"".join(b"&#x%x;" % char for char in text),
    "JSON": lambda text: json.dumps("".join(map(chr, text))).encode(),
    "unicode": lambda text: b"".join(b"\\u%04x" % char for char in text),
    "unicode in JSON": lambda text: json.dumps("".join(f"\\u{char:04x}" for char in text)).encode(),
    "backslash x": lambda text: b"".join(b"\\x%02x" % char for char in text),
    "octal in a cookie": lambda text: b"".join(b"\\%03o" % char for char in text),
    "hex": lambda text: text.hex().encode(),
    "hex, odd": lambda text: b"f" + text.hex().upper().encode(),
    "hex with colons": lambda text: text.hex(":").encode(),
    **{f"base64, {n} before": lambda text, n=n: base64.b64encode(b"x" * n + text + b"y") for n in range(3)},
    **{f"base64 beside {n} letters": lambda text, n=n: b"k" * n + base64.b64encode(text) for n in range(4)},
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(b"\xff\xfe\xfb" + text),
    "UTF-16": lambda text: text.decode().encode("utf-16"),
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "deflate": _deflate,
    "base64 of gzip": lambda text: base64.b64encode(gzip.compress(text)),
    "a signed cookie": lambda text: signing.dumps({"text": text.decode()}, key="k").encode(),
    "a signed and packed cookie": lambda text: signing.dumps({"text": text.decode() * 30}, key="k", compress=True).encode(),
    "base64 of JSON of base64": lambda text: base64.b64encode(json.dumps({"t": base64.b64encode(text).decode()}).encode()),
}  # fmt: skip


@pytest.mark.parametrize("coat", COATS)
def test_it_is_found_in_every_coat(coat):
    dressed = COATS[coat](SECRET)

    alone = coat == "deflate"  # has no mark of its own where it begins
    assert ways(dressed if alone else PAGE + b'"' + dressed + b'"' + PAGE, SECRET)
    assert not ways(COATS[coat](SECRET[::-1]), SECRET)


def test_nothing_is_found_where_there_is_nothing():
    noise = random.Random(3).randbytes(20_000)

    for content in (b"", PAGE, noise, base64.b64encode(noise), noise.hex().encode(), gzip.compress(PAGE), SECRET[:-1]):
        assert ways(content, SECRET) == []


def test_it_says_how():
    assert ways(base64.b64encode(gzip.compress(SECRET)), SECRET) == ["base64+zlib"]
