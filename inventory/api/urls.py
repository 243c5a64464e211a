"""The nouns of inventory."""

from core.api.routers import router
from inventory.api import ledger_views

router.register("postings", ledger_views.PostingViewSet)
router.register("stock-moves", ledger_views.StockMoveViewSet)
router.register("stock-balances", ledger_views.StockBalanceViewSet)
router.register("adjustments", ledger_views.AdjustmentViewSet)
