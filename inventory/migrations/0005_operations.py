import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0004_storage"),
        ("sites", "0002_triggers"),
    ]

    operations = [
        migrations.AddField(
            model_name="transferline",
            name="wip_lot",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inventory.lot",
            ),
        ),
        migrations.AddField(
            model_name="valueentry",
            name="cost_kind",
            field=models.CharField(
                choices=[
                    ("material", "Material"),
                    ("labor", "Labor"),
                    ("machine", "Machine"),
                    ("subcontracting", "Subcontracting"),
                    ("transport", "Transport"),
                    ("overhead", "Overhead"),
                ],
                db_default="material",
                default="material",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="posting",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opening", "opening balance"),
                    ("adjustment", "Adjustment"),
                    ("count", "count difference"),
                    ("receipt", "Receipt"),
                    ("shipment", "Shipment"),
                    ("dispatch", "Dispatch"),
                    ("arrival", "transfer receipt"),
                    ("discrepancy", "Discrepancy"),
                    ("issue", "Issue"),
                    ("completion", "Completion"),
                    ("operation", "report of an operation"),
                    ("cost", "cost correction"),
                    ("relocation", "Relocation"),
                    ("title", "change of owner"),
                    ("reversal", "Reversal"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                condition=models.Q(("source_id__isnull", False)), fields=["source_id"], name="inventory_transfer_source"
            ),
        ),
    ]
