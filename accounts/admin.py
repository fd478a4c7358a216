"""Django's admin for the accounts room: the operators' side door. Acts that have rules go through actions here too."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import AccountError, correct_name, create_unit, move_unit, rename_unit
from accounts.models import Consent, Headcount, Member, Membership, Role, Unit, UnitKind
from accounts.names import normalise_name, search_text
from accounts.phones import to_e164

# One door: allauth's limits and our page, and 403 for a member who is not of the staff.
admin.site.login = secure_admin_login(admin.site.login)
admin.site.site_header = admin.site.site_title = _("Quản trị kỹ thuật")


class PlainAdmin(admin.ModelAdmin):
    """Tables here may hold millions of rows: never count them all."""

    show_full_result_count = False
    list_per_page = 50

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Search as people type: without accents, phones in any spelling."""
        return super().get_search_results(request, queryset, to_e164(search_term) or search_text(search_term))


def _phone(text: str | None) -> str | None:
    """The number as it is kept, None for an empty box."""
    if not text:
        return None
    phone = to_e164(text)
    if phone is None:
        raise ValidationError(_("Số điện thoại không đúng."))
    return phone


class ContactsForm(forms.ModelForm):
    """Contacts in their one form: two spellings would be two accounts."""

    def clean_phone(self) -> str | None:
        return _phone(self.cleaned_data.get("phone"))

    def clean_email(self) -> str | None:
        return (self.cleaned_data.get("email") or "").lower() or None

    def clean_full_name(self) -> str:
        return normalise_name(self.cleaned_data["full_name"])


class MemberForm(ContactsForm, UserChangeForm):
    """A member; the password is changed on a page of its own."""

    class Meta:
        model = Member
        fields = ["full_name", "phone", "email", "phone_verified", "is_active", "is_staff", "is_superuser", "password"]


class NewMemberForm(ContactsForm, AdminUserCreationForm):
    """A member made by an operator."""

    class Meta:
        model = Member
        fields = ["full_name", "phone", "email"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not (data.get("phone") or data.get("email")):
            raise ValidationError(_("Cần số điện thoại hoặc e-mail."))
        return data


class MembershipInline(admin.TabularInline):
    """Where the member sits and sat. Shown, not edited: a move is an act."""

    model = Membership
    fk_name = "member"
    fields = readonly_fields = ["unit", "from_day", "to_day", "set_by"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("unit", "set_by")


@admin.register(Member)
class MemberAdmin(PlainAdmin, UserAdmin):
    """People. Names and passwords may be mended here; units and consents are theirs to choose."""

    form, add_form = MemberForm, NewMemberForm
    list_display = ["full_name", "phone", "email", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["search_text", "phone", "email"]
    ordering = ["sort_key", "pk"]
    filter_horizontal = []
    readonly_fields = ["last_login", "created_at"]
    fieldsets = [
        (None, {"fields": ["full_name", "phone", "phone_verified", "email", "password"]}),
        (_("Quyền"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
        (_("Ngày"), {"fields": ["created_at", "last_login"]}),
    ]
    add_fieldsets = [(None, {"fields": ["full_name", "phone", "email", "usable_password", "password1", "password2"]})]
    inlines = [MembershipInline]

    def save_model(self, request: HttpRequest, obj: Member, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            # allauth keeps addresses in a table of its own; a former one must not log in any more.
            EmailAddress.objects.filter(user=obj).exclude(email=obj.email or "").delete()
        if change and "full_name" in form.changed_data:
            correct_name(member=obj, full_name=obj.full_name)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody is deleted here: results and history hang on members. Lock the account instead."""
        return False


@admin.register(UnitKind)
class UnitKindAdmin(PlainAdmin):
    """Kinds of unit are data: the law keeps changing the tiers."""

    list_display = ["name", "slug", "level", "is_grassroots"]
    search_fields = ["name", "slug"]


class UnitForm(forms.ModelForm):
    """The unit's place and name; path, names and join code follow from the acts."""

    class Meta:
        model = Unit
        fields = ["code", "name", "kind", "parent", "closed_on"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        parent = data.get("parent")
        if self.instance.pk and parent is None and self.instance.parent_id:
            raise ValidationError(_("Đơn vị phải có cấp trên."))
        if self.instance.pk and parent and parent.path.startswith(self.instance.path):
            raise ValidationError(_("Không thể chuyển một đơn vị vào bên dưới chính nó."))
        return data


class HeadcountInline(admin.TabularInline):
    """Dated denominators."""

    model = Headcount
    extra = 1


@admin.register(Unit)
class UnitAdmin(PlainAdmin):
    """The tree. Creating, renaming and moving run through the same actions as everywhere else."""

    form = UnitForm
    list_display = ["name", "code", "kind", "parent", "closed_on"]
    list_select_related = ["kind", "parent"]
    list_filter = ["kind"]
    search_fields = ["search_text", "code__iexact", "names__search_text"]
    autocomplete_fields = ["parent"]
    inlines = [HeadcountInline]

    def save_model(self, request: HttpRequest, obj: Unit, form: forms.ModelForm, change: bool) -> None:
        today = timezone.localdate()
        if not change:
            made = create_unit(code=obj.code, name=obj.name, kind=obj.kind, parent=obj.parent, from_day=today)
            obj.pk, obj.path, obj.depth, obj.join_code = made.pk, made.path, made.depth, made.join_code
            return
        plain = [name for name in form.changed_data if name in ("code", "kind", "closed_on")]
        if plain:
            obj.save(update_fields=plain)
        if "name" in form.changed_data:
            rename_unit(unit=obj, name=obj.name, from_day=today)
        if "parent" in form.changed_data:
            try:
                move_unit(unit=obj, parent=obj.parent)
            except AccountError as error:
                self.message_user(request, str(error), level="error")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Units are closed, never deleted: results and history hang on them."""
        return False


@admin.register(Role)
class RoleAdmin(PlainAdmin):
    """Who may do what, where. A role is ended by its last day, not deleted."""

    list_display = ["member", "kind", "unit", "from_day", "to_day", "granted_by"]
    list_select_related = ["member", "unit", "granted_by"]
    list_filter = ["kind"]
    search_fields = ["member__search_text", "member__phone", "member__email", "unit__search_text"]
    autocomplete_fields = ["member", "unit"]
    fields = ["member", "unit", "kind", "from_day", "to_day"]

    def save_model(self, request: HttpRequest, obj: Role, form: forms.ModelForm, change: bool) -> None:
        if not change:
            obj.granted_by = request.user
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Headcount)
class HeadcountAdmin(PlainAdmin):
    """Dated denominators, across units."""

    list_display = ["unit", "on_day", "members", "workers", "source"]
    list_select_related = ["unit"]
    search_fields = ["unit__search_text", "unit__code__iexact"]
    autocomplete_fields = ["unit"]


@admin.register(Consent)
class ConsentAdmin(PlainAdmin):
    """Proof, to read only."""

    list_display = ["member", "purpose", "text_version", "given_at", "withdrawn_at"]
    list_select_related = ["member"]
    list_filter = ["purpose"]
    search_fields = ["member__search_text", "member__phone", "member__email"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
