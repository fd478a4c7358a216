"""Accounts, /tai-khoan/. Of allauth only the views that we use, under the names that allauth itself looks up."""

from allauth.account import views as allauth
from django.urls import path, re_path

from accounts import forms
from accounts.pages import entrance, profile, support, units

urlpatterns = [
    path("", profile.profile, name="profile"),
    path("ho-ten/", profile.edit_name, name="edit_name"),
    path("tu-khai/", profile.declare_facts, name="declare_facts"),
    path("dong-y/<slug:purpose>/dong-y/", profile.set_consent, {"answer": "dong-y"}, name="give_consent"),
    path("dong-y/<slug:purpose>/rut-lai/", profile.set_consent, {"answer": "rut-lai"}, name="withdraw_consent"),
    # unit
    path("don-vi/", units.choose_unit, name="choose_unit"),
    path("don-vi/tim/", units.find_units, name="find_units"),
    path("don-vi/ma-qr/", units.unit_links, name="unit_links"),
    path("don-vi/<slug:join_code>/", units.confirm_unit, name="confirm_unit"),
    path("don-vi/<slug:join_code>/qr/", units.unit_qr, name="unit_qr"),
    path("don-vi/<slug:join_code>/qr.svg", units.unit_qr_svg, name="unit_qr_svg"),
    # staff
    path("ho-tro/", support.support, name="support"),
    path("ho-tro/duong-dan/", support.support_link, name="support_link"),
    # entrance
    path("login/", allauth.login, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("signup/", entrance.SignUp.as_view(), name="account_signup"),
    path("bi-khoa/", allauth.account_inactive, name="account_inactive"),
    path("xac-nhan-mat-khau/", allauth.ReauthenticateView.as_view(form_class=forms.ReauthenticateForm), name="account_reauthenticate"),
    path("mat-khau/doi/", allauth.PasswordChangeView.as_view(form_class=forms.ChangePasswordForm), name="account_change_password"),
    path("mat-khau/dat/", allauth.PasswordSetView.as_view(form_class=forms.SetPasswordForm), name="account_set_password"),
    path("mat-khau/quen/", entrance.ResetPassword.as_view(), name="account_reset_password"),
    path("mat-khau/quen/da-gui/", allauth.password_reset_done, name="account_reset_password_done"),
    path("mat-khau/dat-lai/xong/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^mat-khau/dat-lai/(?P<uidb36>[0-9A-Za-z]{1,12})-(?P<key>[0-9A-Za-z-]{1,100})/$",
        allauth.PasswordResetFromKeyView.as_view(form_class=forms.ResetPasswordKeyForm),
        name="account_reset_password_from_key",
    ),
]  # fmt: skip
