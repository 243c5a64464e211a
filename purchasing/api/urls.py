"""The nouns of purchasing."""

from core.api.routers import router
from purchasing.api import views

router.register("suppliers", views.SupplierViewSet)
router.register("supplier-items", views.SupplierItemViewSet)
router.register("purchase-orders", views.PurchaseOrderViewSet)
router.register("receipts", views.ReceiptViewSet)
