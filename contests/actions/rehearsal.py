"""A rehearsal: the whole contest run through on a copy, with simulated members, before anybody real sees it.

Everything happens in one transaction that is rolled back (docs/decisions/0008-rehearsal.md): no copy to hide from lists, boards,
reports and searches, none to remove, nothing left behind by a worker that dies in the middle. Only the report is kept.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from statistics import median
from typing import Any

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app as jobs

from accounts.models import Member
from contests.actions.contest import open_contest
from contests.actions.progress import Progress
from contests.actions.rehearsal_cast import copy_of, make_cast
from contests.actions.rehearsal_run import Play, Played
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import Attempt, Contest, QuestionVersion, Rehearsal
from contests.queries.rankings import ranking
from contests.queries.winners import outlook
from contests.rules.contest_settings import ContestRules, parse_contest_rules
from contests.rules.recount import disagreements, recount
from contests.rules.scoring import PLAIN
from contests.rules.settings import Partial, parse_round_rules

log = logging.getLogger("contests.rehearsal")

JOB = "reports.rehearse"  # the totals of an export are checked too, so the job stands above us
USUAL, MEMBERS = 200, range(10, 1001)
OFTEN = 0.6  # a question that stands on more than this share of the papers is soon known to all
ENOUGH_PAPERS = 30  # to say how often a question is drawn: fewer are chance
BROKEN = "Máy chủ gặp lỗi khi diễn tập. Cuộc thi không bị ảnh hưởng; hãy thử lại, nếu vẫn lỗi hãy báo người quản trị."

Exported = Callable[[Contest], Mapping[str, int]]


class _Enough(Exception):
    """Leaves the transaction, so that nothing of it stays."""


def ask_rehearsal(*, contest: Contest, members: int, by: Member, now: datetime) -> Rehearsal:
    """A rehearsal for the worker to run. One at a time a contest; only of a draft that has what an opening needs."""
    if contest.state != Contest.State.DRAFT:
        raise ContestError("Chỉ diễn tập được khi cuộc thi còn là bản nháp.", "not_draft")
    if members not in MEMBERS:
        raise ContestError(f"Số người giả từ {MEMBERS[0]} đến {MEMBERS[-1]}.", "out_of_range")
    try:
        with transaction.atomic():
            row = Rehearsal.objects.create(contest=contest, members=members, asked_by=by, asked_at=now)
            # In this transaction: no row without its job, no job without its row. One at a time: it is work for minutes.
            jobs.configure_task(JOB, lock="rehearsal").defer(rehearsal_id=row.pk)
    except IntegrityError as error:
        raise ContestError("Một lần diễn tập của cuộc thi này đang chạy. Hãy đợi nó xong.", "busy") from error
    return row


def rehearse(*, rehearsal_id: int, exported: Exported, last_try: bool = True) -> None:
    """The worker's side. May be run again after any crash: nothing but the row was ever written."""
    row = Rehearsal.objects.select_related(
        "contest__bank__owner", "contest__organizer", "contest__audience", "asked_by"
    ).get(pk=rehearsal_id)
    if row.state not in (Rehearsal.State.WAITING, Rehearsal.State.RUNNING):
        return
    rows = Rehearsal.objects.filter(pk=rehearsal_id)
    rows.update(state=Rehearsal.State.RUNNING, done=0, total=0)
    report: dict[str, Any] = {}
    try:
        with Progress(Rehearsal, rehearsal_id) as progress, transaction.atomic():
            report = _perform(row, exported, progress.tell)
            raise _Enough
    except _Enough:
        rows.update(state=Rehearsal.State.DONE, report=report, finished_at=database_now())
    except ContestError as refused:
        rows.update(state=Rehearsal.State.FAILED, error=refused.text, finished_at=database_now())
    except Exception:
        log.exception("rehearsal %s failed", row.public_id)
        if last_try:
            rows.update(state=Rehearsal.State.FAILED, error=BROKEN, finished_at=database_now())
        raise


def _perform(row: Rehearsal, exported: Exported, tell: Callable[[int, int], None]) -> dict[str, Any]:
    """The report. Raises ContestError where the copy cannot be opened: the checklist says the same."""
    if row.asked_by is None:
        raise ContestError("Người yêu cầu diễn tập không còn tài khoản.", "nobody")
    began, now = time.perf_counter(), database_now()
    chance = random.Random(row.pk)  # noqa: S311  no secret; the same row plays the same way
    copy = copy_of(row.contest, row.asked_by)
    rules = parse_contest_rules(copy.rules)
    cast = make_cast(copy, rules, row.members, chance, now)
    copy = open_contest(contest=copy, by=row.asked_by, now=now)
    seen, after = Play(copy, rules, cast, chance, tell).run()
    report = {
        "members": row.members, "started": seen.started, "handed_in": seen.handed_in, "ran_out": seen.ran_out, "graded": seen.graded,
        "refused": _counted(seen.refused), "failed": _counted(seen.failed), "misjudged": seen.misjudged[:10],
        "ranking": _check_ranking(copy, rules, seen), "prizes": _prizes(copy, after), "questions": _questions(copy, seen),
        "export": _check_export(copy, exported),
        "start_ms": _times(seen.start_ms), "save_ms": _times(seen.save_ms), "seconds": round(time.perf_counter() - began),
    }  # fmt: skip
    return report | {"problems": _problems(report)}


def _counted(found: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    return [{"where": where, "text": text, "times": times} for (where, text), times in sorted(found.items())]


def _times(values: list[float]) -> dict[str, int]:
    return {"median": round(median(values)), "most": round(max(values))} if values else {"median": 0, "most": 0}


def _check_ranking(copy: Contest, rules: ContestRules, seen: Played) -> dict[str, Any]:
    """The ranking of the contest against a recount that shares no line with it."""
    placed = ranking(copy, None)
    shared = len(placed) - len({one.place for one in placed})
    plain = all(
        one.scoring == PLAIN and one.partial is Partial.EXACT
        for one in (parse_round_rules(round_.rules) for round_ in copy.rounds.all())
    )
    found: dict[str, Any] = {
        "people": len(placed),
        "ties": shared,
        "checked": plain and not seen.uncounted,
        "wrong": [],
    }
    if found["checked"]:
        chain = [one.value for one in rules.chain]
        counting = {one.number: parse_round_rules(one.rules).counting.value for one in copy.rounds.all()}
        totals = recount(seen.sat, counting, rules.over_rounds.value, chain)
        found["wrong"] = disagreements([(one.result.entry, one.place) for one in placed], totals, chain)
    return found


def _prizes(copy: Contest, after: datetime) -> dict[str, Any]:
    """What a winners' list would be."""
    look = outlook(copy, None, after)
    given: dict[str, int] = {}
    for award in look.awards:
        given[award.prize] = given.get(award.prize, 0) + award.given
    tied = [{"prize": group.prize.name, "people": len(group.entries), "left": group.left} for group in look.tied]
    return {"given": given, "tied": tied, "waiting": look.waiting, "obstacles": [one.text for one in look.obstacles]}


def _questions(copy: Contest, seen: Played) -> dict[str, Any]:
    """How often each question was drawn."""
    codes = {
        pk: (code, topic)
        for pk, code, topic in QuestionVersion.objects.filter(question__bank=copy.bank_id).values_list("pk", "question__code", "topic__name")
    }  # fmt: skip
    topics = {part.topic for one in copy.rounds.all() for part in parse_round_rules(one.rules).draw}
    drawable = [pk for pk, (_, topic) in codes.items() if topic in topics]
    often = [
        {"code": codes[pk][0], "topic": codes[pk][1], "papers": times}
        for pk, times in seen.drawn.most_common(5)
    ]  # fmt: skip
    return {
        "papers": seen.papers,
        "of": len(drawable),
        "never": sum(pk not in seen.drawn for pk in drawable),
        "often": often,
    }


def _check_export(copy: Contest, exported: Exported) -> dict[str, Any]:
    """The totals of the staff's export against plain counts."""
    attempts = Attempt.objects.filter(round__contest=copy)
    counted = {"participants": attempts.values("entry").distinct().count(), "attempts": attempts.count()}
    shown = dict(exported(copy))
    return {"shown": shown, "counted": counted, "equal": shown == counted}


def _problems(report: Mapping[str, Any]) -> list[str]:
    """What the organizer should look at, each with what to do."""
    found = [
        f"Lỗi khi {one['where']} ({one['times']} lần): {one['text']} Hãy báo người quản trị."
        for one in report["failed"]
    ]
    found += [f"Bị từ chối khi {one['where']} ({one['times']} lần): {one['text']}" for one in report["refused"]]
    found += report["misjudged"]
    found += [f"Bảng xếp hạng không khớp khi đếm lại: {text}" for text in report["ranking"]["wrong"]]
    if not report["export"]["equal"]:
        found.append("Số người, số lượt trong tệp xuất khác số đếm thẳng từ cơ sở dữ liệu. Hãy báo người quản trị.")
    for group in report["prizes"]["tied"]:
        found.append(
            f"{group['prize']}: {group['people']} người bằng nhau mà chỉ còn {group['left']} giải. Hãy thêm tiêu chí phụ ở Luật xếp hạng, hoặc "
            "chuẩn bị cách quyết định."
        )
    found += [text for text in report["prizes"]["obstacles"] if not report["prizes"]["tied"] or "bằng nhau" not in text]
    papers = report["questions"]["papers"]
    for one in report["questions"]["often"]:
        if papers >= ENOUGH_PAPERS and one["papers"] > OFTEN * papers:
            share = round(100 * one["papers"] / papers)
            found.append(
                f"Câu {one['code']} có trong {share}% số đề, nên dễ bị truyền tay. Hãy nhập thêm câu cho chủ đề “{one['topic']}”."
            )
    return found
