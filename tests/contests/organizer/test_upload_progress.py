"""The page of a large file says what the worker does with it and how far that is, while the work's own transaction shows nothing."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from contests.actions import progress, upload_reading
from contests.actions import uploads as acts
from contests.actions.bank import create_bank
from contests.models import QuestionUpload
from tests.contests.organizer.sent import REAL_BANK

pytestmark = pytest.mark.django_db(transaction=True)  # the progress goes through another connection


@pytest.fixture
def union(committed_union):
    return committed_union[0]


@pytest.fixture
def shown(olga, monkeypatch):
    """What the page shows after every word of the worker: the step, the count, how far the bar is."""
    pages: list[tuple[str, str, float, float]] = []
    write = progress.Progress.write
    monkeypatch.setattr(progress, "TELL_EVERY", 0)

    def look(self, **columns):
        write(self, **columns)
        upload = QuestionUpload.objects.get()
        page = olga.get(reverse("organizer_import", args=[upload.bank.public_id, upload.public_id])).content.decode()
        here = re.search(r'<li aria-current="step"><span>([^<]+)(?:<small class="num">([^<]+)</small>)?</span>', page)
        most, at = re.search(r'<progress max="(\d+)" value="([\d.]+)"', page).groups()
        pages.append((here[1], here[2] or "", float(at), float(most)))

    monkeypatch.setattr(progress.Progress, "write", look)
    return pages


def test_the_page_shows_each_step_and_the_bar_only_ever_grows(union, shown, monkeypatch):
    monkeypatch.setattr(upload_reading, "READ_AT_ONCE", 1000)
    monkeypatch.setattr(acts, "SAVE_AT_ONCE", 100)
    bank = create_bank(owner=union.province_a, name="Ngân hàng mới", by=union.olga)
    upload = upload_reading.keep_upload(
        bank=bank, filename="de.xlsx", data=REAL_BANK.read_bytes(), by=union.olga, now=timezone.now()
    )

    upload_reading.read_upload(upload.pk, watched=True)
    steps, bars, counts = read(shown)
    assert steps == ["Mở tệp và tìm câu hỏi", "Kiểm tra từng câu", "So với ngân hàng", "Ghi lại"]
    assert len(set(bars)) > 100
    assert bars == sorted(bars)
    assert 3 <= bars[-1] < 4 == shown[-1][3]
    assert {"0 / 120 câu", "60 / 120 câu", "119 / 120 câu"} <= set(counts)

    shown.clear()
    acts.save_upload(upload=upload, by=union.olga, now=timezone.now())
    assert bank.questions.count() == 0
    acts.work_save(upload_id=upload.pk, by_id=union.olga.pk, watched=True)
    steps, bars, counts = read(shown)
    assert steps == ["Kiểm tra từng câu", "So với ngân hàng", "Ghi lại"]
    assert bars == sorted(bars)
    assert 2 <= bars[-1] < 3 == shown[-1][3]
    assert bank.questions.count() == 120


def read(shown):
    """The steps in the order of their coming, the bars, the counts."""
    return (
        list(dict.fromkeys(step for step, _count, _at, _most in shown)),
        [at for _step, _count, at, _most in shown],
        [count for _step, count, _at, _most in shown],
    )
