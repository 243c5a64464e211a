from django.apps import AppConfig


class ProductionConfig(AppConfig):
    name = "production"

    def ready(self) -> None:
        from inventory.choices import DocumentKind
        from inventory.selectors import document_states
        from inventory.services import undo
        from production import handlers, invariants, navigation
        from production.selectors import orders
        from production.services import manufacturing_orders

        document_states.register(DocumentKind.MANUFACTURING_ORDER, orders.states)
        undo.register(DocumentKind.MANUFACTURING_ORDER, manufacturing_orders.undo_posting)
        invariants.register()
        navigation.register()
        handlers.register()
