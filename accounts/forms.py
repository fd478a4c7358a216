"""Forms of the accounts pages."""

from __future__ import annotations

from allauth.account import forms as allauth_forms


class LoginForm(allauth_forms.LoginForm):
    pass


class SignupForm(allauth_forms.SignupForm):
    pass


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    pass
