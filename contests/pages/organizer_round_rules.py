"""The rarer settings of a round as form fields: counting, scoring, the side question, opening hours, a final.

What they mean and which values make sense is for `contests.rules`; here they are only asked for and put into the form of its JSON.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contests.rules.prediction import Counted, Meaning
from contests.rules.settings import Counting, Partial

DAYS = {"T2": 1, "T3": 2, "T4": 3, "T5": 4, "T6": 5, "T7": 6, "CN": 7}
_WINDOW = re.compile(r"(T[2-7]|CN)\s+(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})", re.IGNORECASE)
_NOT_A_NUMBER = {"invalid": _("Hãy nhập một số, ví dụ 0,5.")}


def _points(**kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        min_value=0,
        max_value=100,
        decimal_places=2,
        required=False,
        localize=True,
        error_messages=_NOT_A_NUMBER,
        **kwargs,
    )


def _whole(most: int, **kwargs: Any) -> forms.IntegerField:
    errors = {"invalid": _("Hãy nhập một số nguyên, ví dụ 20.")}
    return forms.IntegerField(min_value=0, max_value=most, required=False, error_messages=errors, **kwargs)


class RuleFields(forms.Form):
    """Mixed into the form of a round; everything here may be left as it is."""

    counting = forms.ChoiceField(
        label=_("Thi nhiều lượt thì tính"),
        choices=[
            (Counting.BEST.value, _("Lượt tốt nhất")), (Counting.FIRST.value, _("Lượt đầu tiên")),
            (Counting.LAST.value, _("Lượt cuối cùng")), (Counting.SUM.value, _("Cộng các lượt")),
        ],
    )  # fmt: skip
    point = _points(label=_("Điểm mỗi câu"))
    partial = forms.ChoiceField(
        label=_("Câu nhiều đáp án, đúng một phần"),
        choices=[
            (Partial.EXACT.value, _("Không có điểm, phải đúng hết")), (Partial.PARTIAL.value, _("Được điểm phần đúng")),
            (Partial.PENALISED.value, _("Được điểm phần đúng, trừ phần sai")),
        ],
    )  # fmt: skip
    scoring = forms.ChoiceField(
        label=_("Cách tính điểm"),
        choices=[
            ("plain", _("Đúng được điểm, sai không trừ")), ("negative", _("Sai bị trừ điểm")),
            ("speed", _("Thưởng nộp sớm")), ("streak", _("Thưởng chuỗi câu đúng liên tiếp")),
        ],
    )  # fmt: skip
    penalty = _whole(100, label=_("Trừ bao nhiêu phần trăm điểm của câu"))
    below_zero = forms.BooleanField(label=_("Tổng điểm có thể âm"), required=False)
    per_minute = _points(label=_("Thưởng mỗi phút còn lại (điểm)"))
    most = _points(label=_("Thưởng nhiều nhất (điểm)"))
    least_right = _whole(100, label=_("Chỉ thưởng khi đúng từ (câu)"))
    after = _whole(50, label=_("Thưởng sau bao nhiêu câu đúng liền"))
    bonus = _points(label=_("Thưởng mỗi câu tiếp theo (điểm)"))
    prediction = forms.ChoiceField(
        label=_("Câu hỏi phụ (dự đoán)"), required=False,
        choices=[
            ("", _("Không có")), (Meaning.PEOPLE.value, _("Bao nhiêu người dự thi?")),
            (Meaning.ATTEMPTS.value, _("Bao nhiêu lượt thi?")),
            (Meaning.ALL_RIGHT.value, _("Bao nhiêu người trả lời đúng tất cả?")),
            (Meaning.RIGHT_GUESSERS.value, _("Bao nhiêu người cùng dự đoán đúng số này?")),
            (Meaning.ALL_RIGHT_PERCENT.value, _("Bao nhiêu phần trăm người trả lời đúng tất cả?")),
        ],
    )  # fmt: skip
    prediction_counted = forms.ChoiceField(
        label=_("Số đúng đếm"), required=False,
        choices=[
            (Counted.VALID.value, _("Người và lượt thi hợp lệ")), (Counted.ALL.value, _("Mọi lượt đã vào thi")),
        ],
    )  # fmt: skip
    decimals = _whole(5, label=_("Số chữ số sau dấu phẩy (chỉ cho phần trăm)"))
    windows = forms.CharField(
        label=_("Chỉ mở vào một số khung giờ"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "T3 19:00-21:00\nCN 07:00-21:00"}),
        help_text=_("Mỗi khung một dòng: thứ (T2 đến T7, CN) và giờ, theo giờ Việt Nam. Để trống: mở suốt đợt."),
    )  # fmt: skip
    final_of = _whole(100_000, label=_("Vòng chung kết: chỉ bao nhiêu người đứng đầu các đợt trước"))

    def clean_windows(self) -> list[dict[str, Any]]:
        """The lines as `rules.windows` reads them."""
        read = []
        for line in filter(None, map(str.strip, self.cleaned_data["windows"].splitlines())):
            found = _WINDOW.fullmatch(line)
            if found is None:
                raise ValidationError(
                    _("Chưa đọc được dòng “%(line)s”. Ví dụ đúng: T3 19:00-21:00."), params={"line": line[:40]}
                )
            day, *clock = found.groups()
            opens, closes = (f"{int(clock[n]):02d}:{clock[n + 1]}" for n in (0, 2))
            read.append({"day": DAYS[day.upper()], "opens": opens, "closes": closes})
        return read

    @property
    def rare_errors(self) -> bool:
        """Whether one of these fields has a mistake, so that the fold they are in is shown open."""
        return any(name in self.errors for name in RuleFields.base_fields)

    def rare_settings(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """These settings in the form of a round's JSON; after `is_valid`. What no field asks for is as in `kept`."""
        data = self.cleaned_data
        settings: dict[str, Any] = {
            "counting": data["counting"], "partial": data["partial"], "scoring": self._scoring(data), "windows": data["windows"],
            "prediction": None, "qualify": None,
        }  # fmt: skip
        if data["point"] is not None:
            settings["points_per_question"] = int(data["point"] * 100)
        if data["prediction"]:
            percent = data["prediction"] == Meaning.ALL_RIGHT_PERCENT.value
            asked = kept.get("prediction") or {}
            settings["prediction"] = (asked if asked.get("meaning") == data["prediction"] else {}) | {
                "meaning": data["prediction"], "counted": data["prediction_counted"] or Counted.VALID.value,
                "decimals": data["decimals"] or 0 if percent else 0,
            }  # fmt: skip
        if data["final_of"]:
            settings["qualify"] = {"rounds": []} | (kept.get("qualify") or {}) | {"top": data["final_of"]}
        return settings

    @staticmethod
    def _scoring(data: Mapping[str, Any]) -> dict[str, Any]:
        name = data["scoring"]
        wanted = {
            "plain": (), "negative": ("penalty", "below_zero"), "speed": ("per_minute", "most", "least_right"),
            "streak": ("after", "bonus"),
        }[name]  # fmt: skip
        hundredths = {"per_minute", "most", "bonus"}
        values = {field: data[field] for field in wanted if data[field] is not None}
        return {"name": name} | {
            field: int(value * 100) if field in hundredths else value for field, value in values.items()
        }


def initial_of_rules(rules: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a round that exists, from its JSON."""
    scoring = rules.get("scoring") or {"name": "plain"}
    asked = rules.get("prediction") or {}
    by_day = {number: name for name, number in DAYS.items()}
    return {
        "counting": rules.get("counting", Counting.BEST.value), "partial": rules.get("partial", Partial.EXACT.value),
        "point": rules.get("points_per_question", 100) / 100, "scoring": scoring.get("name"),
        "penalty": scoring.get("penalty", ""), "below_zero": scoring.get("below_zero", False),
        "least_right": scoring.get("least_right", ""), "after": scoring.get("after", ""),
        **{name: scoring[name] / 100 if name in scoring else "" for name in ("per_minute", "most", "bonus")},
        "prediction": asked.get("meaning", ""), "prediction_counted": asked.get("counted", Counted.VALID.value),
        "decimals": asked.get("decimals") or "",
        "windows": "\n".join(
            f"{by_day.get(one['day'])} {one['opens']}-{one['closes']}" for one in rules.get("windows") or []
        ),
        "final_of": (rules.get("qualify") or {}).get("top", ""),
    }  # fmt: skip
