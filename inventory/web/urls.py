"""Pages of inventory, below `/s/<site>/`."""

from django.urls import path

from inventory.web import (
    adjustments,
    exports,
    item,
    postings,
    stock,
    stock_counts,
    trace,
    transfer_form,
    transfer_move,
    transfers,
)

urlpatterns = [
    path("stock/", stock.StockPage.as_view(), name="stock"),
    path("stock/<int:pk>/", item.ItemPage.as_view(), name="item"),
    path("stock/<int:pk>/explain/", item.ExplainPage.as_view(), name="item-explain"),
    path("postings/<int:pk>/", postings.PostingPage.as_view(), name="posting"),
    path("postings/<int:pk>/reverse/", postings.PostingReversePage.as_view(), name="posting-reverse"),
    path("lots/<int:pk>/trace/", trace.TracePage.as_view(), name="lot-trace"),
    path("lots/<int:pk>/trace/export/", trace.TraceExport.as_view(), name="lot-trace-export"),
    path("lots/<int:pk>/recall/", trace.RecallPage.as_view(), name="lot-recall"),
    path("lots/<int:pk>/recall/export/", trace.RecallExport.as_view(), name="lot-recall-export"),
    path("lots/<int:pk>/recall/release/<int:event>/", trace.RecallReleasePage.as_view(), name="lot-recall-release"),
    path("stock/export/", exports.StockExport.as_view(), name="stock-export"),
    path("transfers/", transfers.TransferListPage.as_view(), name="transfers"),
    path("transfers/export/", transfers.TransferExport.as_view(), name="transfers-export"),
    path("transfers/new/", transfer_form.TransferNewPage.as_view(), name="transfer-new"),
    path("transfers/<int:pk>/", transfers.TransferPage.as_view(), name="transfer"),
    path("transfers/<int:pk>/explain/", transfers.TransferExplainPage.as_view()),
    path("transfers/<int:pk>/edit/", transfer_form.TransferEditPage.as_view()),
    path("transfers/<int:pk>/dispatch/", transfer_move.MovementPage.as_view(step="dispatch")),
    path("transfers/<int:pk>/receive/", transfer_move.MovementPage.as_view(step="receive")),
    path("transfers/<int:pk>/settle/", transfer_move.MovementPage.as_view(step="settle")),
    path("transfers/<int:pk>/<slug:step>/", transfers.TransferStepPage.as_view()),
    path("adjustments/", adjustments.AdjustmentListPage.as_view(), name="adjustments"),
    path("adjustments/export/", adjustments.AdjustmentExport.as_view(), name="adjustments-export"),
    path("adjustments/new/", adjustments.AdjustmentNewPage.as_view(), name="adjustment-new"),
    path("stock-counts/", stock_counts.CountListPage.as_view(), name="stock-counts"),
    path("stock-counts/new/", stock_counts.CountNewPage.as_view(), name="stock-count-new"),
    path("stock-counts/<int:pk>/", stock_counts.CountPage.as_view(), name="stock-count"),
    path("stock-counts/<int:pk>/<slug:step>/", stock_counts.CountStepPage.as_view()),
]
