"""Django's admin for the site's operators (superusers). Organizers use the console; nothing here goes through the scope.

Contests and rounds change through acts that check and leave an event; versions, answers, standings and events are history.
All of them are read here, never written.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from contests.models import (
    Attempt,
    Bank,
    Contest,
    ContestEvent,
    Entry,
    Question,
    QuestionImport,
    QuestionVersion,
    Round,
    Standing,
    Topic,
)


class ReadOnly(admin.ModelAdmin):
    """Rows that are only ever looked at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Bank)
class BankAdmin(admin.ModelAdmin):
    list_display = ["name", "owner", "purpose", "version", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__name"]
    raw_id_fields = ["owner"]
    readonly_fields = ["public_id", "version", "purpose"]  # which changes by acts of its own


@admin.register(Topic)
class TopicAdmin(ReadOnly):
    list_display = ["name", "bank"]
    list_select_related = ["bank"]
    raw_id_fields = ["bank"]


@admin.register(Contest)
class ContestAdmin(ReadOnly):
    list_display = ["title", "organizer", "state", "created_at"]
    list_filter = ["state"]
    list_select_related = ["organizer"]
    search_fields = ["title", "slug"]
    raw_id_fields = ["organizer", "audience", "bank", "created_by"]


@admin.register(Round)
class RoundAdmin(ReadOnly):
    list_display = ["title", "contest", "number", "opens_at", "closes_at"]
    list_select_related = ["contest"]
    raw_id_fields = ["contest"]


@admin.register(Question)
class QuestionAdmin(ReadOnly):
    list_display = ["code", "bank", "retired_at"]
    list_select_related = ["bank"]
    search_fields = ["code"]


@admin.register(QuestionVersion)
class QuestionVersionAdmin(ReadOnly):
    list_display = ["question", "number", "is_current", "topic", "kind"]
    list_select_related = ["question", "topic"]
    search_fields = ["question__code", "search_text"]


@admin.register(QuestionImport)
class QuestionImportAdmin(ReadOnly):
    list_display = ["filename", "bank", "created", "changed", "unchanged", "imported_by", "imported_at"]
    list_select_related = ["bank", "imported_by"]


@admin.register(ContestEvent)
class ContestEventAdmin(ReadOnly):
    list_display = ["contest", "what", "actor", "at"]
    list_select_related = ["contest", "actor"]


@admin.register(Entry)
class EntryAdmin(ReadOnly):
    list_display = ["member", "contest", "unit_name", "entered_at"]
    list_select_related = ["member", "contest"]
    search_fields = ["member__search_text", "public_id"]


@admin.register(Attempt)
class AttemptAdmin(ReadOnly):
    list_display = ["public_id", "entry", "round", "number", "state", "points", "elapsed_ms"]
    list_filter = ["state"]
    list_select_related = ["entry__member", "entry__contest", "round__contest"]
    search_fields = ["public_id", "receipt"]


@admin.register(Standing)
class StandingAdmin(ReadOnly):
    list_display = ["entry", "contest", "round", "points", "elapsed_ms"]
    list_select_related = ["entry__member", "entry__contest", "contest", "round__contest"]
