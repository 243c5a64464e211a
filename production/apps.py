from django.apps import AppConfig


class ProductionConfig(AppConfig):
    name = "production"

    def ready(self) -> None:
        from inventory.choices import DocumentKind
        from inventory.services import undo
        from production import invariants, navigation
        from production.services import manufacturing_orders

        undo.register(DocumentKind.MANUFACTURING_ORDER, manufacturing_orders.undo_posting)
        invariants.register()
        navigation.register()
