"""Two workers share the work: one does what people wait for, the other what may wait for processor time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app as jobs
from procrastinate.contrib.django.models import ProcrastinateJob

from contests.actions import clues, upload_reading
from contests.models import Attempt
from tests.contests.actions.test_grade import sit
from tests.workers import until, worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def union(committed_union):
    return committed_union[0]


@pytest.fixture
def contest(committed_union):
    return committed_union[1]


def handed_in(member, contest) -> Attempt:
    return sit(member, contest, right=3, seconds=1, now=timezone.now() - timedelta(seconds=30))


def state_of(job: int) -> str:
    return ProcrastinateJob.objects.get(pk=job).status


def graded(attempt: Attempt) -> bool:
    return Attempt.objects.get(pk=attempt.pk).state == "graded"


@pytest.mark.parametrize(
    ("only", "quiet", "prompt"),
    [(["--only", "quiet"], True, False), (["--only", "prompt"], False, True), ([], True, True)],
)
def test_each_does_its_own_work_and_one_alone_does_everything(union, contest, redis_client, only, quiet, prompt):
    attempt = handed_in(union.alice, contest)
    count = jobs.configure_task(clues.JOB).defer(contest_id=contest.pk)
    reading = jobs.configure_task(upload_reading.READ_JOB).defer(upload_id=1)  # there is none: nothing to do

    with worker(*only) as process:
        until(lambda: not quiet or state_of(count) == "succeeded", process)
        until(lambda: not prompt or (graded(attempt) and state_of(reading) == "succeeded"), process)

    assert (state_of(count) == "succeeded") == quiet
    assert (state_of(reading) == "succeeded") == prompt
    assert graded(attempt) == prompt
