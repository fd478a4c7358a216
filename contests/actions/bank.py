"""Writes of the question bank: made, filled from a file, questions retired. A question's text is never changed: it gets a
new version, because somebody's paper may hold the old one.

Every act locks the bank, so that two imports of the same code come one after the other, and none may leave an open
contest without the questions that it draws.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from accounts.models import Member, Unit
from accounts.names import normalise_name, search_text
from contests.errors import ContestError
from contests.models import AmendmentFlag, Bank, Question, QuestionImage, QuestionImport, QuestionVersion, Topic
from contests.queries.bank_console import Draft, compare
from contests.queries.practice import contests_in_the_way
from contests.queries.preflight import ContestShort, short_contests
from contests.rules.kinds import KINDS, AnswerKey
from contests.rules.practice import stem_key
from contests.rules.settings import MAX_TOPIC
from contests.told import Told, nobody

log = logging.getLogger(__name__)

BATCH = 500  # versions written at once


@transaction.atomic
def create_bank(*, owner: Unit, name: str, by: Member | None) -> Bank:
    """A new, empty bank. Raises ContestError for a name that the unit already uses."""
    clean = normalise_name(name)
    if not clean or len(clean) > 200:
        raise ContestError("Hãy đặt tên cho ngân hàng câu hỏi, không quá 200 ký tự.", "name")
    Unit.objects.select_for_update(no_key=True).get(pk=owner.pk)
    if Bank.objects.filter(owner=owner, name=clean).exists():
        raise ContestError(f"{owner.name} đã có ngân hàng tên “{clean}”. Hãy đặt tên khác.", "name")
    bank = Bank.objects.create(owner=owner, name=clean)
    log.info("bank %s made for unit %s by member %s", bank.public_id, owner.code, by.pk if by else None)
    return bank


def find_same_file(bank: Bank, sha256: str) -> QuestionImport | None:
    """The newest import of the very same file, to warn of a second time."""
    return (
        QuestionImport.objects.filter(bank=bank, sha256=sha256)
        .select_related("imported_by")
        .order_by("-imported_at")
        .first()
    )


@transaction.atomic
def import_questions(
    *,
    bank: Bank,
    drafts: Sequence[Draft],
    sha256: str,
    filename: str,
    by: Member | None,
    now: datetime,
    images: Mapping[str, QuestionImage] | None = None,
    told: Told = nobody,
) -> QuestionImport:
    """Take a file's questions into the bank, all or none.

    A new code becomes a question, a known code with another content gets a new version, the rest stays as it is. A
    retired question stays retired. `images` are the pictures that the file brings, by code; a question whose draft brings
    none keeps the one that it has. Raises ContestError, and nothing is stored.
    """
    pictures = images or {}
    bank = Bank.objects.select_for_update().get(pk=bank.pk)
    refuse_unfit(drafts)
    _refuse_wordless(drafts, pictures)
    changes = compare(bank, drafts, pictures)
    before = short_contests(bank, now)
    topics = topics_for(bank, drafts)
    made = Question.objects.bulk_create(
        [Question(bank=bank, code=draft.code) for draft in changes.new], batch_size=1000
    )
    questions = {question.code: question for question in made} | changes.questions
    numbers = last_numbers(changes.questions[draft.code] for draft in changes.changed)
    shown = _shown_pictures(drafts, pictures, changes.questions)
    QuestionVersion.objects.filter(question__in=numbers.keys(), is_current=True).update(is_current=False)
    written = [*changes.new, *changes.changed]
    for first in range(0, len(written), BATCH):
        told(first, len(written))
        QuestionVersion.objects.bulk_create(
            version_of(
                draft,
                questions[draft.code],
                numbers.get(questions[draft.code].pk, 0) + 1,
                topics[draft.topic],
                by,
                shown.get(draft.code, (None, "")),
            )
            for draft in written[first : first + BATCH]
        )
    if changes.new or changes.changed:
        grow(bank)
        refuse_starving(bank, before, now)
    return QuestionImport.objects.create(
        bank=bank, filename=normalise_name(filename)[-200:], sha256=sha256, created=len(changes.new), changed=len(changes.changed),
        unchanged=len(changes.unchanged), imported_by=by,
    )  # fmt: skip


@transaction.atomic
def open_for_practice(*, bank: Bank, by: Member, now: datetime) -> Bank:
    """Let everybody practise on the bank, keys and explanations included. Raises ContestError while a contest needs them kept.

    `create_contest` and `open_contest` lock the same row, so none begins to use the bank meanwhile.
    """
    bank = Bank.objects.select_for_update().get(pk=bank.pk)
    if bank.purpose == Bank.Purpose.PRACTICE:
        raise ContestError("Ngân hàng này đã mở cho mọi người thi thử.", "already_open")
    if contests_in_the_way(bank, now).exists():
        raise ContestError(
            "Chưa mở thi thử được: đề của một cuộc thi chưa xong còn bốc câu hỏi từ ngân hàng này.", "in_use"
        )
    bank.purpose = Bank.Purpose.PRACTICE
    bank.save(update_fields=["purpose"])
    log.info("bank %s opened for practice by member %s", bank.public_id, by.pk)
    return bank


@transaction.atomic
def end_practice(*, bank: Bank, by: Member) -> Bank:
    """Take the bank back from practice. What was seen stays seen."""
    bank = Bank.objects.select_for_update().get(pk=bank.pk)
    if bank.purpose != Bank.Purpose.PRACTICE:
        raise ContestError("Ngân hàng này không mở cho thi thử.", "not_open")
    bank.purpose = Bank.Purpose.CONTEST
    bank.save(update_fields=["purpose"])
    log.info("bank %s taken back from practice by member %s", bank.public_id, by.pk)
    return bank


@transaction.atomic
def retire_question(*, question: Question, by: Member, now: datetime) -> Question:
    """No new paper draws the question; papers that hold it keep it. Raises ContestError when an open contest needs it."""
    bank = Bank.objects.select_for_update().get(pk=question.bank_id)
    question = Question.objects.select_for_update().get(pk=question.pk)
    if question.retired_at is not None:
        raise ContestError("Câu hỏi này đã ngừng dùng.", "already_retired")
    before = short_contests(bank, now)
    question.retired_at = now
    question.save(update_fields=["retired_at"])
    grow(bank)
    refuse_starving(bank, before, now)
    log.info("question %s of bank %s retired by member %s", question.code, bank.public_id, by.pk)
    return question


@transaction.atomic
def restore_question(*, question: Question, by: Member, now: datetime) -> Question:
    """Take a retirement back."""
    bank = Bank.objects.select_for_update().get(pk=question.bank_id)
    question = Question.objects.select_for_update().get(pk=question.pk)
    if question.retired_at is None:
        raise ContestError("Câu hỏi này vẫn đang dùng.", "not_retired")
    question.retired_at = None
    question.save(update_fields=["retired_at"])
    grow(bank)
    log.info("question %s of bank %s restored by member %s at %s", question.code, bank.public_id, by.pk, now)
    return question


def refuse_unfit(drafts: Sequence[Draft]) -> None:
    """What `contests.authoring` has checked already, once more in few words: this is the last door before the tables."""
    if not drafts:
        raise ContestError("Tệp không có câu hỏi nào để lưu.", "empty")
    seen: set[str] = set()
    for draft in drafts:
        if draft.code.casefold() in seen:
            raise ContestError(f"Mã “{draft.code}” có hai lần trong tệp. Hãy đặt mỗi câu một mã.", "repeated_code")
        seen.add(draft.code.casefold())
        if len(draft.topic) > MAX_TOPIC:
            raise ContestError(f"Câu {draft.code}: tên chủ đề dài quá {MAX_TOPIC} ký tự. Hãy rút ngắn.", "long_topic")
        if not ((draft.document and draft.article) or draft.other_source):
            raise ContestError(
                f"Câu {draft.code}: chưa ghi nguồn. Hãy ghi văn bản và điều khoản, hoặc nguồn khác.", "no_source"
            )
        key = AnswerKey(draft.kind, draft.key, draft.options, draft.spec)
        if not (draft.key | draft.pinned) <= set(range(len(draft.options))) or KINDS[draft.kind].faults(
            key, draft.stem
        ):
            raise ContestError(
                f"Câu {draft.code}: đáp án không khớp với các phương án. Hãy xem lại cột đáp án.", "bad_key"
            )


def _refuse_wordless(drafts: Sequence[Draft], images: Mapping[str, QuestionImage]) -> None:
    for draft in drafts:
        if draft.code in images and not draft.image_alt.strip():
            raise ContestError(f"Câu {draft.code}: hình chưa có lời mô tả. Hãy ghi hình vẽ gì.", "no_alt")


def _shown_pictures(
    drafts: Sequence[Draft], images: Mapping[str, QuestionImage], questions: Mapping[str, Question]
) -> dict[str, tuple[int | None, str]]:
    """Picture and its words by code: what the bank has, and over it what the file brings."""
    had = QuestionVersion.objects.filter(question__in=questions.values(), is_current=True, image__isnull=False)
    rows = {question: (image, alt) for question, image, alt in had.values_list("question", "image", "image_alt")}
    shown: dict[str, tuple[int | None, str]] = {
        code: rows[question.pk] for code, question in questions.items() if question.pk in rows
    }
    return shown | {draft.code: (images[draft.code].pk, draft.image_alt) for draft in drafts if draft.code in images}


def topics_for(bank: Bank, drafts: Sequence[Draft]) -> dict[str, Topic]:
    """The bank's topics by name, those that the drafts need made. The bank must be locked."""
    topics = {topic.name: topic for topic in bank.topics.all()}
    missing = dict.fromkeys(draft.topic for draft in drafts if draft.topic not in topics)
    made = Topic.objects.bulk_create([Topic(bank=bank, name=name) for name in missing])
    return topics | {topic.name: topic for topic in made}


def last_numbers(questions: Iterable[Question]) -> dict[int, int]:
    """The highest version number of each question."""
    ids = {question.pk: 0 for question in questions}
    return ids | dict(
        QuestionVersion.objects.filter(question__in=ids).order_by().values_list("question").annotate(Max("number"))
    )


def version_of(
    draft: Draft,
    question: Question,
    number: int,
    topic: Topic,
    by: Member | None,
    image: tuple[int | None, str] = (None, ""),
) -> QuestionVersion:
    """A version with this text and this picture (its key and its words), not saved yet."""
    return QuestionVersion(
        question=question, number=number, topic=topic, kind=str(draft.kind.value), difficulty=str(draft.difficulty), stem=draft.stem,
        options=list(draft.options), key=sorted(draft.key), pinned=sorted(draft.pinned), spec=dict(draft.spec), document=draft.document,
        article=draft.article, other_source=draft.other_source, valid_from=draft.valid_from, valid_to=draft.valid_to,
        explanation=draft.explanation, created_by=by, image_id=image[0], image_alt=image[1],
        search_text=search_text(" ".join((question.code, draft.stem, *draft.options))), stem_key=stem_key(draft.stem),
    )  # fmt: skip


_OF_ONE_VERSION = {
    "id",
    "salt",
    "created_at",
    "review",
    "asked_by",
    "asked_at",
    "reviewed_by",
    "reviewed_at",
    "review_note",
}


def next_version(current: QuestionVersion, number: int, by: Member, **changes: Any) -> QuestionVersion:
    """The version after this one, of the same text, with these fields changed; not saved yet. A second person has not seen it.

    Why the last one was returned stays with it: the text that was meant is the same.
    """
    kept = {
        field.attname: getattr(current, field.attname)
        for field in QuestionVersion._meta.concrete_fields
        if field.name not in _OF_ONE_VERSION
    }
    if current.review == QuestionVersion.Review.DRAFT:
        kept |= {name: getattr(current, name) for name in ("reviewed_by_id", "reviewed_at", "review_note")}
    return QuestionVersion(**kept | {"number": number, "created_by_id": by.pk} | changes)


def replace_versions(pairs: Sequence[tuple[QuestionVersion, QuestionVersion]]) -> None:
    """Put new versions in the place of current ones whose text they keep; what was flagged as amended stays to be looked at."""
    new = {current.pk: version for current, version in pairs}
    QuestionVersion.objects.filter(pk__in=new).update(is_current=False)
    QuestionVersion.objects.bulk_create(new.values(), batch_size=1000)
    flags = list(AmendmentFlag.objects.filter(version__in=new, cleared_at__isnull=True))
    for flag in flags:
        flag.version = new[flag.version_id]
    AmendmentFlag.objects.bulk_update(flags, ["version"], batch_size=1000)


def grow(bank: Bank) -> None:
    """Say to every process that the bank is another one."""
    Bank.objects.filter(pk=bank.pk).update(version=F("version") + 1)
    bank.refresh_from_db(fields=["version"])


def refuse_starving(bank: Bank, before: dict[tuple[int, str, str], ContestShort], now: datetime) -> None:
    """Refuse a change that takes from an open contest questions that its papers draw; one that was short may get better."""
    for place, after in short_contests(bank, now).items():
        had = before.get(place)
        if had is None or after.has < had.has or after.day < had.day:
            raise ContestError(
                f"Cuộc thi “{after.title}” đang mở bốc {after.wanted} {after.what} của chủ đề “{after.topic}”, "
                f"sau thay đổi này chỉ còn {after.has} {after.what}. Chưa lưu gì cả.",
                "open_contest_needs_it",
            )
