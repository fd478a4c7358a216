"""Pages of a PDF as people and phones read them."""

import pypdfium2 as pdfium
import zxingcpp


def text_of(pdf: bytes, page: int = 0) -> str:
    """The words of a page in reading order, lines joined by spaces."""
    return " ".join(pdfium.PdfDocument(pdf)[page].get_textpage().get_text_bounded().split())


def scanned(pdf: bytes, page: int = 0) -> str:
    """What a phone reads off the printed page."""
    image = pdfium.PdfDocument(pdf)[page].render(scale=150 / 72).to_pil()
    [found] = zxingcpp.read_barcodes(image)
    return found.text
