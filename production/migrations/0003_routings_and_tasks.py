import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0005_operations"),
        ("production", "0002_triggers"),
        ("purchasing", "0003_service_lines"),
        ("sites", "0002_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
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
                ("name", models.CharField(max_length=200)),
                ("content_type", models.CharField(max_length=100)),
                ("size_bytes", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("file", models.FileField(upload_to="attachments/%Y/%m/")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BillOfMaterialsSubstitute",
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
                ("factor", core.fields.RateField(decimal_places=10, default=1, max_digits=20)),
                ("preference", models.PositiveSmallIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="Operation",
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
                ("number", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("setup_time_minutes", core.fields.RateField(decimal_places=10, default=0, max_digits=20)),
                ("run_time_minutes_per_unit", core.fields.RateField(decimal_places=10, default=0, max_digits=20)),
                ("queue_time_minutes", core.fields.RateField(decimal_places=10, default=0, max_digits=20)),
                ("overlap_quantity", core.fields.QuantityField(decimal_places=6, default=0, max_digits=20)),
                ("yield_factor", core.fields.RateField(decimal_places=10, default=1, max_digits=20)),
                ("service_unit_price", core.fields.PriceField(blank=True, decimal_places=8, max_digits=20, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="OperationAlternative",
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
                ("preference", models.PositiveSmallIntegerField(default=1)),
                ("setup_time_minutes", core.fields.RateField(blank=True, decimal_places=10, max_digits=20, null=True)),
                (
                    "run_time_minutes_per_unit",
                    core.fields.RateField(blank=True, decimal_places=10, max_digits=20, null=True),
                ),
                ("service_unit_price", core.fields.PriceField(blank=True, decimal_places=8, max_digits=20, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="OperationInstruction",
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
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField(blank=True, default="")),
            ],
        ),
        migrations.CreateModel(
            name="Operator",
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
                ("badge_hash", models.CharField(blank=True, default="", editable=False, max_length=64)),
                ("pin_hash", models.CharField(blank=True, default="", editable=False, max_length=200)),
                ("is_supervisor", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Reason",
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
                (
                    "kind",
                    models.CharField(
                        choices=[("pause", "Pause"), ("scrap", "Scrap"), ("rework", "Rework"), ("help", "Help")],
                        max_length=8,
                    ),
                ),
                ("code", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Routing",
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
                ("code", models.CharField(blank=True, default="", max_length=64)),
                ("revision", models.CharField(blank=True, default="", max_length=32)),
                ("valid_from_on", models.DateField(blank=True, null=True)),
                ("valid_until_on", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Skill",
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
            ],
        ),
        migrations.CreateModel(
            name="Task",
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
                ("number", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("ready", "Ready"),
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("done", "Done"),
                            ("canceled", "Canceled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("quantity", core.fields.QuantityField(decimal_places=6, max_digits=20)),
                ("start_quantity", core.fields.QuantityField(decimal_places=6, max_digits=20)),
                ("good_quantity", core.fields.QuantityField(db_default=0, decimal_places=6, default=0, max_digits=20)),
                (
                    "scrapped_quantity",
                    core.fields.QuantityField(db_default=0, decimal_places=6, default=0, max_digits=20),
                ),
                (
                    "rework_quantity",
                    core.fields.QuantityField(db_default=0, decimal_places=6, default=0, max_digits=20),
                ),
                ("setup_time_minutes", core.fields.RateField(decimal_places=10, default=0, max_digits=20)),
                ("run_time_minutes_per_unit", core.fields.RateField(decimal_places=10, default=0, max_digits=20)),
                ("queue_time_minutes", core.fields.RateField(decimal_places=10, default=0, max_digits=20)),
                ("overlap_quantity", core.fields.QuantityField(decimal_places=6, default=0, max_digits=20)),
                ("yield_factor", core.fields.RateField(decimal_places=10, default=1, max_digits=20)),
                ("spent_minutes", core.fields.RateField(db_default=0, decimal_places=10, default=0, max_digits=20)),
                ("is_service", models.BooleanField(default=False)),
                ("service_unit_price", core.fields.PriceField(blank=True, decimal_places=8, max_digits=20, null=True)),
                ("service_currency", models.CharField(blank=True, default="", max_length=3)),
                ("weight", core.fields.PriceField(decimal_places=8, default=0, max_digits=20)),
                ("planned_labor_cost", core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ("planned_machine_cost", core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ("planned_overhead_cost", core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ("planned_service_cost", core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ("planned_transport_cost", core.fields.AmountField(decimal_places=4, default=0, max_digits=20)),
                ("instructions", models.JSONField(blank=True, default=list)),
                ("waits_for", models.CharField(blank=True, default="", max_length=200)),
                ("planned_start_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("resumed_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("pause_reason", models.CharField(blank=True, default="", max_length=200)),
                ("blocked_at", models.DateTimeField(blank=True, null=True)),
                ("blocked_reason", models.CharField(blank=True, default="", max_length=200)),
                ("help_called_at", models.DateTimeField(blank=True, null=True)),
                ("help_note", models.CharField(blank=True, default="", max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="TaskEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("start", "Start"),
                            ("pause", "Pause"),
                            ("resume", "Resume"),
                            ("report", "Report"),
                            ("issue", "Issue"),
                            ("finish", "Finish"),
                            ("reopen", "Reopen"),
                            ("assign", "Assign"),
                            ("help", "call for help"),
                            ("help_answered", "help answered"),
                            ("undo", "Undo"),
                        ],
                        max_length=16,
                    ),
                ),
                ("good_quantity", core.fields.QuantityField(decimal_places=6, default=0, max_digits=20)),
                ("scrapped_quantity", core.fields.QuantityField(decimal_places=6, default=0, max_digits=20)),
                ("rework_quantity", core.fields.QuantityField(decimal_places=6, default=0, max_digits=20)),
                ("minutes", core.fields.RateField(decimal_places=10, default=0, max_digits=20)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("device_id", models.BigIntegerField(null=True)),
                ("happened_at", models.DateTimeField()),
                ("device_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Team",
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
            ],
        ),
        migrations.CreateModel(
            name="Tool",
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
            ],
        ),
        migrations.CreateModel(
            name="WorkCenter",
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
                ("parallel_machines", models.PositiveSmallIntegerField(default=1)),
                ("machine_rate_per_hour", core.fields.PriceField(decimal_places=8, default=0, max_digits=20)),
                ("labor_rate_per_hour", core.fields.PriceField(decimal_places=8, default=0, max_digits=20)),
                ("overhead_rate_per_hour", core.fields.PriceField(decimal_places=8, default=0, max_digits=20)),
                ("efficiency_factor", core.fields.RateField(decimal_places=10, default=1, max_digits=20)),
                ("note", models.TextField(blank=True, default="")),
            ],
        ),
        migrations.AddField(
            model_name="billofmaterials",
            name="kind",
            field=models.CharField(
                choices=[("make", "Make"), ("phantom", "Phantom"), ("disassembly", "Disassembly")],
                default="make",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="billofmaterialsline",
            name="cost_share",
            field=core.fields.RateField(decimal_places=10, default=0, max_digits=20),
        ),
        migrations.AddField(
            model_name="billofmaterialsline",
            name="kind",
            field=models.CharField(
                choices=[("component", "Component"), ("by_product", "by-product"), ("co_product", "co-product")],
                default="component",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="billofmaterialsline",
            name="operation_number",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="billofmaterialsline",
            name="supply_site",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.site"
            ),
        ),
        migrations.AddField(
            model_name="manufacturingorder",
            name="kind",
            field=models.CharField(
                choices=[("make", "Make"), ("rework", "Rework"), ("disassembly", "Disassembly")],
                default="make",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="manufacturingorder",
            name="review_reason",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="manufacturingorder",
            name="split_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="splits",
                to="production.manufacturingorder",
            ),
        ),
        migrations.AddField(
            model_name="manufacturingordercomponent",
            name="bill_line",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="production.billofmaterialsline",
            ),
        ),
        migrations.AddField(
            model_name="manufacturingordercomponent",
            name="cost_share",
            field=core.fields.RateField(decimal_places=10, default=0, max_digits=20),
        ),
        migrations.AddField(
            model_name="manufacturingordercomponent",
            name="kind",
            field=models.CharField(
                choices=[("component", "Component"), ("by_product", "by-product"), ("co_product", "co-product")],
                default="component",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="manufacturingordercomponent",
            name="planned_unit_cost",
            field=core.fields.PriceField(decimal_places=8, default=0, max_digits=20),
        ),
        migrations.AddConstraint(
            model_name="billofmaterialsline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cost_share__gte", 0),
                    ("cost_share__lt", 1),
                    models.Q(("cost_share", 0), ("kind", "co_product"), _connector="OR"),
                ),
                name="production_bom_line_share",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="company",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.company"),
        ),
        migrations.AddField(
            model_name="billofmaterialssubstitute",
            name="item",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.item"),
        ),
        migrations.AddField(
            model_name="billofmaterialssubstitute",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="substitutes",
                to="production.billofmaterialsline",
            ),
        ),
        migrations.AddField(
            model_name="operationalternative",
            name="operation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="alternatives", to="production.operation"
            ),
        ),
        migrations.AddField(
            model_name="operationinstruction",
            name="attachment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="production.attachment",
            ),
        ),
        migrations.AddField(
            model_name="operationinstruction",
            name="operation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="instructions", to="production.operation"
            ),
        ),
        migrations.AddField(
            model_name="operator",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="operators", to="sites.site"
            ),
        ),
        migrations.AddField(
            model_name="operator",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reason",
            name="site",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.site"
            ),
        ),
        migrations.AddField(
            model_name="routing",
            name="company",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.company"
            ),
        ),
        migrations.AddField(
            model_name="routing",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="routings", to="inventory.item"
            ),
        ),
        migrations.AddField(
            model_name="routing",
            name="site",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.site"
            ),
        ),
        migrations.AddField(
            model_name="operation",
            name="routing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="operations", to="production.routing"
            ),
        ),
        migrations.AddField(
            model_name="manufacturingorder",
            name="routing",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="production.routing",
            ),
        ),
        migrations.AddConstraint(
            model_name="skill",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("code"), name="production_skill_code_once"
            ),
        ),
        migrations.AddField(
            model_name="operator",
            name="skills",
            field=models.ManyToManyField(blank=True, related_name="operators", to="production.skill"),
        ),
        migrations.AddField(
            model_name="operation",
            name="skills",
            field=models.ManyToManyField(blank=True, related_name="+", to="production.skill"),
        ),
        migrations.AddField(
            model_name="task",
            name="company",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.company"
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="operation",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="production.operation",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="operator",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="tasks",
                to="production.operator",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="tasks", to="production.manufacturingorder"
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="purchase_line",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="purchasing.purchaseorderline",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="site",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.site"
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="skills",
            field=models.ManyToManyField(blank=True, related_name="+", to="production.skill"),
        ),
        migrations.AddField(
            model_name="task",
            name="supplier",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="purchasing.supplier",
            ),
        ),
        migrations.AddField(
            model_name="manufacturingordercomponent",
            name="task",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="components",
                to="production.task",
            ),
        ),
        migrations.AddField(
            model_name="taskevent",
            name="company",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.company"
            ),
        ),
        migrations.AddField(
            model_name="taskevent",
            name="operator",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="production.operator",
            ),
        ),
        migrations.AddField(
            model_name="taskevent",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="task_events",
                to="production.manufacturingorder",
            ),
        ),
        migrations.AddField(
            model_name="taskevent",
            name="posting",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="task_events",
                to="inventory.posting",
            ),
        ),
        migrations.AddField(
            model_name="taskevent",
            name="reverses",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversed_by",
                to="production.taskevent",
            ),
        ),
        migrations.AddField(
            model_name="taskevent",
            name="site",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.site"
            ),
        ),
        migrations.AddField(
            model_name="taskevent",
            name="task",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="events", to="production.task"
            ),
        ),
        migrations.AddField(
            model_name="team",
            name="site",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.site"),
        ),
        migrations.AddField(
            model_name="task",
            name="team",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="tasks",
                to="production.team",
            ),
        ),
        migrations.AddField(
            model_name="operator",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="operators",
                to="production.team",
            ),
        ),
        migrations.AddField(
            model_name="tool",
            name="site",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.site"
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="tools",
            field=models.ManyToManyField(blank=True, related_name="+", to="production.tool"),
        ),
        migrations.AddField(
            model_name="operation",
            name="tools",
            field=models.ManyToManyField(blank=True, related_name="+", to="production.tool"),
        ),
        migrations.AddField(
            model_name="workcenter",
            name="calendar",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sites.calendar",
            ),
        ),
        migrations.AddField(
            model_name="workcenter",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="work_centers", to="sites.site"
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="work_center",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="production.workcenter"
            ),
        ),
        migrations.AddField(
            model_name="operator",
            name="work_center",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="production.workcenter",
            ),
        ),
        migrations.AddField(
            model_name="operationalternative",
            name="work_center",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="production.workcenter"
            ),
        ),
        migrations.AddField(
            model_name="operation",
            name="work_center",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="operations", to="production.workcenter"
            ),
        ),
        migrations.AddConstraint(
            model_name="billofmaterialssubstitute",
            constraint=models.UniqueConstraint(fields=("line", "item"), name="production_substitute_once"),
        ),
        migrations.AddConstraint(
            model_name="billofmaterialssubstitute",
            constraint=models.CheckConstraint(
                condition=models.Q(("factor__gt", 0)), name="production_substitute_factor"
            ),
        ),
        migrations.AddConstraint(
            model_name="operationinstruction",
            constraint=models.UniqueConstraint(fields=("operation", "number"), name="production_instruction_once"),
        ),
        migrations.AddConstraint(
            model_name="reason",
            constraint=models.UniqueConstraint(
                models.F("kind"),
                django.db.models.functions.text.Lower("code"),
                models.F("site"),
                name="production_reason_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="routing",
            constraint=models.UniqueConstraint(
                fields=("item", "company", "site", "revision", "valid_from_on"),
                name="production_routing_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="routing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until_on__isnull", True),
                    ("valid_from_on__isnull", True),
                    ("valid_until_on__gt", models.F("valid_from_on")),
                    _connector="OR",
                ),
                name="production_routing_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="team",
            constraint=models.UniqueConstraint(
                models.F("site"), django.db.models.functions.text.Lower("code"), name="production_team_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="tool",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("code"), name="production_tool_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="workcenter",
            constraint=models.UniqueConstraint(
                models.F("site"), django.db.models.functions.text.Lower("code"), name="production_work_center_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="workcenter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("efficiency_factor__gt", 0),
                    ("labor_rate_per_hour__gte", 0),
                    ("machine_rate_per_hour__gte", 0),
                    ("overhead_rate_per_hour__gte", 0),
                    ("parallel_machines__gt", 0),
                ),
                name="production_work_center_positive",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["site", "state", "id"], name="production_task_site"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["company", "state", "id"], name="production_task_company"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(fields=("order", "number"), name="production_task_once"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("good_quantity__gte", 0),
                    ("quantity__gt", 0),
                    ("rework_quantity__gte", 0),
                    ("scrapped_quantity__gte", 0),
                    ("spent_minutes__gte", 0),
                    ("start_quantity__gt", 0),
                ),
                name="production_task_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="operator",
            constraint=models.UniqueConstraint(
                models.F("site"), django.db.models.functions.text.Lower("code"), name="production_operator_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="operator",
            constraint=models.UniqueConstraint(
                condition=models.Q(("badge_hash", ""), _negated=True),
                fields=("badge_hash",),
                name="production_operator_badge_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="operationalternative",
            constraint=models.UniqueConstraint(fields=("operation", "work_center"), name="production_alternative_once"),
        ),
        migrations.AddConstraint(
            model_name="operationalternative",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("setup_time_minutes__isnull", True), ("setup_time_minutes__gte", 0), _connector="OR"),
                    models.Q(
                        ("run_time_minutes_per_unit__isnull", True),
                        ("run_time_minutes_per_unit__gte", 0),
                        _connector="OR",
                    ),
                    models.Q(("service_unit_price__isnull", True), ("service_unit_price__gte", 0), _connector="OR"),
                ),
                name="production_alternative_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="operation",
            constraint=models.UniqueConstraint(fields=("routing", "number"), name="production_operation_once"),
        ),
        migrations.AddConstraint(
            model_name="operation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("overlap_quantity__gte", 0),
                    ("queue_time_minutes__gte", 0),
                    ("run_time_minutes_per_unit__gte", 0),
                    ("setup_time_minutes__gte", 0),
                    ("yield_factor__gt", 0),
                    ("yield_factor__lte", 1),
                ),
                name="production_operation_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="operation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("service_unit_price__isnull", True), ("service_unit_price__gte", 0), _connector="OR"
                ),
                name="production_operation_price",
            ),
        ),
    ]
