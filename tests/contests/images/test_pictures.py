"""Bytes of anybody in, bytes of our own out (B42, B43, B45 of the bad-input list)."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from contests.authoring.guard import FileRefused
from contests.authoring.pictures import MAX_BYTES, MAX_HEIGHT, MAX_WIDTH, clean_picture
from tests.contests.images.files import drawing, photo, png_that_claims, saved, with_place_and_maker


def opened(picture):
    return Image.open(io.BytesIO(picture.data))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_what_is_read(form):
    picture = clean_picture(saved(drawing(), form))

    kept = opened(picture)
    assert (
        (kept.format.lower(), kept.size)
        == (picture.form, (400, 300))
        == (picture.form, (picture.width, picture.height))
    )


def test_a_drawing_becomes_png_and_a_photo_webp():
    assert clean_picture(saved(drawing(), "GIF")).form == "png"
    assert clean_picture(saved(photo(), "PNG")).form == "webp"


@pytest.mark.parametrize(
    ("size", "kept"), [((3000, 1500), (1280, 640)), ((1280, 700), (1280, 700)), ((500, 5000), (256, 2560))]
)
def test_wide_and_high_pictures_are_scaled_down_in_proportion(size, kept):
    picture = clean_picture(saved(drawing(*size)))

    assert (picture.width, picture.height) == kept
    assert picture.width <= MAX_WIDTH
    assert picture.height <= MAX_HEIGHT


def test_nothing_of_the_file_itself_is_kept():
    """Where it was taken, by whom, what was written into it; and it stands upright."""
    data = with_place_and_maker()
    assert all(mark in data for mark in (b"MayAnhCuaToi", b"binh luan kin", b"ho so mau"))

    picture = clean_picture(data)

    assert (picture.width, picture.height) == (300, 400)
    kept = opened(picture)
    assert (dict(kept.getexif()), kept.info.get("icc_profile"), kept.info.get("comment")) == ({}, None, None)
    assert not any(mark in picture.data for mark in (b"MayAnhCuaToi", b"binh luan kin", b"ho so mau", b"Exif", b"ICCP"))


def test_text_of_a_png_is_left_behind():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "dap an la B")
    info.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>dap an la B</x:xmpmeta>")

    assert b"dap an" not in clean_picture(saved(drawing(), "PNG", pnginfo=info)).data


def test_a_page_behind_a_picture_is_left_behind():
    """A polyglot: a JPEG to one program, a page with a script to another."""
    data = saved(photo(), "JPEG") + b"<html><script>alert(1)</script></html>"

    assert b"script" not in clean_picture(data).data


def test_only_the_first_frame_of_an_animation_is_kept():
    frames = [drawing(colour=colour) for colour in ("red", "green", "blue")]
    for form in ("GIF", "WEBP", "PNG"):
        data = saved(frames[0], form, save_all=True, append_images=frames[1:], duration=50)
        picture = clean_picture(data)
        kept = opened(picture)
        assert getattr(kept, "n_frames", 1) == 1
        red, green, blue = kept.convert("RGB").getpixel((200, 150))
        assert red > 200 > 60 > max(green, blue)


@pytest.mark.parametrize("mode", ["CMYK", "L", "1", "P", "LA", "I;16", "RGBA"])
def test_every_kind_of_pixels_is_read(mode):
    image = Image.new(mode, (400, 300), 65535) if mode == "I;16" else drawing().convert("L").convert(mode)
    picture = clean_picture(saved(image, "JPEG" if mode == "CMYK" else "PNG"))

    middle = opened(picture).convert("RGB").getpixel((200, 150))
    assert min(middle) > 200  # white is still white


def test_what_shows_through_stays_so():
    picture = clean_picture(saved(drawing(mode="RGBA", colour=(0, 0, 0, 0))))

    assert opened(picture).convert("RGBA").getpixel((200, 150))[3] == 0


def test_the_same_picture_gives_the_same_bytes():
    one, other = clean_picture(saved(drawing(), "PNG")), clean_picture(saved(drawing(), "PNG", compress_level=0))

    assert one.sha256 == other.sha256


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
TIFF = saved(drawing(), "TIFF")
REFUSED = {
    "svg": (SVG, "svg", "SVG"),
    "svg after a comment": (b"\xef\xbb\xbf<!-- x -->\n" + SVG, "svg", "SVG"),
    "tiff": (TIFF, "image_kind", "TIFF"),
    "bmp": (saved(drawing(), "BMP"), "image_kind", "BMP"),
    "wmf": (b"\xd7\xcd\xc6\x9a" + b"\0" * 100, "image_kind", "WMF"),
    "emf": (b"\1\0\0\0" + b"\0" * 36 + b" EMF" + b"\0" * 60, "image_kind", "EMF"),
    "heic": (b"\0\0\0\x18ftypheic" + b"\0" * 100, "image_kind", "HEIC"),
    "avif": (b"\0\0\0\x18ftypavif" + b"\0" * 100, "image_kind", "AVIF"),
    "pdf": (b"%PDF-1.7\n", "image_kind", "PDF"),
    "page": (b"<html><script>alert(1)</script></html>", "not_an_image", "JPG, PNG"),
    "program": (b"MZ\x90\0" * 50, "not_an_image", "JPG, PNG"),
    "nothing": (b"", "empty_image", "rỗng"),
    "cut off": (saved(photo(), "JPEG")[:4000], "broken_image", "hỏng"),
    "cut off png": (saved(photo(), "PNG")[:4000], "broken_image", "hỏng"),
    "only the first bytes": (b"\x89PNG\r\n\x1a\n", "broken_image", "hỏng"),
    "riff of another kind": (b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 40, "broken_image", "hỏng"),
    "a spacer": (saved(Image.new("RGB", (1, 400))), "too_small", "1 × 400"),
    "too many bytes": (b"\xff\xd8\xff" + b"\0" * MAX_BYTES, "too_big", "5 MB"),
    "50,000 by 50,000": (png_that_claims(50_000, 50_000), "too_many_pixels", "25 triệu"),
    "just too many": (png_that_claims(5_001, 5_000), "too_many_pixels", "5001 × 5000"),
    "lies about its size": (png_that_claims(4_000, 4_000), "broken_image", "hỏng"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_what_to_do(name):
    data, code, word = REFUSED[name]

    with pytest.raises(FileRefused) as refused:
        clean_picture(data)

    assert refused.value.code == code
    assert word in refused.value.text
    assert "Hãy" in refused.value.text


def test_too_many_pixels_are_refused_before_one_is_read(monkeypatch):
    """A bomb: a flat picture of 36 million pixels packs into a few kilobytes. Decoding it would call `load`."""
    read = []
    monkeypatch.setattr(Image.Image, "load", lambda self: read.append(self))
    bomb = png_that_claims(6_000, 6_000)

    with pytest.raises(FileRefused):
        clean_picture(bomb)

    assert read == []
