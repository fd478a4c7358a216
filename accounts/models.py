"""Members, units and the ties between them, all dated: history is never rewritten.

The unit tree is a `path` of fixed-width labels ("0001.002a."), so that a subtree is one indexed prefix. A unit's path is
its place today; entries keep the path as it was on the day.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.names import given_name_sort_key, normalise_name, search_text
from accounts.phones import to_e164, to_local


class MemberManager(BaseUserManager["Member"]):
    """Makes members so that every stored form (phone, e-mail, names) is the canonical one."""

    def create_user(self, *, phone: str = "", email: str = "", password: str | None = None, **fields: Any) -> Member:
        """A new member; ValueError without a valid phone or an e-mail."""
        number = to_e164(phone) if phone else None
        if phone and number is None:
            raise ValueError(f"not a phone number: {phone!r}")
        if not (number or email):
            raise ValueError("a member needs a phone number or an e-mail")
        member = self.model(phone=number, email=self.normalize_email(email).lower() or None, **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Member:
        """An operator of the site, for Django's admin."""
        return self.create_user(email=email, password=password, is_staff=True, is_superuser=True, **fields)


class Member(AbstractBaseUser, PermissionsMixin):
    """A person with an account, known by phone (E.164), by e-mail, or by both."""

    phone = models.CharField(_("số điện thoại"), max_length=16, unique=True, null=True, blank=True)
    phone_verified = models.BooleanField(default=False)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    full_name = models.CharField(_("họ và tên"), max_length=120)
    sort_key = models.CharField(max_length=400, db_index=True, editable=False)
    search_text = models.CharField(max_length=200, db_index=True, editable=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text=_("vào được trang quản trị kỹ thuật"))
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MemberManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("đoàn viên, người lao động")
        verbose_name_plural = _("đoàn viên, người lao động")
        constraints = [
            models.CheckConstraint(
                condition=Q(phone__isnull=False) | Q(email__isnull=False), name="member_has_phone_or_email"
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the derived name columns true on every save path."""
        self.set_name(self.full_name)
        if kwargs.get("update_fields") and "full_name" in kwargs["update_fields"]:
            kwargs["update_fields"] = {*kwargs["update_fields"], "sort_key", "search_text"}
        super().save(*args, **kwargs)

    def set_name(self, full_name: str) -> None:
        """Set the name and the two columns made from it."""
        self.full_name = normalise_name(full_name)
        self.sort_key = given_name_sort_key(self.full_name)[:400]
        self.search_text = search_text(self.full_name)[:200]

    @property
    def login_name(self) -> str:
        """What the member types to log in."""
        return to_local(self.phone) if self.phone else (self.email or "")

    def __str__(self) -> str:
        return self.full_name or self.login_name


class UnitKind(models.Model):
    """A kind of unit (LĐLĐ tỉnh, CĐCS, …): data, because the law keeps changing the tiers."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    level = models.PositiveSmallIntegerField(help_text=_("1 là cấp cao nhất"))
    is_grassroots = models.BooleanField(default=False, help_text=_("đoàn viên sinh hoạt trực tiếp ở đây"))

    class Meta:
        ordering = ["level", "name"]
        verbose_name = _("loại đơn vị")
        verbose_name_plural = _("loại đơn vị")

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A node of the union tree. `name` and `path` are those of today; UnitName keeps the dated names."""

    code = models.CharField(_("mã đơn vị"), max_length=32, unique=True)
    kind = models.ForeignKey(UnitKind, on_delete=models.PROTECT)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(_("tên đơn vị"), max_length=250)
    search_text = models.CharField(max_length=300, editable=False)
    path = models.CharField(max_length=120, unique=True, editable=False)
    depth = models.PositiveSmallIntegerField(editable=False)
    join_code = models.CharField(max_length=16, unique=True, help_text=_("phần cuối của đường dẫn và mã QR của đơn vị"))
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["path"]
        verbose_name = _("đơn vị")
        verbose_name_plural = _("đơn vị")

    def __str__(self) -> str:
        return self.name


class UnitName(models.Model):
    """What a unit was called from a day on; old names stay findable."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=250)
    search_text = models.CharField(max_length=300, editable=False)
    from_day = models.DateField()
    to_day = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["unit", "from_day"]
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=Q(to_day__isnull=True), name="unit_has_one_name_today"),
        ]

    def __str__(self) -> str:
        return self.name


class Headcount(models.Model):
    """How many people belong directly to a unit on a date: the denominator of its rates.

    A unit's whole denominator is the sum over its subtree, so a parent records only the people who are in no child.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="headcounts")
    on_day = models.DateField()
    members = models.PositiveIntegerField(_("số đoàn viên"))
    workers = models.PositiveIntegerField(_("số lao động"))
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "on_day"], name="one_headcount_a_unit_and_day")]

    def __str__(self) -> str:
        return f"{self.unit}: {self.members} ({self.on_day})"


class Membership(models.Model):
    """A member belongs to a unit from a day on. A move ends one row and begins another."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    from_day = models.DateField()
    to_day = models.DateField(null=True, blank=True)
    set_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(to_day__isnull=True), name="member_is_in_one_unit_today"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} – {self.unit}"


class Role(models.Model):
    """What a member may do for a unit and everything below it, and for nothing else."""

    class Kind(models.TextChoices):
        ORGANIZER = "organizer", _("ban tổ chức")
        STAFF = "staff", _("cán bộ báo cáo")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="roles")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    from_day = models.DateField(default=timezone.localdate)
    to_day = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("vai trò")
        verbose_name_plural = _("vai trò")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "unit", "kind"], condition=Q(to_day__isnull=True), name="role_is_granted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_kind_display()} – {self.unit}"


class Consent(models.Model):
    """A member's yes to one purpose, provable: which text, when, through what; a withdrawal ends the row."""

    class Purpose(models.TextChoices):
        TAKE_PART = "take_part", _("dự thi")
        SHOW_NAME = "show_name", _("hiện họ tên trên bảng xếp hạng")
        SEGMENTS = "segments", _("thống kê theo nhóm từ điều tự khai")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    text_version = models.CharField(max_length=16)
    text_hash = models.CharField(max_length=64)
    channel = models.CharField(max_length=16, default="web")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_standing_consent_a_purpose",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.purpose}"


class SelfDeclared(models.Model):
    """What a member chose to say of themselves, for counts of many people only. Null: not said, or not wished to be said.

    Read by one query alone, `reports.segment_queries`, which counts; no page shows a row to anybody but its member, and the
    admin does not know this table. Deleted with the consent (`Consent.Purpose.SEGMENTS`) that it rests on. Codes are stable;
    words may change.
    """

    class Gender(models.TextChoices):
        FEMALE = "female", _("Nữ")
        MALE = "male", _("Nam")
        OTHER = "other", _("Khác")

    class Education(models.TextChoices):
        BELOW_UPPER = "below_upper", _("Chưa tốt nghiệp THPT")
        UPPER = "upper", _("Tốt nghiệp THPT")
        VOCATIONAL = "vocational", _("Sơ cấp, trung cấp nghề")
        COLLEGE = "college", _("Cao đẳng")
        UNIVERSITY = "university", _("Đại học")
        POSTGRADUATE = "postgraduate", _("Sau đại học")

    class Sector(models.TextChoices):
        MANUFACTURING = "manufacturing", _("Sản xuất công nghiệp")
        BUILDING = "building", _("Xây dựng, giao thông, vận tải")
        SERVICES = "services", _("Thương mại, dịch vụ")
        EDUCATION = "education", _("Giáo dục")
        HEALTH = "health", _("Y tế")
        OFFICES = "offices", _("Cơ quan Đảng, Nhà nước, đoàn thể")
        FARMING = "farming", _("Nông, lâm, ngư nghiệp")
        OTHER = "other", _("Lĩnh vực khác")

    class Shift(models.TextChoices):
        OFFICE = "office", _("Giờ hành chính")
        DAY = "day", _("Theo ca, không có ca đêm")
        NIGHT = "night", _("Theo ca, có ca đêm")
        FREE = "free", _("Giờ linh hoạt")

    class Region(models.TextChoices):
        CITY = "city", _("Đô thị")
        INDUSTRY = "industry", _("Khu công nghiệp, khu chế xuất")
        PLAIN = "plain", _("Nông thôn đồng bằng")
        HIGHLAND = "highland", _("Miền núi, vùng cao")
        BORDER = "border", _("Biên giới, biển đảo")

    FACTS = ("birth_year", "gender", "education", "sector", "shift", "region")

    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True, related_name="+")
    birth_year = models.PositiveSmallIntegerField(_("năm sinh"), null=True, blank=True)
    gender = models.CharField(_("giới tính"), max_length=16, choices=Gender.choices, null=True, blank=True)
    education = models.CharField(_("trình độ"), max_length=16, choices=Education.choices, null=True, blank=True)
    sector = models.CharField(_("lĩnh vực"), max_length=16, choices=Sector.choices, null=True, blank=True)
    shift = models.CharField(_("ca làm việc"), max_length=16, choices=Shift.choices, null=True, blank=True)
    region = models.CharField(_("vùng"), max_length=16, choices=Region.choices, null=True, blank=True)
    changed_at = models.DateTimeField(help_text="counts take it from the next day on")

    def __str__(self) -> str:
        return f"{self.member_id}"
