"""Essays that were handed in, and people who may mark them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import Member, Role
from contests.actions.grade import grade_pending
from contests.actions.marking import mark_essay
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.models import Attempt, Contest, Topic
from contests.queries.marking import Essay
from contests.rules.settings import DrawPart
from tests import make

TEXT = "Công đoàn đại diện, bảo vệ quyền lợi hợp pháp của người lao động.\n\n  Vì thế tôi tham gia <b>ngay</b> & luôn."
ESSAY = 2  # its place on the paper


def essay_contest(union: make.Union, essays: int = 1, **rules) -> Contest:
    """One question of options, then essays, each worth a point."""
    bank = make.make_bank(union.province_a, ("Tiền lương",), each=1)
    topic = Topic.objects.create(bank=bank, name="Tự luận")
    for number in range(essays):
        stem = f"Vì sao người lao động nên vào Công đoàn? ({number + 1})"
        make.make_question(bank, topic, f"TL-{number}", kind="essay", key=(), stem=stem, options=[], spec={})
    draw = (DrawPart("Tiền lương", 1), DrawPart("Tự luận", essays))
    return make.make_contest(union, bank, draw=draw, shuffle_questions=False, **rules)


def wrote(member: Member, contest: Contest, text: str = TEXT, right: bool = True, **more: str) -> Attempt:
    """A graded attempt with the question of options and the first essay answered; `more`: q3="…"."""
    now = timezone.now() - timedelta(minutes=5)
    attempt = start_attempt(member=member, round_=contest.rounds.get(), now=now)
    order = attempt.paper[0][1]
    answers = {1: [order.index(0 if right else 1)], ESSAY: text} | {int(name[1:]): said for name, said in more.items()}
    save_form(attempt=attempt, choices=answers, now=now + timedelta(seconds=90), submit=True)
    grade_pending(now=now + timedelta(seconds=91))
    attempt.refresh_from_db()
    assert attempt.state == "graded"
    return attempt


def marker(union: make.Union, name: str) -> Member:
    """One more organizer of the province."""
    member = make.make_member(name, email=f"m{Member.objects.count()}@example.vn")
    Role.objects.create(member=member, unit=union.province_a, kind=Role.Kind.ORGANIZER, from_day=make.FROM_DAY)
    return member


def mark(attempt: Attempt, by: Member, credit: int, question: int = ESSAY, note: str = "") -> Essay:
    return mark_essay(attempt=attempt, question=question, credit=credit, note=note, by=by, now=timezone.now())
