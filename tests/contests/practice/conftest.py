"""A bank that is open for practice, with words in it that nobody may read while a contest may ask the same."""

from __future__ import annotations

import pytest

from contests.models import Bank, Topic
from tests import make

SECRET = "CHIM-HOANG-YEN"  # stands in every field that tells of the key of the question `secret_stem` asks
STEM = "Thỏa ước lao động tập thể có thời hạn bao lâu?"


def make_practice_bank(owner, name="Ôn tập", stems=(), each=0, topic="Đối thoại"):
    """A bank for practice: questions with these stems, whose key and explanation are the secret, and `each` plain ones."""
    bank = Bank.objects.create(owner=owner, name=name, purpose=Bank.Purpose.PRACTICE)
    about = Topic.objects.create(bank=bank, name=topic)
    for number, stem in enumerate(stems):
        options = [f"{SECRET}-DUNG", "Sai một", "Sai hai"]
        version = make.make_question(bank, about, f"S{number}", stem=stem, options=options)
        version.explanation = f"{SECRET}-VI-SAO"
        version.save(update_fields=["explanation"])
    for number in range(each):
        make.make_question(bank, about, f"P{number}", stem=f"Câu ôn tập {name} số {number}?")
    return bank


@pytest.fixture
def practice(union):
    """Twelve plain questions of province A."""
    return make_practice_bank(union.province_a, each=12)
