"""Practice (thi thử), open to everybody: which banks there are, a set of ten, one question a screen, what to review.

Visitors need no account and no session: a set is a seed in the address, and the answers given so far ride along in it. Whoever
goes back in the browser is back at the question before. Of members it is stored that they came to the end of a set on a day.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contests.actions.practice import note_practice
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import Bank
from contests.pages.sitting_form import Unfinished, read_fields
from contests.queries import practice as reads
from contests.rules.kinds import Value
from contests.rules.kinds.shapes import BLANK_SEPARATOR, Options, Shape, ShapeRefused
from contests.rules.practice import HIGHEST_SEED, MAX_TYPED, SET_SIZE, read_answers, read_choice, write_answers

BANKS_PER_PAGE = 20


@require_safe
def banks(request: HttpRequest) -> HttpResponse:
    """What there is to practise on."""
    page = Paginator(reads.practice_banks(), BANKS_PER_PAGE).get_page(request.GET.get("page"))
    return _page(request, "practice", page=page, banks=reads.with_topics(list(page), database_now()))


@require_safe
def bank(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose a topic, or all of them, and begin."""
    (found,) = reads.with_topics([_bank(public_id)], database_now())
    return _page(request, "practice_bank", found=found, bank=found.bank, size=min(SET_SIZE, found.questions))


@require_safe
def begin(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Draw the lot of a new set and go to its first question."""
    bank, topic = _bank(public_id), request.GET.get("chu-de", "")
    seed = secrets.randbelow(HIGHEST_SEED) + 1
    drawn = reads.practice_set(bank, topic, seed, database_now())
    if drawn is None:
        return redirect("practice_bank", public_id)
    return redirect(_address(bank, seed, topic, drawn.stamp))


@require_safe
def question(request: HttpRequest, public_id: UUID, seed: int) -> HttpResponse:
    """The question that comes after the answers in the address; checked, when the address says what was chosen."""
    if seed > HIGHEST_SEED:
        raise Http404
    bank, topic = _bank(public_id), request.GET.get("chu-de", "")
    drawn = reads.practice_set(bank, topic, seed, database_now())
    if drawn is None or drawn.stamp != request.GET.get("dau"):
        return _page(request, "practice_changed", bank=bank, topic=topic)
    answers = read_answers(request.GET.get("da", ""), drawn.shapes)
    if answers is None:
        raise Http404
    checked = [drawn.check(place, value) for place, value in enumerate(answers)]
    done = {"bank": bank, "topic": topic, "total": len(drawn), "right": sum(one.is_right for one in checked)}
    if len(answers) == len(drawn):
        note_practice(request.user, bank, timezone.localdate())
        review = [one for one in checked if not one.is_right]
        return _page(request, "practice_summary", review=review, wrong=len(review), **done)
    place = len(answers)
    value = _answered(request, drawn.shapes[place])
    if value is not None:
        one = drawn.check(place, value)
        done["right"] += one.is_right
        onward = _address(bank, seed, topic, drawn.stamp, [*answers, value])
        return _page(request, "practice_question", checked=one, question=one.asked, onward=onward, **done)
    carried = {"chu-de": topic, "dau": drawn.stamp, "da": write_answers(answers)}
    unanswered = "kiem-tra" in request.GET
    return _page(
        request, "practice_question", question=drawn.ask(place), carried=carried, unanswered=unanswered, seed=seed, **done
    )  # fmt: skip


def _page(request: HttpRequest, name: str, /, **context: object) -> HttpResponse:
    return render(request, f"contests/{name}.html", {"section": "practice"} | context)


def _bank(public_id: UUID) -> Bank:
    return get_object_or_404(reads.practice_banks(), public_id=public_id)


def _answered(request: HttpRequest, shape: Shape) -> Value | None:
    """What was answered to the question shown: nothing yet (None), nothing on purpose, or an answer of its shape."""
    if "chua-biet" in request.GET:
        return ()
    if isinstance(shape, Options):
        letters = request.GET.getlist("chon")
        choice = read_choice(letters, shape.options, shape.several)
        if letters and choice is None:
            raise Http404
        return choice
    try:
        positions, text = shape.read(_short(read_fields(request.GET, "chon", shape)))
    except Unfinished:
        return None
    except (ShapeRefused, ContestError) as error:
        raise Http404 from error
    return text or positions or None


def _short(value: Value) -> Value:
    """No longer than an address can carry."""
    if not isinstance(value, str):
        return value
    texts = value.split(BLANK_SEPARATOR)
    return BLANK_SEPARATOR.join(text[: MAX_TYPED // len(texts)] for text in texts)


def _address(bank: Bank, seed: int, topic: str, stamp: str, answers: list[Value] | None = None) -> str:
    """The address of the question that follows the answers."""
    parts = {"chu-de": topic, "dau": stamp, "da": write_answers(answers or [])}
    carried = urlencode({name: value for name, value in parts.items() if value})
    return f"{reverse('practice_question', args=[bank.public_id, seed])}?{carried}"
