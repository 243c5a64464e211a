"""The units that exist from the start."""

from django.db import migrations

UNITS = (
    ("pcs", "pieces", 0),
    ("kg", "kilograms", 3),
    ("g", "grams", 1),
    ("m", "meters", 3),
    ("mm", "millimeters", 0),
    ("l", "liters", 3),
    ("h", "hours", 2),
)


def create_units(apps, schema_editor):
    unit = apps.get_model("inventory", "UnitOfMeasure")
    for code, name, decimals in UNITS:
        unit.objects.get_or_create(code=code, defaults={"name": name, "decimals": decimals})


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_triggers")]

    operations = [migrations.RunPython(create_units, migrations.RunPython.noop)]
