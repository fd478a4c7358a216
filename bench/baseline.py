"""The stock way to save an answer: a sync Django view behind login and the middleware of the settings, update_or_create."""

from __future__ import annotations

import json
import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
settings.ROOT_URLCONF = "bench.baseline"
application = get_asgi_application()

from django.contrib.auth.decorators import login_required  # noqa: E402  after the apps are there
from django.utils import timezone  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402

from contests.models import Answer, Attempt  # noqa: E402


@csrf_exempt  # to the baseline's advantage: no token to check
@require_POST
@login_required
def save_answer(request: HttpRequest, public_id: str) -> JsonResponse:
    """Save the answers of one member's attempt, one update_or_create each, and acknowledge."""
    attempt = Attempt.objects.get(public_id=public_id, entry__member=request.user)
    now = timezone.now()
    if attempt.state != Attempt.State.STARTED or now > attempt.accepts_until:
        return JsonResponse({"error": "closed"}, status=409)
    saved = []
    for answer in json.loads(request.body)["answers"]:
        Answer.objects.update_or_create(
            attempt_id=attempt.pk,
            question=answer["question"],
            defaults={"choice": answer["choice"], "seq": answer["seq"], "arrived_at": now},
        )
        saved.append([answer["question"], answer["seq"]])
    return JsonResponse({"saved": saved})


urlpatterns = [path("api/attempts/<uuid:public_id>/answers", save_answer)]
