"""Django's admin: one door, no counting of millions, and acts instead of bare saves."""

import pytest
from allauth.account.models import EmailAddress

from accounts.models import Member, Role, Unit, UnitName
from tests.make import PASSWORD

pytestmark = pytest.mark.django_db
MODELS = ["member", "unit", "unitkind", "role", "headcount", "consent"]


@pytest.fixture
def operator(client, union):
    member = Member.objects.create_superuser("operator@example.vn", PASSWORD, full_name="Quản Trị")
    client.force_login(member)
    return client


def test_the_door_is_our_login_page(client, union):
    answer = client.get("/quan-tri/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/tai-khoan/login/?next=")
    assert answer.status_code == 200


def test_a_member_who_is_not_of_the_staff_is_refused(client, union):
    client.force_login(union.alice)

    assert client.get("/quan-tri/", follow=True).status_code == 403


def test_the_operator_comes_in(operator):
    assert operator.get("/quan-tri/").status_code == 200


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("text", ["", "anh", "0911000002", "%00", "x" * 5000])
def test_lists_open_and_search(operator, model, text):
    assert operator.get(f"/quan-tri/accounts/{model}/", {"q": text}).status_code == 200


def test_members_are_found_without_accents_and_by_any_spelling_of_the_phone(operator, union):
    union.alice.phone = "+84911000777"
    union.alice.save(update_fields=["phone"])

    for text in ("tran thi anh", "0911 000 777"):
        page = operator.get("/quan-tri/accounts/member/", {"q": text}).content.decode()
        assert "Trần Thị Ánh" in page
        assert "Lê Văn Bình" not in page


@pytest.mark.parametrize(
    "address", [*(f"{model}/add/" for model in ("member", "unit", "unitkind", "role", "headcount"))]
)
def test_forms_open(operator, address):
    assert operator.get(f"/quan-tri/accounts/{address}").status_code == 200


def test_a_member_is_made_with_the_phone_in_its_one_form(operator):
    data = {"full_name": "Vũ Văn Tay", "phone": "0912 345 678", "email": "", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD,
            "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}  # fmt: skip

    assert operator.post("/quan-tri/accounts/member/add/", data).status_code == 302
    member = Member.objects.get(phone="+84912345678")
    assert (member.email, member.search_text) == (None, "vu van tay")
    assert member.check_password(PASSWORD)


def test_a_changed_address_closes_the_former_one(operator, client, union):
    EmailAddress.objects.create(user=union.olga, email="olga@example.vn", primary=True)
    page = f"/quan-tri/accounts/member/{union.olga.pk}/change/"
    assert operator.get(page).status_code == 200
    data = {
        "full_name": "Nguyễn Thị Ơn",
        "email": "moi@example.vn",
        "phone": "",
        "is_active": "on",
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }

    answer = operator.post(page, data)
    assert answer.status_code == 302, answer.context["errors"]

    client.logout()
    client.post("/tai-khoan/login/", {"login": "olga@example.vn", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    client.post("/tai-khoan/login/", {"login": "moi@example.vn", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(union.olga.pk)


NO_HEADCOUNTS = {"headcounts-TOTAL_FORMS": 0, "headcounts-INITIAL_FORMS": 0}


def test_a_unit_is_made_renamed_and_moved_by_the_acts(operator, union):
    kind = union.factory_a.kind_id
    data = {"code": "MOI", "name": "CĐCS Mới", "kind": kind, "parent": union.ward_a.pk} | NO_HEADCOUNTS
    assert operator.post("/quan-tri/accounts/unit/add/", data).status_code == 302
    unit = Unit.objects.get(code="MOI")
    assert unit.path.startswith(union.ward_a.path)

    data |= {"name": "CĐCS Mới Nữa", "parent": union.province_b.pk}
    assert operator.post(f"/quan-tri/accounts/unit/{unit.pk}/change/", data).status_code == 302

    unit.refresh_from_db()
    assert unit.path.startswith(union.province_b.path)
    assert sorted(UnitName.objects.filter(unit=unit).values_list("name", flat=True)) == ["CĐCS Mới", "CĐCS Mới Nữa"]


def test_a_unit_is_not_moved_below_itself(operator, union):
    data = {
        "code": union.ward_a.code,
        "name": union.ward_a.name,
        "kind": union.ward_a.kind_id,
        "parent": union.factory_a.pk,
    } | NO_HEADCOUNTS

    answer = operator.post(f"/quan-tri/accounts/unit/{union.ward_a.pk}/change/", data)

    assert "vào bên dưới chính nó" in answer.content.decode()


def test_a_role_remembers_who_granted_it(operator, union):
    data = {"member": union.bob.pk, "unit": union.ward_a.pk, "kind": "staff", "from_day": "01/11/2026"}

    assert operator.post("/quan-tri/accounts/role/add/", data).status_code == 302
    assert Role.objects.get(member=union.bob).granted_by.email == "operator@example.vn"


def test_people_and_units_are_not_deleted(operator, union):
    assert operator.get(f"/quan-tri/accounts/member/{union.alice.pk}/delete/").status_code == 403
    assert operator.get(f"/quan-tri/accounts/unit/{union.factory_a.pk}/delete/").status_code == 403
