"""Until when the yeses of a list are asked for again, where somebody wanted that before the usual month."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0016_opens")]

    operations = [migrations.AddField("consentwalk", "ask_until", models.DateTimeField(null=True))]
