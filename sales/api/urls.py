"""The nouns of sales."""

from core.api.routers import router
from sales.api import views

router.register("customers", views.CustomerViewSet)
router.register("sales-orders", views.SalesOrderViewSet)
router.register("shipments", views.ShipmentViewSet)
