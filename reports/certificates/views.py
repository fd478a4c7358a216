"""Pages about certificates: for everybody who holds one, for members, and for those who issue them."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import quote
from uuid import UUID

from allauth.core.internal import ratelimit
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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.scope import Scope
from contests.actions.sitting import database_now
from contests.authoring.pictures import MAX_BYTES
from contests.errors import ContestError
from contests.models import Contest
from reports.certificates import actions, queries
from reports.certificates.codes import spoken, typed
from reports.certificates.drawing import Sheet, one_page
from reports.certificates.files import picture
from reports.certificates.forms import PLACES, DesignForm, IssueForm, RevokeForm
from reports.certificates.wording import Kind
from reports.models import CertificateBatch

A_PAGE = 50
PREVIEW_WIDTH = 1200  # pixels
# Wrong codes a minute and address. Right ones are not counted: a whole factory may look behind one address.
WRONG_CODES = {"wrong_certificate_code": "30/m/ip"}
P = ParamSpec("P")


# --- For everybody -------------------------------------------------------------------------------------------------
@require_safe
@never_cache
def lookup(request: HttpRequest) -> HttpResponse:
    """Type a code; and a member's own certificates."""
    text = request.GET.get("ma", "")[:60]
    if typed(text):
        return redirect("certificate", typed(text))
    own = queries.own_certificates(request.user) if request.user.is_authenticated else []
    return _public(request, "lookup", {"text": text, "own": own}, 404 if text else 200)


@require_safe
@never_cache
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Is this paper genuine, what does it say, and is it still true?"""
    checked = queries.check(code)
    if checked is None:
        usage = ratelimit.consume(
            request, app="reports", action="wrong_certificate_code", config=WRONG_CODES, limit_get=True
        )
        if usage is None:
            return render(request, "429.html", status=429)
        return _public(request, "lookup", {"text": code[:60], "own": []}, 404)
    one = checked.certificate
    if code != one.code:
        return redirect("certificate", one.code)
    mine = request.user.is_authenticated and queries.may_take(request.user, one)
    return _public(request, "certificate", {"checked": checked, "one": one, "code": spoken(one.code), "mine": mine})


@require_safe
@never_cache
def certificate_file(request: HttpRequest, code: str) -> HttpResponse:
    """The PDF of one certificate in force, to its owner and to those who issued it."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    checked = queries.check(code)
    if checked is None or checked.certificate.revoked_at or not queries.may_take(request.user, checked.certificate):
        raise Http404
    one = checked.certificate
    sheet = queries.sheet_of(one, queries.drawn(one.batch.design))
    return _pdf(sheet, f"Giấy chứng nhận {one.serial.replace('/', '-')} {_plain(one.contest.title)}.pdf")


def _public(request: HttpRequest, name: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    response = render(request, f"reports/certificates/{name}.html", {"section": "contests", **context}, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


# --- For those who issue -------------------------------------------------------------------------------------------
def issuers_only(
    view: Callable[Concatenate[HttpRequest, Scope, Contest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, str, P], HttpResponse]:
    """Hand the view the contest of the address: 404 where the reader's units do not organize it, 403 without any role."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method in ("GET", "HEAD") else "/")
        scope = queries.issuing_scope(request.user)
        if not scope:
            return render(request, "403.html", status=403)
        contest = get_object_or_404(queries.contests_to_certify(scope), slug=slug)
        return view(request, scope, contest, *args, **kwargs)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@issuers_only
def issue(request: HttpRequest, scope: Scope, contest: Contest) -> HttpResponse:
    """To whom; a dry count; then the act. And what was issued before."""
    now, rounds = database_now(), list(contest.rounds.all())
    form = IssueForm(request.POST if request.method == "POST" else None, rounds=rounds)
    look = None
    if form.is_bound and form.is_valid():
        ask, again = form.ask(), form.cleaned_data["again"]
        if request.POST.get("act") == "issue":
            try:
                batch = actions.request_batch(
                    contest=contest, ask=ask, again=again, split=bool(form.cleaned_data["split"]), by=request.user, now=now
                )  # fmt: skip
            except ContestError as error:
                form.add_error(None, gettext(error.text))
            else:
                return redirect("certificate_batch", contest.slug, batch.public_id)
        else:
            look = queries.outlook(contest, ask, again=again, now=now)
    context = {
        "form": form, "look": look, "batches": list(queries.batches_of(contest)[:20]), "totals": queries.totals(contest),
        "unsettled": queries.unsettled(contest), "design": queries.design_of(contest.organizer), "rounds": rounds,
    }  # fmt: skip
    return _page(request, contest, "issue", context)


@require_http_methods(["GET", "HEAD", "POST"])
@issuers_only
def batch(request: HttpRequest, scope: Scope, contest: Contest, batch_id: UUID) -> HttpResponse:
    """How far an issue is; stop it, go on with it, fetch its file."""
    one = _batch(contest, batch_id)
    act = {"cancel": actions.cancel_batch, "redo": actions.redo_batch}.get(request.POST.get("act", ""))
    if act is not None:
        act(batch=one)
        return redirect("certificate_batch", contest.slug, batch_id)
    return _page(request, contest, "batch", {"batch": one})


@require_safe
@issuers_only
def batch_state(request: HttpRequest, scope: Scope, contest: Contest, batch_id: UUID) -> HttpResponse:
    """The same in JSON, for the page that waits."""
    one = _batch(contest, batch_id)
    return JsonResponse({"state": one.state, "done": one.done, "total": one.total})


@require_safe
@issuers_only
def batch_file(request: HttpRequest, scope: Scope, contest: Contest, batch_id: UUID) -> HttpResponse:
    """The file of an issue."""
    one = _batch(contest, batch_id)
    path = settings.MEDIA_ROOT / one.file
    if one.state != CertificateBatch.State.READY or not path.is_file():
        raise Http404
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=f"Giấy chứng nhận {_plain(contest.title)}{path.suffix}"
    )
    response["Cache-Control"] = "no-store, private"
    return response


@require_safe
@issuers_only
def issued(request: HttpRequest, scope: Scope, contest: Contest) -> HttpResponse:
    """The certificates of a contest: found by name, number or code; or those that results do not bear out any more."""
    doubtful, q = request.GET.get("xem") == "lech", request.GET.get("q", "")[:100]
    rows = queries.doubtful(contest) if doubtful else queries.of_contest(contest, q)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    lines = list(page) if doubtful else [(one, "") for one in page]
    return _page(
        request, contest, "issued", {"page": page, "lines": lines, "q": q, "doubtful": doubtful, "form": RevokeForm()}
    )


@require_POST
@issuers_only
def revoke_doubtful(request: HttpRequest, scope: Scope, contest: Contest) -> HttpResponse:
    """Revoke all that results do not bear out."""
    try:
        count = actions.revoke_doubtful(
            contest=contest, by=request.user, reason=request.POST.get("reason", ""), now=database_now()
        )
    except ContestError as error:
        messages.error(request, gettext(error.text))
    else:
        messages.success(request, gettext("Đã thu hồi %(count)s giấy.") % {"count": count})
    return redirect(reverse("certificates_issued", args=[contest.slug]) + "?xem=lech")


@require_http_methods(["GET", "HEAD", "POST"])
@issuers_only
def manage(request: HttpRequest, scope: Scope, contest: Contest, code: str) -> HttpResponse:
    """One certificate: what it says, whether it is still true; revoke it, or take that back."""
    checked = queries.check(code)
    if checked is None or checked.certificate.contest_id != contest.pk:
        raise Http404
    one, form = checked.certificate, RevokeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            if request.POST.get("act") == "restore":
                actions.restore(certificate=one, by=request.user, reason=reason)
                messages.success(request, gettext("Giấy có hiệu lực trở lại."))
            else:
                actions.revoke(certificate=one, by=request.user, reason=reason, now=database_now())
                messages.success(request, gettext("Đã thu hồi giấy. Ai quét mã sẽ thấy giấy không còn hiệu lực."))
        except ContestError as error:
            form.add_refusal(error)
        else:
            return redirect("certificate_manage", contest.slug, one.code)
    return _page(request, contest, "manage", {"checked": checked, "one": one, "code": spoken(one.code), "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@issuers_only
def design(request: HttpRequest, scope: Scope, contest: Contest) -> HttpResponse:
    """The unit's design, with an invented member's certificate beside it."""
    unit = contest.organizer
    current = queries.design_of(unit)
    shown, form = current, DesignForm(initial=DesignForm.initial_of(current))
    if request.method == "POST" and request.POST.get("act") == "usual":
        shown = queries.usual_design(unit)
        form = DesignForm(initial=DesignForm.initial_of(shown))
    elif request.method == "POST":
        form = DesignForm(request.POST, request.FILES)
        try:
            if form.is_valid() and request.POST.get("act") == "look":
                shown = actions.planned_design(unit=unit, **form.values(MAX_BYTES))
            elif form.is_valid():
                actions.save_design(unit=unit, by=request.user, now=database_now(), **form.values(MAX_BYTES))
                messages.success(request, gettext("Đã lưu mẫu. Giấy đã cấp giữ mẫu cũ; giấy cấp từ nay theo mẫu này."))
                return redirect("certificate_design", contest.slug)
        except ContestError as error:
            form.add_refusal(error)
    sample = queries.sample_sheet(queries.drawn(shown), contest, _kind(request), timezone.localdate())
    context = {
        "form": form, "design": current, "unit": unit, "places": PLACES.items(), "preview": _data_url(sample), "kinds": Kind,
        "kind": _kind(request).value,
    }  # fmt: skip
    return _page(request, contest, "design", context)


@require_POST
@issuers_only
def preview(request: HttpRequest, scope: Scope, contest: Contest) -> HttpResponse:
    """The picture for what is being typed, or what stands against it; nothing is saved."""
    form = DesignForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"problem": " ".join(str(text) for texts in form.errors.values() for text in texts)})
    try:
        planned = actions.planned_design(unit=contest.organizer, **form.values(MAX_BYTES))
    except ContestError as error:
        return JsonResponse({"problem": gettext(error.text)})
    return JsonResponse(
        {
            "picture": _data_url(
                queries.sample_sheet(queries.drawn(planned), contest, _kind(request), timezone.localdate())
            )
        }
    )


@require_safe
@issuers_only
def sample_file(request: HttpRequest, scope: Scope, contest: Contest) -> HttpResponse:
    """The invented member's certificate as PDF, to print one before a thousand."""
    current = queries.drawn(queries.design_of(contest.organizer))
    return _pdf(queries.sample_sheet(current, contest, _kind(request), timezone.localdate()), "Giấy chứng nhận mẫu.pdf")


def _kind(request: HttpRequest) -> Kind:
    asked = request.POST.get("loai") or request.GET.get("loai", "")
    return Kind(asked) if asked in set(Kind) else Kind.PASSED


def _batch(contest: Contest, batch_id: UUID) -> CertificateBatch:
    return get_object_or_404(queries.batches_of(contest), public_id=batch_id)


def _page(request: HttpRequest, contest: Contest, name: str, context: dict[str, object]) -> HttpResponse:
    return render(request, f"reports/certificates/{name}.html", {"section": "organize", "contest": contest, **context})


def _data_url(sheet: Sheet) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture(one_page(sheet), PREVIEW_WIDTH)).decode()}"


def _pdf(sheet: Sheet, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(name)}",
        "Cache-Control": "no-store, private",
        "X-Robots-Tag": "noindex",
    }
    return HttpResponse(one_page(sheet), content_type="application/pdf", headers=headers)


def _plain(text: str) -> str:
    return " ".join(re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', " ", text).split())[:100].strip(" .")
