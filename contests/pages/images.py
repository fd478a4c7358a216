"""Pictures of questions, handed out to whoever may see them at this moment. Never anything but a picture of our own making."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from contests.actions.sitting import database_now
from contests.models import QuestionImage
from contests.queries.images import image_at, may_see

KEPT = 7 * 24 * 3600  # seconds a browser may keep it; the bytes of an address never change


@require_safe
def image(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The picture, or not found: the address alone says nothing and opens nothing."""
    found = image_at(public_id, request.user)
    if found is None or not (found.sits or may_see(found, request.user, database_now())):  # type: ignore[attr-defined]
        raise Http404
    response = _handed_out(found)
    response["Content-Type"] = f"image/{found.form}"
    response["Content-Disposition"] = f'inline; filename="hinh.{found.form}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = f"private, max-age={KEPT}, immutable"
    return response


def _handed_out(image: QuestionImage) -> HttpResponseBase:
    """By nginx where it stands in front, else by ourselves."""
    if settings.FILES_BY_NGINX:
        return HttpResponse(headers={"X-Accel-Redirect": f"/_{image.file}"})
    try:
        return FileResponse(default_storage.open(image.file))
    except FileNotFoundError as error:
        raise Http404 from error
