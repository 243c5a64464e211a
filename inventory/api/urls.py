"""The nouns of inventory."""

from core.api.routers import router
from inventory.api import ledger_views, levels_views, masters_views, stock_count_views, transfer_views

router.register("postings", ledger_views.PostingViewSet)
router.register("stock-moves", ledger_views.StockMoveViewSet)
router.register("stock-balances", ledger_views.StockBalanceViewSet)
router.register("adjustments", ledger_views.AdjustmentViewSet)
router.register("items", masters_views.ItemViewSet)
router.register("item-sites", masters_views.ItemSiteViewSet)
router.register("units", masters_views.UnitViewSet)
router.register("item-categories", masters_views.CategoryViewSet)
router.register("locations", masters_views.LocationViewSet)
router.register("lots", masters_views.LotViewSet)
router.register("consignment-agreements", masters_views.AgreementViewSet)
router.register("transfers", transfer_views.TransferViewSet)
router.register("stock-counts", stock_count_views.StockCountViewSet)
router.register("stock-levels", levels_views.StockLevelViewSet)
router.register("demands", levels_views.DemandViewSet)
router.register("supplies", levels_views.SupplyViewSet)
router.register("allocations", levels_views.AllocationViewSet)
