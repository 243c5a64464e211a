from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "inventory"

    def ready(self) -> None:
        from inventory import handlers, invariants, network
        from inventory.choices import DocumentKind
        from inventory.selectors import document_states
        from inventory.services import stock_counts, transfers, undo
        from inventory.services.transfers import invariants as transfer_invariants

        handlers.register()
        invariants.register()
        network.register()
        document_states.register(DocumentKind.TRANSFER, document_states.transfers)
        undo.register(DocumentKind.TRANSFER, transfers.undo_posting)
        undo.register(DocumentKind.STOCK_COUNT, stock_counts.undo_posting)
        transfer_invariants.register()
