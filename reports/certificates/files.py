"""A file of many certificates: made in short books that lie on disk, then put together. Memory stays that of one short book.

PDFium serves one thread at a time, so whoever calls it holds the lock.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from threading import Lock

import pypdfium2 as pdfium
from PIL import Image

from reports.certificates.drawing import Book, Sheet

PAGES_A_BOOK = 250
_pdfium = Lock()


def write_pdf(path: Path, sheets: Iterable[Sheet], scratch: Path, step: Callable[[], None]) -> None:
    """One PDF of all. `step` is called for each page drawn, and may raise to stop."""
    books = [book for book, _ in _books(sheets, scratch, step)]
    with _pdfium:
        whole = pdfium.PdfDocument.new()
        try:
            for book in books:
                part = pdfium.PdfDocument(book)
                whole.import_pages(part)
                part.close()
                book.unlink()
            whole.save(path)
        finally:
            whole.close()


def write_zip(path: Path, sheets: Iterable[Sheet], scratch: Path, step: Callable[[], None]) -> None:
    """A zip with a PDF for each person, in folders by unit. Nothing is compressed twice."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as bundle:
        for book, inside in _books(sheets, scratch, step):
            with _pdfium:
                part = pdfium.PdfDocument(book)
                try:
                    for at, sheet in enumerate(inside):
                        bundle.writestr(_name(sheet), _page_alone(part, at))
                finally:
                    part.close()
            book.unlink()


def picture(pdf: bytes, width: int) -> bytes:
    """The first page as PNG, so many pixels wide."""
    with _pdfium:
        document = pdfium.PdfDocument(pdf)
        try:
            page = document[0]
            image: Image.Image = page.render(scale=width / page.get_width()).to_pil()
        finally:
            document.close()
    out = io.BytesIO()
    image.quantize(128).save(out, "PNG", optimize=True)
    return out.getvalue()


def _books(sheets: Iterable[Sheet], scratch: Path, step: Callable[[], None]) -> Iterable[tuple[Path, list[Sheet]]]:
    rest, number = iter(sheets), 0
    while inside := list(islice(rest, PAGES_A_BOOK)):
        book, number = Book(), number + 1
        for sheet in inside:
            book.add(sheet)
            step()
        path = scratch / f"{number:05}.pdf"
        path.write_bytes(book.write())
        yield path, inside


def _page_alone(book: pdfium.PdfDocument, at: int) -> bytes:
    alone = pdfium.PdfDocument.new()
    try:
        alone.import_pages(book, [at])
        out = io.BytesIO()
        alone.save(out)
        return out.getvalue()
    finally:
        alone.close()


def _name(sheet: Sheet) -> str:
    """Unit and person as every system takes them: no separators, no reserved signs, no long names; the serial keeps two apart."""
    unit, person = (_plain(text, most) for text, most in ((sheet.facts.unit, 80), (sheet.facts.name, 80)))
    return f"{unit or 'Khác'}/{sheet.serial.partition('/')[0]} {person}.pdf"


def _plain(text: str, most: int) -> str:
    return " ".join(re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', " ", text).split())[:most].strip(" .")
