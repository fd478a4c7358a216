"""Invented units and names for the demo. Units carry real kinds and plausible names; no person here exists."""

from __future__ import annotations

import random

FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Nông",
    "Ma",
    "Triệu",
    "Hà",
    "Lương",
]
MIDDLE = [
    "Văn",
    "Thị",
    "Đức",
    "Thị Thu",
    "Minh",
    "Quang",
    "Ngọc",
    "Thị Thanh",
    "Hữu",
    "Xuân",
    "Thị Bích",
    "Công",
    "Thành",
    "Thị Kim",
]
GIVEN = [
    "An", "Anh", "Ánh", "Bình", "Chi", "Cường", "Dung", "Dũng", "Đạt", "Điệp", "Giang", "Hà", "Hải", "Hằng", "Hạnh", "Hiếu", "Hoa", "Hòa",
    "Hùng", "Hương", "Khánh", "Lan", "Linh", "Loan", "Long", "Mai", "Minh", "Nam", "Nga", "Ngọc", "Nhung", "Oanh", "Phong", "Phương", "Quân",
    "Quyên", "Sơn", "Tâm", "Thảo", "Thắng", "Thủy", "Tiến", "Trang", "Trung", "Tú", "Tuấn", "Tuyết", "Vân", "Việt", "Xuân", "Yến",
]  # fmt: skip

THAI_NGUYEN = {
    "Công đoàn phường Phan Đình Phùng": [
        "CĐCS Trường Mầm non Hoa Sen", "CĐCS Công ty Cổ phần May Núi Cốc", "CĐCS Trường Tiểu học Sông Cầu", "CĐCS Siêu thị Minh Cầu",
        "CĐCS Văn phòng phường Phan Đình Phùng",
    ],
    "Công đoàn phường Sông Công": [
        "CĐCS Công ty Phụ tùng máy Sông Công", "CĐCS Trường THCS Thắng Lợi", "CĐCS Công ty TNHH Dụng cụ y tế Mani Xanh", "CĐCS Trạm Y tế Sông Công",
    ],
    "Công đoàn phường Phổ Yên": ["CĐCS Trường THPT Phổ Yên", "CĐCS Hợp tác xã Vận tải Ba Hàng", "CĐCS Công ty May Hồng Tiến", "CĐCS Xí nghiệp nước Phổ Yên"],
    "Công đoàn phường Đức Xuân": ["CĐCS Bệnh viện Đa khoa Bắc Kạn", "CĐCS Trường Nội trú Đức Xuân", "CĐCS Công ty Môi trường Bắc Kạn", "CĐCS Điện lực Bắc Kạn"],
    "Công đoàn xã Chợ Đồn": ["CĐCS Mỏ kẽm chì Chợ Đồn", "CĐCS Trường PTDT bán trú Bằng Lũng", "CĐCS Lâm trường Chợ Đồn"],
    "Công đoàn xã Đại Từ": ["CĐCS Mỏ than Núi Hồng", "CĐCS Hợp tác xã Chè La Bằng", "CĐCS Trường THPT Đại Từ", "CĐCS Trung tâm Y tế Đại Từ"],
    "Công đoàn xã Định Hóa": ["CĐCS Khu di tích ATK", "CĐCS Trường Mầm non Chợ Chu", "CĐCS Hạt Kiểm lâm Định Hóa"],
    "Công đoàn các khu công nghiệp Thái Nguyên": [
        "CĐCS Công ty Điện tử Yên Bình", "CĐCS Công ty TNHH Linh kiện Điềm Thụy", "CĐCS Công ty Bao bì Sông Công II", "CĐCS Công ty Vật liệu Tân Thái",
        "CĐCS Công ty May TNG Việt Mỹ", "CĐCS Nhà máy Pin Trung Thành",
    ],
    "Công đoàn ngành Y tế Thái Nguyên": ["CĐCS Bệnh viện A", "CĐCS Bệnh viện Mắt Thái Nguyên", "CĐCS Trung tâm Kiểm soát bệnh tật"],
}  # fmt: skip
NGHE_AN = {
    "Công đoàn phường Thành Vinh": [
        "CĐCS Bệnh viện Đa khoa Vinh",
        "CĐCS Trường THPT Lê Viết Thuật",
        "CĐCS Công ty Dệt may Hoàng Thị Loan",
    ],
    "Công đoàn xã Quỳnh Lưu": [
        "CĐCS Trường THCS Hồ Xuân Hương",
        "CĐCS Hợp tác xã Muối Quỳnh",
        "CĐCS Cảng cá Lạch Quèn",
    ],
    "Công đoàn Khu kinh tế Đông Nam": [
        "CĐCS Công ty Điện tử VSIP",
        "CĐCS Công ty Tôn Hoa Sen Nghệ An",
        "CĐCS Công ty May Nam Đàn",
    ],
}


def name(random_: random.Random) -> str:
    """An invented full name."""
    return f"{random_.choice(FAMILY)} {random_.choice(MIDDLE)} {random_.choice(GIVEN)}"


# What people of the demo say of themselves: code and weight; None is "không khai".
DECLARED: dict[str, dict[str | None, int]] = {
    "gender": {"female": 52, "male": 38, "other": 1, None: 9},
    "education": {"below_upper": 6, "upper": 22, "vocational": 14, "college": 14, "university": 28, "postgraduate": 4, None: 12},
    "sector": {"manufacturing": 34, "building": 5, "services": 10, "education": 18, "health": 12, "offices": 6, "farming": 3, "other": 3, None: 9},
    "shift": {"office": 42, "day": 18, "night": 22, "free": 4, None: 14},
    "region": {"city": 30, "industry": 24, "plain": 12, "highland": 20, "border": 1, None: 13},
}  # fmt: skip


def declared(random_: random.Random) -> dict[str, str | int]:
    """What an invented member says of themselves: nothing at all for a quarter of them."""
    if random_.random() < 0.25:
        return {}
    facts: dict[str, str | int] = {}
    if random_.random() < 0.9:
        facts["birth_year"] = round(random_.triangular(1966, 2006, 1991))
    for name, weights in DECLARED.items():
        [code] = random_.choices(list(weights), list(weights.values()))
        if code is not None:
            facts[name] = code
    return facts
