"""The texts that members agree to. A changed text is a new version; the row keeps the hash of the words that were shown.

Vietnamese in every language of the site: the members' law is Vietnamese, and a consent must name one binding text
(Luật 91/2025/QH15 Điều 9, NĐ 356 Điều 6). One purpose, one tick, none ticked in advance.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Consent


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What stands beside one tick."""

    purpose: str
    version: str
    label: str
    details: str
    when_withdrawn: str

    @property
    def text(self) -> str:
        """The very words that were shown, as they are hashed."""
        return f"{self.label}\n{self.details}"


TAKE_PART = ConsentText(
    purpose=Consent.Purpose.TAKE_PART,
    version="2026-11",
    label="Tôi đồng ý dự thi và để ban tổ chức dùng thông tin của tôi.",
    details=(
        "Ban tổ chức của cuộc thi mà tôi vào dùng họ tên, số điện thoại hoặc e-mail, đơn vị và bài làm của tôi để tổ chức "
        "thi, chấm điểm, xét giải và thống kê số người dự thi theo đơn vị; không dùng vào việc khác. Tôi có thể xem, sửa, "
        "rút lại đồng ý này ở trang Tài khoản, hoặc yêu cầu xóa dữ liệu qua công đoàn của đơn vị."
    ),
    when_withdrawn="Khi rút lại, bạn không vào thi được nữa. Bài đã nộp vẫn được giữ theo thể lệ của cuộc thi.",
)
SHOW_NAME = ConsentText(
    purpose=Consent.Purpose.SHOW_NAME,
    version="2026-11",
    label="Tôi đồng ý hiện đầy đủ họ tên của tôi trên bảng xếp hạng công khai.",
    details=(
        "Ai xem bảng cũng đọc được họ tên và đơn vị của tôi. Nếu không đồng ý, bảng ghi tên viết tắt như “Nguyễn V. A.”, "
        "kết quả thi không thay đổi. Tôi có thể rút lại ở trang Tài khoản."
    ),
    when_withdrawn="Khi rút lại, các bảng xếp hạng đổi ngay sang tên viết tắt.",
)
SEGMENTS = ConsentText(
    purpose=Consent.Purpose.SEGMENTS,
    version="2026-11",
    label="Tôi đồng ý dùng những điều tôi tự khai ở trang này để thống kê theo nhóm.",
    details=(
        "Năm sinh, giới tính, trình độ, lĩnh vực, ca làm việc và vùng mà tôi chọn khai chỉ dùng để đếm nhiều người một lần, "
        "ví dụ bao nhiêu lao động nữ đã dự thi. Không ai xem được điều từng người khai, kể cả cán bộ và ban tổ chức; nhóm "
        "ít người không được công bố. Khai hay không đều không ảnh hưởng đến việc dự thi và kết quả."
    ),
    when_withdrawn="Mọi điều bạn đã khai bị xóa ngay. Số liệu lập sau đó tính bạn là “không khai”.",
)
AT_SIGN_UP = {text.purpose: text for text in (TAKE_PART, SHOW_NAME)}  # asked when an account is made
TEXTS = AT_SIGN_UP | {SEGMENTS.purpose: SEGMENTS}
