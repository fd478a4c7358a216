"""`verify_audit` against a log that somebody with the rights of the owner, but without the key, has edited."""

from __future__ import annotations

import random

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from contests.models import AuditHead, AuditRecord

pytestmark = pytest.mark.django_db


def verify(capsys, *options):
    """Exit status and what it said."""
    status = 0
    try:
        call_command("verify_audit", *options)
    except SystemExit as ended:
        status = ended.code
    return status, capsys.readouterr().out


def test_an_untouched_log_is_clean(chain, capsys):
    status, said = verify(capsys)
    print(said)
    assert status == 0
