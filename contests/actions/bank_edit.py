"""Writes of single questions and of many at once, from the console. Every act locks the bank, as those of `actions.bank` do."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import Member
from accounts.names import normalise_name
from contests.actions.bank import (
    grow,
    last_numbers,
    next_version,
    refuse_starving,
    refuse_unfit,
    replace_versions,
    topics_for,
    version_of,
)
from contests.errors import ContestError
from contests.models import Bank, Question, QuestionVersion, Tag, Topic
from contests.queries.bank_console import Draft, compare
from contests.queries.preflight import short_contests
from contests.rules.settings import MAX_TOPIC

log = logging.getLogger(__name__)

LONGEST_TAG = 40
MOST_TAGS = 20  # that one sentence may name


class EditConflict(ContestError):
    """Somebody saved another version while this one was being written. Nothing was stored."""

    def __init__(self, current: QuestionVersion) -> None:
        super().__init__("Trong lúc bạn sửa, người khác đã lưu một bản mới của câu này. Chưa lưu gì cả.", "conflict")
        self.current = current


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a question that was written: `new` is its version, None when nothing was different."""

    question: Question
    new: QuestionVersion | None


@transaction.atomic
def add_question(*, bank: Bank, draft: Draft, by: Member, now: datetime) -> Saved:
    """A new question. Raises ContestError for a code that the bank has."""
    bank = Bank.objects.select_for_update().get(pk=bank.pk)
    refuse_unfit([draft])
    if Question.objects.filter(bank=bank, code__iexact=draft.code).exists():
        raise ContestError(f"Ngân hàng đã có câu mang mã “{draft.code}”. Hãy đặt mã khác.", "code_taken")
    question = Question.objects.create(bank=bank, code=draft.code)
    version = version_of(draft, question, 1, topics_for(bank, [draft])[draft.topic], by)
    version.save()
    grow(bank)
    log.info("question %s of bank %s written by member %s", question.code, bank.public_id, by.pk)
    return Saved(question, version)


@transaction.atomic
def save_question(*, question: Question, base: int, draft: Draft, by: Member, now: datetime) -> Saved:
    """A new version of a question, written from version number `base`. The same text makes none.

    Raises EditConflict when that is not the current version any more, ContestError when an open contest would lose what it draws.
    """
    bank = Bank.objects.select_for_update().get(pk=question.bank_id)
    refuse_unfit([draft])
    current = question.versions.select_related("topic", "question", "created_by").get(is_current=True)
    if current.number != base:
        raise EditConflict(current)
    changes = compare(bank, [draft])
    if not changes.changed:
        return Saved(question, None)
    before = short_contests(bank, now)
    number = last_numbers([question])[question.pk] + 1
    topic, image = topics_for(bank, [draft])[draft.topic], (current.image_id, current.image_alt)
    version = version_of(draft, question, number, topic, by, image)
    QuestionVersion.objects.filter(pk=current.pk).update(is_current=False)
    version.save()
    grow(bank)
    refuse_starving(bank, before, now)
    log.info("question %s of bank %s changed by member %s", question.code, bank.public_id, by.pk)
    return Saved(question, version)


@transaction.atomic
def set_tags(*, question: Question, names: Collection[str], by: Member) -> list[str]:
    """Let the question have these tags and no others; a tag that no question has any more is gone. Raises ContestError."""
    bank = Bank.objects.select_for_update().get(pk=question.bank_id)
    tags = [_tag(bank, name) for name in clean_tags(names)]
    question.tags.set(tags)
    _drop_unused(bank)
    log.info("tags of question %s of bank %s set by member %s", question.code, bank.public_id, by.pk)
    return [tag.name for tag in tags]


def clean_tags(names: Collection[str]) -> list[str]:
    """The names as they are kept, each once. Raises ContestError."""
    clean: dict[str, str] = {}
    for name in names:
        if tidy := normalise_name(name):
            clean.setdefault(tidy.casefold(), tidy)
    if any("," in name for name in clean.values()):  # the question's page parts them there
        raise ContestError("Trong nhãn không có dấu phẩy. Hãy gắn từng nhãn một.", "comma_in_tag")
    if long := next((name for name in clean.values() if len(name) > LONGEST_TAG), None):
        raise ContestError(f"Nhãn “{long[:60]}” dài quá {LONGEST_TAG} ký tự. Hãy rút ngắn.", "long_tag")
    if len(clean) > MOST_TAGS:
        raise ContestError(f"Một câu có nhiều nhất {MOST_TAGS} nhãn.", "many_tags")
    return list(clean.values())


# --- Many at once --------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class BulkChange:
    """What to do to many questions; only what is named is done."""

    topic: str | None = None
    difficulty: str | None = None
    dates: Mapping[str, date | None] = field(default_factory=dict)  # valid_from, valid_to; None takes one away
    add_tag: str | None = None
    remove_tag: str | None = None
    retire: bool = False
    restore: bool = False
    send_to_review: bool = False


@dataclass(frozen=True, slots=True)
class BulkDone:
    """How many questions were changed, and how many were like that already."""

    changed: int
    same: int


class BankMoved(ContestError):
    """The bank is not as it was when the number of questions was shown. Nothing was stored."""

    def __init__(self) -> None:
        super().__init__(
            "Ngân hàng vừa thay đổi sau khi bạn mở trang này. Chưa lưu gì cả; hãy xem lại số câu rồi bấm lần nữa.", "moved"
        )  # fmt: skip


@transaction.atomic
def bulk_change(
    *, bank: Bank, seen: int, codes: Sequence[str], change: BulkChange, by: Member, now: datetime
) -> BulkDone:
    """Do one thing to many questions, all or none. `seen` is the version of the bank that the organizer looked at.

    Topic, difficulty and validity make new versions. Raises BankMoved, and ContestError as the acts on one question do.
    """
    bank = Bank.objects.select_for_update().get(pk=bank.pk)
    if bank.version != seen:
        raise BankMoved
    versions = list(
        QuestionVersion.objects.filter(question__bank=bank, question__code__in=codes, is_current=True)
        .select_related("question", "topic").order_by("question__code")
    )  # fmt: skip
    before = short_contests(bank, now)
    if change.retire or change.restore:
        changed = _retire(versions, now if change.retire else None)
    elif change.send_to_review:
        changed = send(versions, by, now)
    elif change.add_tag is not None:
        changed = _add_tag(bank, versions, change.add_tag)
    elif change.remove_tag is not None:
        changed = _remove_tag(bank, versions, change.remove_tag)
    else:
        changed = _new_versions(bank, versions, change, by)
    if not (change.send_to_review or change.add_tag is not None or change.remove_tag is not None) and changed:
        grow(bank)
        refuse_starving(bank, before, now)
    log.info("%s questions of bank %s changed at once by member %s", changed, bank.public_id, by.pk)
    return BulkDone(changed, len(versions) - changed)


def send(versions: Collection[QuestionVersion], by: Member, now: datetime) -> int:
    """Ask a second person to look at those of these versions that are drafts; how many there were. The bank must be locked."""
    drafts = QuestionVersion.objects.filter(
        pk__in=[version.pk for version in versions], is_current=True, review=QuestionVersion.Review.DRAFT, question__retired_at__isnull=True
    )  # fmt: skip
    return drafts.update(
        review=QuestionVersion.Review.IN_REVIEW, asked_by=by, asked_at=now, reviewed_by=None, reviewed_at=None, review_note=""
    )  # fmt: skip


def _retire(versions: Sequence[QuestionVersion], at: datetime | None) -> int:
    ids = [version.question_id for version in versions]
    return Question.objects.filter(pk__in=ids, retired_at__isnull=at is not None).update(retired_at=at)


def _new_versions(bank: Bank, versions: Sequence[QuestionVersion], change: BulkChange, by: Member) -> int:
    topic = _topic(bank, change.topic) if change.topic is not None else None
    numbers = last_numbers(version.question for version in versions)
    made = []
    for version in versions:
        values: dict[str, Any] = {
            "topic_id": topic.pk if topic else version.topic_id,
            "difficulty": change.difficulty or version.difficulty,
            "valid_from": version.valid_from,
            "valid_to": version.valid_to,
            **change.dates,
        }
        if values["valid_from"] and values["valid_to"] and values["valid_to"] < values["valid_from"]:
            raise ContestError(
                f"Câu {version.question.code}: ngày hết hiệu lực đứng trước ngày có hiệu lực. Chưa lưu gì cả.", "dates"
            )
        if any(getattr(version, name) != value for name, value in values.items()):
            made.append((version, next_version(version, numbers[version.question_id] + 1, by, **values)))
    replace_versions(made)
    return len(made)


def _topic(bank: Bank, name: str) -> Topic:
    clean = normalise_name(name)
    if not clean or len(clean) > MAX_TOPIC:
        raise ContestError(f"Hãy ghi tên chủ đề, không quá {MAX_TOPIC} ký tự.", "topic")
    return Topic.objects.get_or_create(bank=bank, name=clean)[0]


def _add_tag(bank: Bank, versions: Sequence[QuestionVersion], name: str) -> int:
    names = clean_tags([name])
    if not names:
        raise ContestError("Hãy ghi nhãn.", "tag")
    tag = _tag(bank, names[0])
    had = set(tag.questions.values_list("pk", flat=True))
    missing = [version.question for version in versions if version.question_id not in had]
    tag.questions.add(*missing)
    return len(missing)


def _remove_tag(bank: Bank, versions: Sequence[QuestionVersion], name: str) -> int:
    tag = bank.tags.filter(name__iexact=normalise_name(name)).first()
    if tag is None:
        raise ContestError("Ngân hàng không có nhãn này.", "tag")
    ids = [version.question_id for version in versions]
    has = list(tag.questions.filter(pk__in=ids))
    tag.questions.remove(*has)
    _drop_unused(bank)
    return len(has)


def _tag(bank: Bank, name: str) -> Tag:
    """The tag of this name, however its letters are cased, made if need be; its accents tell it from others."""
    alike = [tag for tag in bank.tags.all() if tag.name.casefold() == name.casefold()]
    return alike[0] if alike else Tag.objects.create(bank=bank, name=name)


def _drop_unused(bank: Bank) -> None:
    bank.tags.filter(questions__isnull=True).delete()
