import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

import core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("inventory", "0006_lots_of_moves"),
        ("production", "0004_triggers"),
        ("purchasing", "0003_service_lines"),
        ("sites", "0002_triggers"),
    ]

    operations = [
        migrations.CreateModel(
            name="QualityPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("changed_xid", core.fields.XidField()),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("code", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=200)),
                (
                    "trigger",
                    models.CharField(
                        choices=[("receipt", "Receipt"), ("operation", "Operation"), ("finish", "Finish")],
                        max_length=12,
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.company"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.item",
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="production.operation",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sites.site",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="purchasing.supplier",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QualityCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("changed_xid", core.fields.XidField()),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "trigger",
                    models.CharField(
                        choices=[("receipt", "Receipt"), ("operation", "Operation"), ("finish", "Finish")],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("passed", "Passed"),
                            ("failed", "Failed"),
                            ("decided", "Decided"),
                            ("canceled", "Canceled"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("quantity", core.fields.QuantityField(decimal_places=6, max_digits=20)),
                ("source_kind", models.CharField(max_length=32)),
                ("source_id", models.BigIntegerField()),
                ("source_number", models.CharField(max_length=32)),
                ("opened_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(null=True)),
                ("checked_by_id", models.BigIntegerField(null=True)),
                ("holds_lot", models.BooleanField(default=False)),
                ("blocks_document", models.BooleanField(default=False)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("use_as_is", "Use as is"),
                            ("rework", "Rework"),
                            ("scrap", "Scrap"),
                            ("return", "Return to the supplier"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("decision_reason", models.CharField(blank=True, default="", max_length=500)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_id", models.BigIntegerField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sites.company",
                    ),
                ),
                (
                    "decision_posting",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.posting",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.item"
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.lot",
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.posting"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.site"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="production.task"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="quality.qualityplan"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QualityCharacteristic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("changed_xid", core.fields.XidField()),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("line_no", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[("measure", "Measure"), ("pass_fail", "pass or fail"), ("photo", "Photo")],
                        default="pass_fail",
                        max_length=12,
                    ),
                ),
                ("min_value", core.fields.QuantityField(blank=True, decimal_places=6, max_digits=20, null=True)),
                ("max_value", core.fields.QuantityField(blank=True, decimal_places=6, max_digits=20, null=True)),
                ("unit", models.CharField(blank=True, default="", max_length=16)),
                ("instruction", models.CharField(blank=True, default="", max_length=500)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="characteristics",
                        to="quality.qualityplan",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QualityResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("changed_xid", core.fields.XidField()),
                ("line_no", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[("measure", "Measure"), ("pass_fail", "pass or fail"), ("photo", "Photo")],
                        max_length=12,
                    ),
                ),
                ("min_value", core.fields.QuantityField(decimal_places=6, max_digits=20, null=True)),
                ("max_value", core.fields.QuantityField(decimal_places=6, max_digits=20, null=True)),
                ("unit", models.CharField(blank=True, default="", max_length=16)),
                ("instruction", models.CharField(blank=True, default="", max_length=500)),
                ("value", core.fields.QuantityField(decimal_places=6, max_digits=20, null=True)),
                ("is_ok", models.BooleanField(null=True)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                (
                    "attachment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="production.attachment",
                    ),
                ),
                (
                    "check_row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="results", to="quality.qualitycheck"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="qualityplan",
            constraint=models.UniqueConstraint(
                models.F("company"), django.db.models.functions.text.Lower("code"), name="quality_plan_code_once"
            ),
        ),
        migrations.AddIndex(
            model_name="qualitycheck",
            index=models.Index(fields=["company", "state", "-id"], name="quality_check_company"),
        ),
        migrations.AddIndex(
            model_name="qualitycheck",
            index=models.Index(fields=["site", "state", "-id"], name="quality_check_site"),
        ),
        migrations.AddIndex(
            model_name="qualitycheck",
            index=models.Index(fields=["source_kind", "source_id"], name="quality_check_source"),
        ),
        migrations.AddConstraint(
            model_name="qualitycheck",
            constraint=models.UniqueConstraint(
                fields=("plan", "posting", "task", "item", "lot"), name="quality_check_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="qualitycharacteristic",
            constraint=models.UniqueConstraint(fields=("plan", "line_no"), name="quality_characteristic_once"),
        ),
        migrations.AddConstraint(
            model_name="qualitycharacteristic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("min_value__isnull", True),
                    ("max_value__isnull", True),
                    ("max_value__gte", models.F("min_value")),
                    _connector="OR",
                ),
                name="quality_characteristic_limits",
            ),
        ),
        migrations.AddConstraint(
            model_name="qualityresult",
            constraint=models.UniqueConstraint(fields=("check_row", "line_no"), name="quality_result_once"),
        ),
    ]
