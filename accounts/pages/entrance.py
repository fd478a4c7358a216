"""Signing up and resetting a password, where allauth's views need a word of ours. All others are used as they are."""

from __future__ import annotations

import logging
import smtplib

from allauth.account.views import PasswordResetView, SignupView
from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.own_paths import with_next

log = logging.getLogger(__name__)


class SignUp(SignupView):
    """A new member chooses a unit first, then goes where they wanted to go."""

    def get_success_url(self) -> str | None:
        after = super().get_success_url()
        # Someone who is logged in already is only passing through.
        return after if self.request.user.is_authenticated else with_next(reverse("choose_unit"), after)


class ResetPassword(PasswordResetView):
    """A mail server that does not answer is told to the member, not a 500."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except (smtplib.SMTPException, OSError):
            log.exception("the reset mail could not be sent")
            form.add_error(None, _("Máy chủ thư đang bận nên chưa gửi được. Thử lại sau ít phút."))
            return self.form_invalid(form)
