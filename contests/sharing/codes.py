"""The QR code of a link, as SVG for screens and as PNG for slides and print shops."""

from __future__ import annotations

import io

import segno


def qr_svg(link: str) -> bytes:
    """An SVG without size tricks: black on white, quiet zone of four modules."""
    return _save(link, "svg", xmldecl=False, svgclass=None, lineclass=None, scale=8)


def qr_png(link: str) -> bytes:
    """At least a thousand pixels wide: sharp on A4."""
    return _save(link, "png", scale=32)


def qr_matrix(link: str, error: str = "q") -> list[list[bool]]:
    """The dark modules row by row, without the quiet zone: for those who draw it themselves."""
    return [[bool(module) for module in row] for row in _code(link, error).matrix]


def _code(link: str, error: str = "q") -> segno.QRCode:
    # Quartile correction: the poster hangs in a workshop, a torn corner must not make it useless.
    return segno.make(link, error=error, micro=False)


def _save(link: str, kind: str, **more: object) -> bytes:
    picture = io.BytesIO()
    _code(link).save(picture, kind=kind, border=4, light="#fff", dark="#000", **more)
    return picture.getvalue()
