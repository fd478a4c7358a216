"""The kinds of unit in use since 01/07/2025. Data: later kinds are rows, not code."""

from django.db import migrations

KINDS = [
    ("tong-lien-doan", "Tổng Liên đoàn", 1, False),
    ("ldld-tinh", "Liên đoàn Lao động tỉnh, thành phố", 2, False),
    ("cd-nganh", "Công đoàn ngành trung ương, tổng công ty", 2, False),
    ("cap-tren-co-so", "Công đoàn cấp trên cơ sở, phường, xã, khu công nghiệp", 3, False),
    ("cdcs", "Công đoàn cơ sở", 4, True),
    ("nghiep-doan", "Nghiệp đoàn cơ sở", 4, True),
]


def add(apps, schema_editor):
    kind = apps.get_model("accounts", "UnitKind")
    for slug, name, level, is_grassroots in KINDS:
        kind.objects.get_or_create(slug=slug, defaults={"name": name, "level": level, "is_grassroots": is_grassroots})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
