"""After the hand-in: looking back on a paper, and checking a receipt."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contests.actions.sitting import database_now
from contests.queries import pages
from contests.queries.receipts import clean_code, find_receipt
from contests.queries.review import may_review, reviewed_paper


@login_required
@never_cache
@require_safe
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """The own paper with what was right, once the rules allow it; before that the result page says when."""
    attempt = get_object_or_404(pages.attempts_of(request.user), public_id=public_id)
    now = database_now()
    if not may_review(attempt, now):
        return redirect("result", attempt.public_id)
    questions = reviewed_paper(attempt, now)
    context = {
        "attempt": attempt, "contest": attempt.round.contest, "round": attempt.round, "questions": questions,
        "told": sum(not question.withheld for question in questions), "right": sum(question.right for question in questions),
    }  # fmt: skip
    return render(request, "contests/review.html", context)


@never_cache
@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    """Is this receipt real? For anybody who has the code."""
    typed = request.GET.get("ma", "")[:60]
    found = find_receipt(clean_code(typed))
    context = {"typed": typed, "receipt": found, "section": "contests"}
    return render(request, "contests/receipt.html", context, status=404 if typed and found is None else 200)
