from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("purchasing", "0002_triggers"),
    ]

    operations = [
        migrations.AddField(
            model_name="purchaseorderline",
            name="kind",
            field=models.CharField(choices=[("goods", "Goods"), ("service", "Service")], default="goods", max_length=8),
        ),
    ]
