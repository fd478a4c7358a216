"""Pages of periods: for members with a staff role, and only what their scope reaches."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Unit
from accounts.scope import Scope
from contests.errors import ContestError
from reports.models import OfflineFigure
from reports.periods import actions, pages, queries
from reports.periods import period as periods
from reports.periods.forms import OfflineForm, TargetForm
from reports.periods.period import Period, compared
from reports.queries import trail
from reports.views import staff_page

UNITS_A_PAGE = 100
NAMES = {
    "contests": _("Cuộc thi có người dự"), "people": _("Người dự thi"), "attempts": _("Lượt thi"),
    "reached": _("Người được tiếp cận"), "units": _("CĐCS có người dự thi"),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def period_report(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Everything of a unit in a period; a target or an offline figure may be added."""
    given = request.POST if request.method == "POST" else request.GET
    unit, tops, period = _chosen(scope, given.get("don-vi", ""), given.get("ky", ""))
    act = request.POST.get("act", "")
    target = TargetForm(request.POST if act == "target" else None, prefix="ct")
    offline = OfflineForm(request.POST if act == "offline" else None, prefix="tb")
    if act == "target" and target.is_valid() and _set_target(request, unit, period, target):
        return _back(unit, period, "chi-tieu")
    if act == "offline" and offline.is_valid() and _tell_offline(request, unit, offline):
        return _back(unit, period, "tu-bao-cao")
    now = timezone.now()
    now_seen, before = pages.seen(unit, period, now), pages.seen(unit, period.before, now)
    told, told_in_all = pages.offline_rows(unit, period)
    context: dict[str, object] = {
        "section": "reports", "unit": unit, "tops": tops, "period": period, "title": title(period), "title_before": title(period.before),
        "trail": trail(unit, tops), "periods": [(each.code, title(each)) for each in _offered(period)],
        "seen": now_seen, "before": before, "targets": pages.target_lines(unit, period, now_seen.counted),
        "told": told, "told_in_all": told_in_all, "target_form": target, "offline_form": offline,
        "undone": _undone(scope, request.GET.get("bo", "")),
        "waits": any(pages.waits(each, now) for each in (now_seen, before)),
    }  # fmt: skip
    if now_seen.counted is not None:
        context |= {
            "totals": now_seen.counted.totals,
            "contests": pages.contest_lines(now_seen.counted),
            "below": Paginator(pages.unit_lines(now_seen.counted), UNITS_A_PAGE).get_page(request.GET.get("page")),
        }
        if before.counted is not None and (now_seen.counted.totals.reached or before.counted.totals.reached):
            changes = compared(now_seen.counted.totals, before.counted.totals)
            context["compared"] = [pages.Compared(str(NAMES[name]), change) for name, change in changes.items()]
    return render(request, "reports/period.html", context, status=422 if act else 200)


@require_POST
@staff_page
def count_now(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Let the worker count a large unit's period and the one before; back to the page, which says how far it is."""
    unit, _tops, period = _chosen(scope, request.POST.get("don-vi", ""), request.POST.get("ky", ""))
    wanted = [each for each in (period, period.before) if not queries.is_small(unit, each)]
    actions.ask_for_count(unit=unit, wanted=wanted, now=timezone.now())
    return _back(unit, period)


@require_POST
@staff_page
def target_withdraw(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """A target of the reader's units binds no longer."""
    target = get_object_or_404(queries.ever_set(scope), public_id=public_id)
    actions.withdraw_target(member=request.user, target=target, now=timezone.now())
    messages.success(request, gettext("Đã bỏ chỉ tiêu."))
    return _back(target.unit, _period(request.POST.get("ky", "")), "chi-tieu")


@require_POST
@staff_page
def offline_withdraw(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """A figure of the reader's units counts no longer; the page offers to take it up again."""
    figure = _offline(scope, public_id)
    actions.withdraw_offline(member=request.user, figure=figure, now=timezone.now())
    unit, period = _chosen_again(request, scope, figure)
    return _back(unit, period, "tu-bao-cao", bo=str(figure.public_id))


@require_POST
@staff_page
def offline_restore(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """Take a withdrawal back."""
    figure = _offline(scope, public_id)
    actions.restore_offline(figure=figure)
    unit, period = _chosen_again(request, scope, figure)
    return _back(unit, period, "tu-bao-cao")


def title(period: Period) -> str:
    """A period as people say it."""
    if not period.half:
        return gettext("Năm %(year)s") % {"year": period.year}
    return (gettext("6 tháng đầu năm %(year)s") if period.half == 1 else gettext("6 tháng cuối năm %(year)s")) % {"year": period.year}  # fmt: skip


def _offered(chosen: Period) -> list[Period]:
    """What may be chosen; the chosen one is always among them."""
    now = timezone.now()
    found = periods.offered(now, queries.first_year() or now.year)
    return found if chosen in found else [*found, chosen]


def _set_target(request: HttpRequest, unit: Unit, period: Period, form: TargetForm) -> bool:
    try:
        actions.set_target(member=request.user, unit=unit, year=period.year, now=timezone.now(), **form.asked())
    except ContestError as error:
        form.add_error(None, gettext(error.text))
        return False
    messages.success(request, gettext("Đã ghi chỉ tiêu."))
    return True


def _tell_offline(request: HttpRequest, unit: Unit, form: OfflineForm) -> bool:
    try:
        now = timezone.now()
        actions.tell_offline(member=request.user, unit=unit, told=form.told(), today=timezone.localdate(now), now=now)
    except ContestError as error:
        form.add_error(None, gettext(error.text))
        return False
    messages.success(request, gettext("Đã ghi số liệu tự báo cáo."))
    return True


def _chosen(scope: Scope, code: str, period: str) -> tuple[Unit, list[Unit], Period]:
    """The unit asked for, the highest units of the reader, the period; 404 for anything that is not the reader's."""
    tops = list(queries.highest(scope))
    if not tops or "\x00" in code:
        raise Http404
    return get_object_or_404(queries.units_in(scope), code=code) if code else tops[0], tops, _period(period)


def _period(code: str) -> Period:
    found = periods.read(code) if code else periods.year_of(timezone.now())
    if found is None:
        raise Http404
    return found


def _offline(scope: Scope, public_id: UUID) -> OfflineFigure:
    return get_object_or_404(queries.ever_told(scope), public_id=public_id)


def _undone(scope: Scope, public_id: str) -> OfflineFigure | None:
    """The figure that was just withdrawn: the page offers to take it up again."""
    try:
        wanted = UUID(public_id)
    except ValueError:
        return None
    return queries.ever_told(scope).filter(public_id=wanted, withdrawn_at__isnull=False).first()


def _chosen_again(request: HttpRequest, scope: Scope, figure: OfflineFigure) -> tuple[Unit, Period]:
    """The page that a button stood on: a unit above the figure's."""
    unit, _tops, period = _chosen(scope, request.POST.get("don-vi", "") or figure.unit.code, request.POST.get("ky", ""))
    return unit, period


def _back(unit: Unit, period: Period, anchor: str = "", **more: str) -> HttpResponse:
    address = f"{reverse('reports:period')}?{urlencode({'don-vi': unit.code, 'ky': period.code, **more})}"
    return redirect(f"{address}#{anchor}" if anchor else address)
