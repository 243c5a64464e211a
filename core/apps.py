from django.apps import AppConfig
from django.db.models import CharField
from django.db.models.functions import Lower


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        # Natural keys are compared in lower case, by the same expression as their unique index.
        CharField.register_lookup(Lower)
