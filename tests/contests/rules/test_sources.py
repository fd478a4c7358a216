"""Which questions cite an article, as people write sources."""

from __future__ import annotations

import pytest

from contests.rules.sources import cites, same_document


@pytest.mark.parametrize(
    "article",
    [
        "Điều 35", "khoản 2 Điều 35", "Điều 35 khoản 2", "điểm a khoản 1 Điều 35", "ĐIỀU  35", "dieu 35", "Điều 34, 35", "Điều 34 và Điều 35",
        "Điều 34; 35; 40", "các điều 34 đến 36", "Điều 34–36", "Điều 34-36", "Đ. 35", "Điều 17 khoản 1, Điều 35",
    ],
)  # fmt: skip
def test_named(article):
    assert cites(article, "Điều 35")


@pytest.mark.parametrize(
    "article", ["Điều 351", "Điều 135", "Điều 3", "khoản 35 Điều 2", "Điều 35a", "Điều 36 đến 40", "Điều 17 khoản 1, khoản 35", "Mục 35", ""]
)  # fmt: skip
def test_not_named(article):
    assert not cites(article, "Điều 35")


def test_what_is_no_article_is_compared_by_words():
    assert cites("Mục 3 Chương II", "mục 3")
    assert not cites("Mục 31", "Mục 3")
    assert not cites("Điều 3", "")


def test_a_range_as_long_as_somebody_likes_ends_nothing():
    assert not cites("Điều 1 đến 999999999999", "Điều 35")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bộ luật Lao động 2019", "BỘ LUẬT  LAO ĐỘNG 2019 (45/2019/QH14)", True),
        ("45/2019/QH14", "Bộ luật Lao động 2019 (45/2019/QH14)", True),
        ("Bộ luật Lao động 2012", "Bộ luật Lao động 2019", False),
        ("Luật Công đoàn", "Luật Công đoàn 2024", True),
        ("Luật Công", "Luật Công chứng", True),
        ("Luật Việc làm", "Luật Công đoàn", False),
        ("", "Luật Công đoàn", False),
    ],
)
def test_documents(one, other, same):
    assert same_document(one, other) is same
    assert same_document(other, one) is same
