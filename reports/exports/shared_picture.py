"""The participation of a unit as one picture for Zalo and Facebook: 1080 × 1350 PNG, nobody's name in it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from contests.models import Contest
from contests.rules.settings import Review, parse_round_rules
from reports import queries
from reports.exports.base import Brief, Form
from reports.infographic import Said, compose
from reports.participation import report_of
from reports.pictures import OurFaces, draw_shared


def write(path: Path, brief: Brief) -> None:
    """Write the picture at `path`."""
    brief.progress.start(1)
    closes_at = queries.course_of(brief.contest).closes_at
    said = Said(
        brief.unit.name, brief.contest.title, report_of(brief.table), brief.as_of, brief.check,
        running=closes_at is None or brief.as_of < closes_at, results=results_are_open(brief.contest, brief.as_of),
    )  # fmt: skip
    path.write_bytes(draw_shared(compose(said, OurFaces())))
    brief.progress.step()


def results_are_open(contest: Contest, now: datetime) -> bool:
    """Whether results may be told to everybody: every round has closed, and each tells its members at least their own score."""
    rounds = list(contest.rounds.all())
    return bool(rounds) and all(
        one.last_close <= now and parse_round_rules(one.rules).review is not Review.NOTHING for one in rounds
    )


FORM = Form(
    "picture", _("Ảnh để chia sẻ (PNG)"), ".png", "image/png", "Ảnh chia sẻ", write,
    about=_("Số người, tỷ lệ và đơn vị dẫn đầu trên một ảnh cho Zalo, Facebook; không có tên người."), personal=False,
)  # fmt: skip
