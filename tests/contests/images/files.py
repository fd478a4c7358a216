"""Picture files as people send them, honest and not."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw


def drawing(width: int = 400, height: int = 300, mode: str = "RGB", colour: Any = "white") -> Image.Image:
    """A few lines on a plain ground."""
    image = Image.new(mode, (width, height), colour)
    ImageDraw.Draw(image).rectangle(
        (10, 10, width - 11, height - 11), outline="black" if mode in ("RGB", "RGBA") else 1
    )
    return image


def photo(width: int = 400, height: int = 300) -> Image.Image:
    """Many colours."""
    noise = [Image.effect_noise((width, height), 60 + 20 * band) for band in range(3)]
    return Image.merge("RGB", noise)


def saved(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    """The bytes of a file of that form."""
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header announces any size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def with_place_and_maker() -> bytes:
    """A photo that says where it was taken and by whom."""
    exif = Image.Exif()
    exif[0x010F] = "MayAnhCuaToi"
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (21.0, 1.0, 42.0)
    return saved(photo(), "JPEG", exif=exif, comment=b"binh luan kin", icc_profile=b"ho so mau" * 50)
