"""The rules of a contest on the console: ranking, divisions, who may take part, boards of units, prizes; as forms or as a file."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.scope import Scope
from contests.actions.contest import PlanRefused
from contests.actions.contest_rules import update_contest_rules
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import Contest
from contests.pages.organizer_forms import typed
from contests.pages.organizer_guard import console_page, contest_in, organizers_only
from contests.pages.organizer_rule_forms import (
    DivisionForm,
    DivisionRows,
    PrizeForm,
    PrizeRows,
    RulesForm,
    UnitBoardForm,
    kept_rows,
    kind_choices,
    share,
    typed_rows,
)
from contests.queries.unit_boards import rules_of_contest, unit_ranking
from contests.rules.contest_settings import UnitBoard, dump_contest_rules, parse_contest_rules
from contests.rules.formula import QUANTITIES
from contests.rules.reading import RuleProblem, RulesInvalid
from contests.rules.unit_board import RankedUnit, UnitFigures, rank_units

MAX_FILE = 256 * 1024
IN_PREVIEW = 5  # units


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def rules(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """The whole rule set on one page. What it lists in rows grows by buttons that send the page."""
    contest = contest_in(scope, slug)
    now_set = dump_contest_rules(rules_of_contest(contest))
    form, divisions, prizes = _forms(contest, now_set)
    if request.method == "POST" and request.POST.get("act") in ("add-division", "add-prize"):
        act = request.POST["act"]
        form = RulesForm(initial=typed(request.POST, form))
        rows = typed_rows(request.POST, divisions, act == "add-division")
        divisions = _division_rows(initial=rows)
        prizes = _prize_rows(contest, rows, initial=typed_rows(request.POST, prizes, act == "add-prize"))
    elif request.method == "POST":
        form = RulesForm(request.POST)
        divisions = _division_rows(request.POST)
        prizes = _prize_rows(contest, typed_rows(request.POST, divisions, False), request.POST)
        if form.is_valid() & divisions.is_valid() & prizes.is_valid():
            kept = {"divisions": kept_rows(divisions), "prizes": kept_rows(prizes)}
            data = now_set | form.data_of() | {name: [row.data_of() for row in rows] for name, rows in kept.items()}
            try:
                update_contest_rules(contest=contest, data=data, by=request.user, now=database_now())
            except PlanRefused as refused:
                share(refused.problems, form, kept)
            except ContestError as error:
                form.add_error(None, gettext(error.text))
            else:
                messages.success(request, gettext("Đã lưu luật xếp hạng và giải thưởng."))
                return redirect("organizer_rules", slug)
    return _page(request, contest, form, divisions, prizes)


@require_safe
@organizers_only
def download(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """The rule set as a file, to keep, to check or to give to another contest."""
    contest = contest_in(scope, slug)
    text = json.dumps(dump_contest_rules(rules_of_contest(contest)), ensure_ascii=False, indent=2)
    return HttpResponse(
        text + "\n", content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="luat-{contest.slug}.json"'},
    )  # fmt: skip


@require_POST
@organizers_only
def upload(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """A rule set from a file: all of it or nothing, with every problem named by its place in the file."""
    contest = contest_in(scope, slug)
    problems: list[RuleProblem] = []
    try:
        data = _read_file(request)
        update_contest_rules(contest=contest, data=data, by=request.user, now=database_now())
    except PlanRefused as refused:
        problems = list(refused.problems)
    except ContestError as error:
        problems = [RuleProblem("", error.code, error.text)]
    else:
        messages.success(request, gettext("Đã lấy luật từ tệp."))
        return redirect("organizer_rules", slug)
    return _page(request, contest, *_forms(contest, dump_contest_rules(rules_of_contest(contest))), problems=problems)


def _read_file(request: HttpRequest) -> dict[str, Any]:
    file = request.FILES.get("file")
    if file is None:
        raise ContestError("Hãy chọn tệp luật (.json) trước khi bấm nút.", "missing")
    if file.size is None or file.size > MAX_FILE:
        raise ContestError(
            f"Tệp lớn quá {MAX_FILE // 1024} KB nên không phải tệp luật. Hãy chọn tệp khác.", "too_large"
        )
    try:
        data = json.loads(file.read(MAX_FILE + 1).decode("utf-8-sig"))
        json.dumps(data, ensure_ascii=False).encode()  # half a character is not a character
    except (ValueError, RecursionError):
        raise ContestError("Không đọc được tệp. Hãy tải tệp luật về làm mẫu rồi sửa trên đó.", "not_json") from None
    if not isinstance(data, dict):
        raise ContestError("Tệp phải là một bộ thiết lập {…}. Hãy tải tệp luật về làm mẫu.", "not_an_object")
    return data


def _page(
    request: HttpRequest,
    contest: Contest,
    form: RulesForm,
    divisions: Any,
    prizes: Any,
    problems: list[RuleProblem] | None = None,
) -> HttpResponse:
    return console_page(
        request, "rules", contest=contest, form=form, divisions=divisions, prizes=prizes, file_problems=problems or [],
        boards=rules_of_contest(contest).unit_boards, editable=contest.state == Contest.State.DRAFT,
        has_errors=bool(form.errors) or any(any(rows.errors) for rows in (divisions, prizes) if rows.is_bound), here="contest",
    )  # fmt: skip


def _forms(contest: Contest, dumped: dict[str, Any]) -> tuple[RulesForm, Any, Any]:
    divisions = [DivisionForm.initial_of(one) for one in dumped["divisions"]]
    return (
        RulesForm(initial=RulesForm.initial_of(dumped)),
        _division_rows(initial=divisions),
        _prize_rows(contest, divisions, initial=[PrizeForm.initial_of(one) for one in dumped["prizes"]]),
    )


def _division_rows(data: Any = None, **options: Any) -> Any:
    return DivisionRows(data, prefix="divisions", form_kwargs={"kinds": kind_choices()}, **options)


def _prize_rows(contest: Contest, divisions: list[dict[str, Any]], data: Any = None, **options: Any) -> Any:
    """`divisions` as they are typed now: a prize may name one that is not saved yet."""
    named = [
        (one["key"], one.get("name") or one["key"]) for one in divisions if one.get("key") and not one.get("DELETE")
    ]
    boards = [(one.key, one.name) for one in rules_of_contest(contest).unit_boards]
    choices = {"rounds": list(contest.rounds.all()), "divisions": named, "boards": boards}
    return PrizeRows(data, prefix="prizes", form_kwargs=choices, **options)


# --- One board of units ------------------------------------------------------------------------------------------------
NEW_BOARD = {"by": "rate", "people": "members", "min_size": 1, "top": 10}


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def unit_board(request: HttpRequest, scope: Scope, slug: str, number: int | None = None) -> HttpResponse:
    """Add, change or remove a board of units, with a look at what it would show."""
    contest = contest_in(scope, slug)
    dumped = dump_contest_rules(rules_of_contest(contest))
    boards = dumped["unit_boards"]
    if number is not None and not 1 <= number <= len(boards):
        raise Http404
    index = len(boards) if number is None else number - 1
    kinds = kind_choices()
    form = UnitBoardForm(initial=NEW_BOARD if number is None else boards[index], kinds=kinds)
    if request.method == "POST":
        act = request.POST.get("act", "save")
        form = UnitBoardForm(request.POST, kinds=kinds)
        if act == "remove" and number is not None:
            changed = boards[:index] + boards[index + 1 :]
        elif form.is_valid():
            changed = [*boards[:index], form.data_of(), *boards[index + 1 :]]
        else:
            changed = None
        if changed is not None and act == "try":
            _try(form, dumped | {"unit_boards": changed}, index)
        elif changed is not None:
            try:
                update_contest_rules(
                    contest=contest, data=dumped | {"unit_boards": changed}, by=request.user, now=database_now()
                )
            except PlanRefused as refused:
                if act == "remove":
                    form = UnitBoardForm(boards[index], kinds=kinds)
                    form.is_valid()
                share(refused.problems, form, {"unit_boards": [*([form] * (index + 1))]})
            except ContestError as error:
                form.add_error(None, gettext(error.text))
            else:
                messages.success(request, gettext("Đã lưu bảng đơn vị.") if act != "remove" else gettext("Đã bỏ bảng đơn vị."))  # fmt: skip
                return redirect("organizer_rules", slug)
    return console_page(
        request, "unit_board", contest=contest, form=form, number=number, quantities=QUANTITIES.items(),
        editable=contest.state == Contest.State.DRAFT, here="contest", **_preview(contest, form, boards, number),
    )  # fmt: skip


def _try(form: UnitBoardForm, data: dict[str, Any], index: int) -> None:
    """Say of the board what saving would say, without saving."""
    try:
        parse_contest_rules(data)
    except RulesInvalid as error:
        own = [one for one in error.problems if one.field.startswith(f"unit_boards[{index}]")]
        share(own, form, {"unit_boards": [form] * (index + 1)})


def _preview(contest: Contest, form: UnitBoardForm, boards: list[dict[str, Any]], number: int | None) -> dict[str, Any]:
    """The worked numbers of a few units: real ones where somebody has sat, else their headcounts with invented results."""
    if form.is_bound and form.errors:
        return {"preview": None}
    row = form.data_of() if form.is_bound else boards[number - 1] if number else None
    try:
        board = parse_contest_rules({"unit_boards": [row]}).unit_boards[0] if row else None
    except RulesInvalid:
        board = None
    if board is None:
        return {"preview": None}
    ranking = unit_ranking(contest, board)
    if any(one.unit.entrants for one in ranking):
        return {"preview": ranking[:IN_PREVIEW], "invented": False}
    return {"preview": _with_invented_results(board, ranking), "invented": True}


def _with_invented_results(board: UnitBoard, ranking: list[RankedUnit]) -> list[RankedUnit]:
    """A few of the units, the largest first, as if a part of their people had sat."""
    largest = sorted((one.unit for one in ranking), key=lambda unit: (-(unit.members or 0), unit.name))[:IN_PREVIEW]
    return rank_units(board, [_invented(unit, number) for number, unit in enumerate(largest, 2)])


def _invented(unit: UnitFigures, number: int) -> UnitFigures:
    entrants = max(1, (unit.members or 100) * number // 10)
    best = min(entrants, 10)
    return replace(
        unit, entrants=entrants, attempts=entrants * 3 // 2, results=entrants, points=entrants * (1700 - 100 * number),
        top_results=best, top_points=best * (2000 - 50 * number), perfect=entrants // 20, winners=1,
    )  # fmt: skip
