"""Long work steps back for everything else, and is done where it may not."""

import os
import threading

import pytest

from reports.jobs import NICE, quietly


def test_work_has_a_thread_of_its_own_that_steps_back():
    seen = []

    quietly(
        lambda: seen.append((os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), threading.get_native_id()))
    )

    [(nice, thread)] = seen
    assert nice == max(NICE, os.getpriority(os.PRIO_PROCESS, 0))
    assert thread != threading.get_native_id()
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < NICE, "ours is as it was"


def test_it_is_done_where_a_unit_forbids_that(monkeypatch):
    def forbidden(*_):
        raise PermissionError("SystemCallFilter=~@resources")

    monkeypatch.setattr(os, "setpriority", forbidden)
    done = []

    quietly(lambda: done.append(True))

    assert done == [True]


def test_a_failure_of_the_work_is_told():
    with pytest.raises(ZeroDivisionError):
        quietly(lambda: 1 / 0)
