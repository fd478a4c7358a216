"""Broken files for `fuzz`, made of good ones: by byte, by token, by structure; inside archives too. Everything comes from one seed."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Sequence

LARGEST = 300_000  # bytes of a mutated file; larger ones only cost time

TOKENS = (
    b"{", b"}", b"=", b"~", b"#", b"####", b"->", b"%50%", b"%-100000%", b"::", b"\\", b"//", b"$CATEGORY: ../../", b"[html]", b"[tag:", b"]",
    b"\n\n", b"\r", b"\r\n", b"\0", b"\t", b";", b",", b'"', b"'", b"|", b"___", b"ANSWER:", b"ANSWER: Z", b"A.", b"Z)", b"<", b">", b"</",
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"&#0;", b"&#xFFFF;", b"&nbsp;", b"<script>", b"<img src=x>",
    b"@@PLUGINFILE@@/x.png", b"http://127.0.0.1:9/x", b"file:///etc/passwd", b"{1:SHORTANSWER:=a}", b"{1:MC:=a~b}", b"TRUE", b"#1822:5", b"1..2",
    b"1e999", b"NaN", b"-1", b"99999999999999999999", b"0,5", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xc3", b"\xed\xa0\x80", b"\xcc\x81",
    "ĐÁP ÁN".encode(), "Câu 1:".encode(), "Đáp án: B".encode(), "Đúng".encode(), "\u202e".encode(), "\u00a0".encode(), b"=cmd|' /C calc'!A0",
)  # fmt: skip
_PIECES = re.compile(rb"[A-Za-z0-9\x80-\xff]+|\s+|.", re.DOTALL)
_TAGS = re.compile(rb"<[^<>]{0,200}>")


def mutated(lots: random.Random, seeds: Sequence[bytes]) -> bytes:
    """One broken file: one to six changes of a seed, sometimes crossed with another."""
    data = lots.choice(seeds)
    if data.startswith(b"PK\x03\x04") and lots.random() < 0.9:
        return _archive(lots, data)
    for _ in range(lots.choice((1, 1, 2, 3, 6))):
        data = lots.choice(_CHANGES)(lots, data, seeds)[:LARGEST]
    return data


def _bytes(lots: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    changed = bytearray(data or b" ")
    for _ in range(lots.choice((1, 2, 8))):
        at = lots.randrange(len(changed))
        changed[at : at + lots.choice((0, 1, 1, 4))] = lots.randbytes(lots.choice((0, 1, 1, 3)))
        changed = changed or bytearray(b" ")
    return bytes(changed)


def _token(lots: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    pieces = _PIECES.findall(data) or [b""]
    for _ in range(lots.choice((1, 3, 10))):
        at = lots.randrange(len(pieces))
        match lots.randrange(4):
            case 0:
                pieces[at] = lots.choice(TOKENS)
            case 1:
                pieces[at] += lots.choice(TOKENS)
            case 2:
                pieces[at] = b""
            case _:
                pieces[at] = (pieces[at] * lots.choice((2, 3, 50, 2000)))[:LARGEST]
    return b"".join(pieces)


def _lines(lots: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    lines = data.split(b"\n")
    here, there = sorted((lots.randrange(len(lines)), lots.randrange(len(lines))))
    match lots.randrange(5):
        case 0:
            del lines[here : there + 1]
        case 1:
            lines[here:here] = lines[here : there + 1] * lots.choice((1, 1, 5))
        case 2:
            part = lines[here : there + 1]
            lots.shuffle(part)
            lines[here : there + 1] = part
        case 3:
            other = lots.choice(seeds).split(b"\n")
            at = lots.randrange(len(other))
            lines[here:there] = other[at : at + 30]
        case _:
            lines[here] = (lines[here] * lots.choice((2, 10, 300)))[:LARGEST]
    return b"\n".join(lines)


def _tags(lots: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """Elements taken out, doubled, nested, unclosed."""
    found = list(_TAGS.finditer(data))
    if not found:
        return _lines(lots, data, seeds)
    one, other = lots.choice(found), lots.choice(found)
    first, last = sorted((one.start(), other.end()))
    match lots.randrange(4):
        case 0:
            return data[:first] + data[last:]
        case 1:
            return data[:last] + data[first:last] * lots.choice((1, 2, 20)) + data[last:]
        case 2:
            return data[: one.start()] + other[0] + data[one.end() :]
        case _:
            return data[: one.start()] + one[0] * lots.choice((2, 50, 1000)) + data[one.end() :]


def _encoding(lots: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(lots.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1258", "utf-32")), "replace")


def _cut(lots: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    at = lots.randrange(len(data) + 1)
    return data[:at] if lots.random() < 0.7 else data[at:]


_CHANGES = (_bytes, _token, _token, _token, _lines, _lines, _tags, _encoding, _cut)


def _archive(lots: random.Random, data: bytes) -> bytes:
    """One part of the archive broken, and packed again."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        telling = [
            name for name in names if re.search(r"document|sheet|shared|styles|numbering|workbook|footnotes", name)
        ]
        chosen = lots.choice(telling or names) if lots.random() < 0.9 else lots.choice(names)
        for name in names:
            part = old.read(name)
            if name == chosen:
                for _ in range(lots.choice((1, 2, 5))):
                    part = lots.choice((_token, _tags, _tags, _bytes, _cut))(lots, part, [part])[:LARGEST]
            if lots.random() > 0.005:
                new.writestr(name, part)
    return target.getvalue()
