"""The page on which a unit makes its certificates its own."""

import io

import pytest
from django.utils import timezone
from PIL import Image

from reports.certificates import queries
from reports.certificates.drawing import one_page
from reports.certificates.wording import Kind
from reports.models import CertificateDesign
from tests.reports.pages import text_of

HOME = "/to-chuc/cuoc-thi/tim-hieu-phap-luat/chung-nhan/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(client, union):
    client.force_login(union.olga)
    return client


def picture(mode="RGBA", form="PNG", size=(400, 200)):
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(out, form)
    out.seek(0)
    out.name = f"x.{form.lower()}"
    return out


def named(data, name="x.png"):
    """Bytes as a browser sends them. Made anew for each test: a file that was read is at its end."""
    file = io.BytesIO(data)
    file.name = name
    return file


DESIGN = {"title": "GIẤY KHEN", "body": "Vì đã {thành tích} {cuộc thi}", "signer_title": "CHỦ TỊCH", "signer_name": "Lê Ký", "place": "Huế"}  # fmt: skip


def test_a_design_with_pictures_is_saved_and_shown(olga, union, contest):
    assert "NGUYỄN VĂN MẪU" in text_of(olga.get(f"{HOME}mau/thu.pdf").content)
    response = olga.post(
        f"{HOME}mau/", DESIGN | {"act": "save", "logo": picture(), "signature": picture("RGB", "JPEG")}
    )
    assert response.status_code == 302
    design = CertificateDesign.objects.get()
    assert (design.unit, design.made_by) == (union.province_a, union.olga)
    assert bytes(design.logo[:4]) in (b"RIFF", b"\x89PNG")  # ours, not theirs

    olga.post(f"{HOME}mau/", DESIGN | {"act": "save", "title": "GIẤY KHEN HAI", "drop_signature": "on"})

    newest = queries.design_of(union.province_a)
    assert (newest.title, bytes(newest.logo), newest.signature) == ("GIẤY KHEN HAI", bytes(design.logo), None)
    assert CertificateDesign.objects.count() == 2  # the old one stays with what was issued with it
    words = text_of(olga.get(f"{HOME}mau/thu.pdf?loai=took_part").content)
    for said in ("GIẤY KHEN HAI", "Vì đã tham gia Tìm hiểu Bộ luật Lao động", "Huế, ngày", "CHỦ TỊCH", "Lê Ký"):
        assert said in words


def test_without_a_design_there_is_a_usual_one(union, contest):
    usual = queries.design_of(union.province_a)
    sample = queries.sample_sheet(queries.drawn(usual), contest, Kind.PRIZE, timezone.localdate())
    words = text_of(one_page(sample))

    assert usual.pk is None
    assert f"Thái Nguyên, ngày {timezone.localdate():%d}" in words
    for said in ("GIẤY CHỨNG NHẬN", "Đã đạt Giải Nhất, hạng 1, tại cuộc thi", "TM. BAN TỔ CHỨC"):
        assert said in words


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"body": "Vì {thanh tich} {diem}"}, "body", "{diem}"), ({"body": "Vì { thế"}, "body", "lẻ"), ({"body": ""}, "body", "Hãy ghi lời"),
        ({"body": "x" * 601}, "body", "601"), ({"body": "x\n" * 9 + "x"}, "body", "dòng"), ({"title": ""}, "title", "Hãy ghi tiêu đề"),
        ({"title": "x" * 61}, "title", "61"), ({"signer_name": "x" * 81}, "signer_name", "81"), ({"place": "y" * 61}, "place", "61"),
        ({"signer_title": "a\nb\nc\nd\ne"}, "signer_title", "4 dòng"), ({"body": "獎狀 {họ tên}"}, "body", "獎"), ({"logo": b"<svg/>"}, "logo", "SVG"),
        ({"signature": b""}, "signature", "rỗng"), ({"logo": b"\x89PNG\r\n\x1a\nxxxx"}, "logo", "hỏng"), ({"logo": b"x" * (5 * 2**20 + 1)}, "logo", "5 MB"),
    ],
)  # fmt: skip
def test_a_design_that_cannot_be_is_refused_at_its_field_and_never_half_saved(olga, contest, change, field, said):
    def sent():
        return DESIGN | {name: named(value) if isinstance(value, bytes) else value for name, value in change.items()}

    assert said in olga.post(f"{HOME}mau/xem-truoc/", sent()).json()["problem"]

    response = olga.post(f"{HOME}mau/", sent() | {"act": "save"})

    assert response.status_code == 200
    assert said in str(response.context["form"].errors[field])
    assert CertificateDesign.objects.count() == 0


def test_the_preview_is_a_picture_of_what_is_typed_and_saves_nothing(olga, contest):
    first, second = (
        olga.post(f"{HOME}mau/xem-truoc/", DESIGN | {"title": title}).json()["picture"] for title in ("GIẤY KHEN", "GIẤY MỜI")
    )  # fmt: skip

    assert first.startswith("data:image/png;base64,")
    assert first != second
    for act in ("look", "usual"):
        assert "data:image/png" in olga.post(f"{HOME}mau/", DESIGN | {"act": act, "loai": "prize"}).content.decode()
    assert CertificateDesign.objects.count() == 0
