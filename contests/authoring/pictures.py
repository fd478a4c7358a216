"""A picture for the stem of a question: bytes of anybody in, bytes of our own out. No Django, no file names, no network.

What comes in is decoded to pixels and written anew, so that nothing of the file itself is ever served: no script behind a
JPEG, no place where it was taken, no second picture in its metadata. Size is decided from the header, before a pixel is read.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from contests.authoring.guard import FileRefused

MAX_BYTES = 5 * 2**20
MAX_PIXELS = 25_000_000
MAX_WIDTH, MAX_HEIGHT = 1280, 2560  # of what is kept
LEAST = 16  # a side; below it is a spacer or a bullet of a document
SMALL = 20_000  # bytes that nobody waits for
FEW_COLOURS = 256  # a drawing: kept sharp, and small as PNG
READ = ("JPEG", "PNG", "WEBP", "GIF")

# Our own limit is lower and asks the header; Pillow's warning would only go to a log.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

_SAVE_AS = "Hãy mở hình bằng phần mềm xem ảnh, lưu lại thành JPG hoặc PNG rồi chọn lại."
# What a file begins with (from which byte), and what to tell who sends it. Only what is read is decoded at all.
_KNOWN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"II*\0", f"Hình TIFF không dùng được. {_SAVE_AS}"),
    (0, b"MM\0*", f"Hình TIFF không dùng được. {_SAVE_AS}"),
    (0, b"BM", f"Hình BMP không dùng được. {_SAVE_AS}"),
    (0, b"\xd7\xcd\xc6\x9a", "Hình vẽ WMF của Word không dùng được. Hãy chụp màn hình hình vẽ ấy và lưu thành PNG."),
    (0, b"\x01\0\x09\0\0\x03", "Hình vẽ WMF của Word không dùng được. Hãy chụp màn hình hình vẽ ấy và lưu thành PNG."),
    (40, b" EMF", "Hình vẽ EMF của Word không dùng được. Hãy chụp màn hình hình vẽ ấy và lưu thành PNG."),
    (4, b"ftypavif", f"Hình AVIF không dùng được. {_SAVE_AS}"),
    (4, b"ftyphei", "Hình HEIC của iPhone không dùng được. Hãy chụp màn hình bức ảnh, hoặc lưu lại thành JPG rồi chọn lại."),
    (4, b"ftyphev", "Hình HEIC của iPhone không dùng được. Hãy chụp màn hình bức ảnh, hoặc lưu lại thành JPG rồi chọn lại."),
    (4, b"ftypmif1", "Hình HEIC của iPhone không dùng được. Hãy chụp màn hình bức ảnh, hoặc lưu lại thành JPG rồi chọn lại."),
    (0, b"%PDF", "Đây là tệp PDF. Hãy chụp màn hình phần cần dùng và lưu thành PNG."),
)  # fmt: skip
_SVG = "Hình SVG không dùng được vì có thể chứa mã chạy. Hãy xuất hình thành PNG rồi chọn lại."
_BEGINS = {
    "JPEG": (b"\xff\xd8\xff",),
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "WEBP": (b"RIFF",),
    "GIF": (b"GIF87a", b"GIF89a"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """What is kept: pixels that we have written ourselves. `form` is "webp" or "png"; `sha256` is that of `data`, in hex."""

    data: bytes
    form: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """The same picture has the same, whatever its file once carried besides."""
        return hashlib.sha256(self.data).hexdigest()


def clean_picture(data: bytes) -> Picture:
    """The first frame of a JPEG, PNG, WebP or GIF, upright, at most 1280 pixels wide, without metadata.

    Raises `FileRefused` with advice for everything else; what the file is called plays no part.
    """
    _refuse_at_sight(data)
    try:
        with Image.open(io.BytesIO(data), formats=READ) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise FileRefused(*_too_many(width, height))
            if min(width, height) < LEAST:
                raise FileRefused(
                    "too_small", f"Hình chỉ có {width} × {height} điểm ảnh, không xem được. Hãy chọn hình lớn hơn."
                )
            return _written(_pixels(image))
    except FileRefused:
        raise
    except Image.DecompressionBombError as error:
        raise FileRefused(
            "too_many_pixels", f"Hình có hơn {MAX_PIXELS // 10**6} triệu điểm ảnh. Hãy thu nhỏ hình rồi chọn lại."
        ) from error
    except Exception as error:  # Pillow raises a dozen kinds for bytes that lie; all mean the same to the author
        raise FileRefused("broken_image", f"Hình bị hỏng hoặc thiếu một phần. {_SAVE_AS}") from error


def _refuse_at_sight(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise FileRefused("too_big", f"Hình lớn hơn {MAX_BYTES // 2**20} MB. Hãy thu nhỏ hình rồi chọn lại.")
    if not data:
        raise FileRefused("empty_image", "Tệp hình rỗng. Hãy chọn lại hình.")
    for place, mark, text in _KNOWN:
        if data[place : place + len(mark)] == mark:
            raise FileRefused("image_kind", text)
    begins = any(data.startswith(mark) for marks in _BEGINS.values() for mark in marks)
    if not begins:
        if b"<svg" in data[:4096].lower():
            raise FileRefused("svg", _SVG)
        raise FileRefused("not_an_image", "Tệp này không phải là hình JPG, PNG, WebP hay GIF. Hãy chọn tệp hình.")


def _too_many(width: int, height: int) -> tuple[str, str]:
    return (
        "too_many_pixels",
        f"Hình có {width} × {height} điểm ảnh, nhiều hơn {MAX_PIXELS // 10**6} triệu. Hãy thu nhỏ hình rồi chọn lại.",
    )


def _pixels(image: Image.Image) -> Image.Image:
    """The first frame alone: upright, scaled down, in RGB, or RGBA where something shows through."""
    if image.format == "JPEG":
        image.draft("RGB", (2 * MAX_WIDTH, 2 * MAX_HEIGHT))  # a big photo is decoded at a fraction of its memory
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    plain: Image.Image = image
    if image.mode.startswith("I"):  # 16 bits a channel; a plain conversion would cut, not scale
        plain = image.point(lambda value: value / 256).convert("RGB")
    elif image.mode not in ("RGB", "RGBA"):
        shows = image.mode in ("LA", "PA", "RGBa", "La") or "transparency" in image.info
        plain = image.convert("RGBA" if shows else "RGB")
    elif "transparency" in image.info:
        plain = image.convert("RGBA")
    plain.thumbnail((MAX_WIDTH, MAX_HEIGHT), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if plain.mode == "RGBA" and plain.getchannel("A").getextrema() == (255, 255):
        return plain.convert("RGB")
    return plain


def _written(pixels: Image.Image) -> Picture:
    """A drawing as PNG, everything else as WebP, from pixels alone: `info` of the old file is left behind."""
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    webp = io.BytesIO()
    bare.save(webp, "WEBP", quality=80, method=4)
    if bare.getcolors(FEW_COLOURS) is not None:
        png = io.BytesIO()
        bare.save(png, "PNG", optimize=True)
        if len(png.getvalue()) <= max(SMALL, 2 * len(webp.getvalue())):  # a grey photo has few colours too
            return Picture(png.getvalue(), "png", *bare.size)
    return Picture(webp.getvalue(), "webp", *bare.size)
