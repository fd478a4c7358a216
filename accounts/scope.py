"""Scope: which part of the union tree a person may see. The one place where it is applied (law 8).

A scope is a set of path prefixes. Every page, export, count, search box and socket narrows its rows with `in_scope`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from accounts.models import Member, Role

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Scope:
    """Path prefixes that reach whole subtrees; empty reaches nothing."""

    prefixes: tuple[str, ...] = ()

    def reaches(self, path: str) -> bool:
        """Whether the unit at `path` lies inside."""
        return any(path.startswith(prefix) for prefix in self.prefixes)

    def __bool__(self) -> bool:
        return bool(self.prefixes)


def scope_of(member: Member | AnonymousUser, kind: str, today: date | None = None) -> Scope:
    """What `member` reaches through roles of `kind` (Role.Kind) that are in force today; read afresh at each request."""
    if not member.is_authenticated:
        return Scope()
    day = today or timezone.localdate()
    paths = (
        Role.objects.filter(member=member, kind=kind, from_day__lte=day)
        .filter(Q(to_day__isnull=True) | Q(to_day__gte=day))
        .values_list("unit__path", flat=True)
    )
    return _shortest(paths)


def either(*scopes: Scope) -> Scope:
    """What any of the scopes reaches."""
    return _shortest(prefix for scope in scopes for prefix in scope.prefixes)


def within(scope: Scope, path: str) -> Scope:
    """The part of the scope that lies in the subtree of `path`."""
    return _shortest(
        [path] if scope.reaches(path) else [prefix for prefix in scope.prefixes if prefix.startswith(path)]
    )


def _shortest(paths: Iterable[str]) -> Scope:
    shortest: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(kept) for kept in shortest):
            shortest.append(path)
    return Scope(tuple(shortest))


def in_scope(rows: QuerySet[M, Any], scope: Scope, field: str = "path") -> QuerySet[M, Any]:
    """The rows whose unit path (`field`, across relations if need be) lies inside the scope; none for an empty scope."""
    if not scope:
        return rows.none()
    reach = Q()
    for prefix in scope.prefixes:
        reach |= Q(**{f"{field}__startswith": prefix})
    return rows.filter(reach)
