"""What every page's navigation needs to know about the visitor."""

from typing import Any

from django.http import HttpRequest

from accounts.models import Role
from accounts.queries import role_kinds


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`nav_roles`: the kinds of role in force, read only when a template asks."""

    class Lazy:
        def __contains__(self, kind: object) -> bool:
            return kind in self._kinds()

        def __iter__(self) -> Any:
            return iter(self._kinds())

        def _kinds(self) -> frozenset[str]:
            if not hasattr(request, "_nav_roles"):
                user = getattr(request, "user", None)
                request._nav_roles = role_kinds(user) if user is not None and user.is_authenticated else frozenset()  # type: ignore[attr-defined]
            return request._nav_roles  # type: ignore[attr-defined,no-any-return]

    return {"nav_roles": Lazy(), "ROLE": Role.Kind}
