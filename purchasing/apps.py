from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    name = "purchasing"

    def ready(self) -> None:
        from core import invariants as core_invariants
        from inventory.choices import DocumentKind
        from inventory.selectors import document_states
        from inventory.services import undo
        from purchasing import handlers, invariants, navigation, selectors
        from purchasing.services import purchase_orders
        from sites import upward

        core_invariants.register("purchase order lines = supply", invariants.SUPPLIES)
        core_invariants.register("purchase order lines = receipts", invariants.RECEIPTS)
        core_invariants.register("purchase order states = lines", invariants.STATES)
        document_states.register(DocumentKind.PURCHASE_ORDER, selectors.states)
        undo.register(DocumentKind.PURCHASE_ORDER, purchase_orders.reverse_receipt)
        upward.register("companies", "purchasing", selectors.PARTNERS)
        navigation.register()
        handlers.register()
