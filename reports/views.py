"""Pages of /bao-cao/: for members with a staff role, and only what their scope reaches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role, Unit
from accounts.scope import Scope, scope_of
from contests.errors import ContestError
from contests.models import Contest
from reports import checking, queries, segment_queries
from reports import segment_words as words
from reports.actions import KEEP, cancel_export, redo_export, request_export
from reports.certificates.queries import issuing_scope
from reports.charts import (
    MAX_BARS,
    clock_chart,
    clock_words,
    marks_chart,
    marks_words,
    paces_chart,
    paces_words,
    participation_chart,
    tenths,
    time_chart,
    time_words,
)
from reports.counting import ask_for_count
from reports.dashboard import CHILDREN_A_PAGE, dashboard, division_lines, round_lines
from reports.exports import FORMS, Form
from reports.models import Export
from reports.parts import Parts, clock_of, spans_of
from reports.segment_counting import ask_for_segments
from reports.segment_words import crossed_lines, segment_table
from reports.segments import SEGMENTS

CONTESTS_A_PAGE = 20
MOST_BELOW = 300  # units that a page offers to open
P = ParamSpec("P")


def staff_page(
    view: Callable[Concatenate[HttpRequest, Scope, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Ask for a login, refuse who has no staff role today, hand the scope to the view, keep the page out of caches."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        scope = scope_of(request.user, Role.Kind.STAFF)
        if not scope:
            return render(request, "403.html", status=403)  # not raised: an everyday refusal needs no traceback
        return view(request, scope, *args, **kwargs)

    return guarded


@require_safe
@staff_page
def contest_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The contests that touch the reader's units, and the reader's files."""
    page = Paginator(queries.contests_touching(scope), CONTESTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "contests": queries.listed(list(page), scope),
        "exports": queries.recent_exports(request.user, scope),
    }
    return _render(request, "reports/contest_list.html", context)


@require_safe
@staff_page
def contest_report(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Figures of one contest for one unit: headline, chart, children, and who is missing."""
    contest, tops, unit = _chosen(scope, slug, request.GET.get("don-vi", ""))
    now = timezone.now()
    seen = dashboard(contest, unit, tops, page=request.GET.get("page", ""), now=now)
    context: dict[str, object] = {
        "contest": contest,
        "unit": unit,
        "tops": tops,
        "trail": queries.trail(unit, tops),
        "seen": seen,
        "may_certify": issuing_scope(request.user).reaches(contest.organizer.path),
        "forms": [form for form in FORMS.values() if form.offered(contest, scope, now)],
    }
    if seen is not None:
        spans, clock = spans_of(seen.parts.hours), clock_of(seen.parts.hours)
        context |= {
            "children": Paginator(seen.children, CHILDREN_A_PAGE).get_page(request.GET.get("dv")),
            "chart": participation_chart(seen.children) if seen.children else "",
            "more_bars": max(0, len(seen.children) - MAX_BARS),
            "spans": spans,
            "time_chart": time_chart(spans),
            "time_words": time_words(spans) if spans else "",
            "clock": clock,
            "clock_chart": clock_chart(clock),
            "clock_words": clock_words(clock) if spans else "",
            **_results(seen.parts),
            "rounds": round_lines(contest, seen.parts),
            "divisions": division_lines(contest, seen.parts),
            "earlier": queries.earlier(contest, unit, scope),
            "opened": queries.course_of(contest).opens_at,
        }
    return _render(request, "reports/contest_report.html", context)


def _results(parts: Parts) -> dict[str, object]:
    """The section of results; nothing before anything is judged."""
    if not any(parts.marks):
        return {}
    return {
        "marks_chart": marks_chart(parts.marks), "marks_words": marks_words(parts.marks),
        "marks": [(tenths(place), count) for place, count in enumerate(parts.marks)],
        "paces_chart": paces_chart(parts.paces), "paces_words": paces_words(parts.paces),
        "paces": [(tenths(place), count) for place, count in enumerate(parts.paces)],
    }  # fmt: skip


@require_POST
@staff_page
def count_again(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Let the worker count a large contest now; back to the page, which says how far it is."""
    contest, _tops, unit = _chosen(scope, slug, request.POST.get("don-vi", ""))
    try:
        ask_for_count(contest=contest, now=timezone.now())
    except ContestError as error:
        messages.info(request, gettext(error.text))
    return redirect(f"{reverse('reports:report', args=[contest.slug])}?don-vi={quote(unit.code)}")


@require_safe
@staff_page
def segment_report(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Who took part by what people declared of themselves, as far as it may be said; one segment across another."""
    contest, tops, unit = _chosen(scope, slug, request.GET.get("don-vi", ""))
    now = timezone.now()
    seen = segment_queries.seen(contest, unit, now)
    late = seen is None or seen.until < segment_queries.midnight(now)
    if late:
        ask_for_segments(contest=contest, now=now)
    down, across = _two_segments(request.GET.get("hang", ""), request.GET.get("cot", ""))
    context = {
        "contest": contest,
        "unit": unit,
        "tops": tops,
        "trail": queries.trail(unit, tops),
        "below": queries.children_of(unit, tops)[:MOST_BELOW],
        "seen": seen,
        "late": late,
        "too_small": words.too_small(),
        "how": words.HOW,
        "dash": words.DASH,
        "more": (words.WHY, words.RESULTS),
        "segments": [(segment, words.NAMES[segment]) for segment in SEGMENTS],
        "down": down,
        "across": across,
    }
    if seen is None:
        return _render(request, "reports/segment_report.html", context)
    tables = seen.tables
    context |= {"tables": tables, "until": seen.until - timedelta(days=1)}
    if not tables.too_small:
        lines = {segment: tables.one(segment, words.groups_of(segment)) for segment in SEGMENTS}
        context["lists"] = [segment_table(segment, lines[segment]) for segment in SEGMENTS]
        context["crossed"] = crossed_lines(tables, down, across, lines)
    return _render(request, "reports/segment_report.html", context)


@require_safe
@staff_page
def check_file(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What a file with this code said on its day, for everybody who reaches its unit, even after the file is gone."""
    text = request.GET.get("ma", "")[:60]
    export = queries.export_with_code(checking.typed(text), scope)
    context = {
        "text": text,
        "export": export,
        "totals": export.totals if export else None,
        "kept": checking.read_back(export.public_id, export.totals, export.code) if export else None,
    }
    return _render(request, "reports/check.html", context)


@require_POST
@staff_page
def export_create(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Ask for a file of the unit on the page, in the form whose button was pressed; without one in the first form."""
    contest, _tops, unit = _chosen(scope, slug, request.POST.get("don-vi", ""))
    form = _form(request)
    if not form.offered(contest, scope, timezone.now()):
        raise Http404
    export = request_export(member=request.user, contest=contest, unit=unit, form=form)
    return redirect("reports:export", public_id=export.public_id)


@require_safe
@staff_page
def export_page(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """How far the file is; may be left and returned to."""
    export = _export(request, scope, public_id)
    return _render(
        request,
        "reports/export.html",
        {"export": export, "form": FORMS.get(export.form), "kept_until": export.requested_at + KEEP},
    )


@require_safe
@staff_page
def export_state(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """The same in JSON, for the page that waits."""
    export = _export(request, scope, public_id)
    return JsonResponse({"state": export.state, "done": export.done, "total": export.total})


@require_POST
@staff_page
def export_redo(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """Try a failed file again."""
    export = _export(request, scope, public_id)
    redo_export(export=export)
    return redirect("reports:export", public_id=export.public_id)


@require_POST
@staff_page
def export_cancel(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """Stop a file that waits or is being written."""
    cancel_export(export=_export(request, scope, public_id))
    return redirect("reports:export", public_id=public_id)


@require_safe
@staff_page
def export_download(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """The file, to the one who asked for it and may still see its unit."""
    export = _export(request, scope, public_id)
    path = settings.MEDIA_ROOT / export.file
    if export.state != Export.State.READY or export.form not in FORMS or not path.is_file():
        raise Http404
    if not FORMS[export.form].offered(export.contest, scope, timezone.now()):
        raise Http404
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=export.filename,
        content_type=FORMS[export.form].content_type,
    )  # fmt: skip
    response["Cache-Control"] = "no-store, private"
    return response


def _chosen(scope: Scope, slug: str, code: str) -> tuple[Contest, list[Unit], Unit]:
    """The contest, the highest units that the reader may open in it, and the one asked for; 404 for anything else."""
    contest = get_object_or_404(queries.contests_touching(scope), slug=slug)
    tops = queries.roots(contest, scope)
    if not tops or "\x00" in code:
        raise Http404
    return contest, tops, get_object_or_404(queries.units_below(tops), code=code) if code else tops[0]


def _two_segments(down: str, across: str) -> tuple[str, str]:
    """The two that were asked for; where that is no two of ours, another one stands in."""
    first = down if down in SEGMENTS else SEGMENTS[0]
    second = across if across in SEGMENTS and across != first else next(each for each in SEGMENTS[1:] if each != first)
    return first, second


def _form(request: HttpRequest) -> Form:
    form = FORMS.get(request.POST.get("mau", "") or next(iter(FORMS)))
    if form is None:
        raise Http404
    return form


def _export(request: HttpRequest, scope: Scope, public_id: UUID) -> Export:
    return get_object_or_404(queries.exports_of(request.user, scope), public_id=public_id)


def _render(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    return render(request, template, {"section": "reports", **context})
