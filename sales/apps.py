from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"

    def ready(self) -> None:
        from core import invariants as core_invariants
        from inventory.choices import DocumentKind
        from inventory.services import undo
        from sales import invariants, navigation, selectors
        from sales.services import sales_orders
        from sites import upward

        core_invariants.register("sales order lines = demand", invariants.DEMANDS)
        core_invariants.register("sales order lines = shipments", invariants.SHIPMENTS)
        core_invariants.register("sales order states = lines", invariants.STATES)
        core_invariants.register("ranks of sales orders are counted while they are open", invariants.PLACES)
        undo.register(DocumentKind.SALES_ORDER, sales_orders.reverse_shipment)
        upward.register("companies", "sales", selectors.PARTNERS)
        navigation.register()
