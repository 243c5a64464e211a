"""Pages of inventory, below `/s/<site>/`."""

from django.urls import path

from inventory.web import item, postings, stock

urlpatterns = [
    path("stock/", stock.StockPage.as_view(), name="stock"),
    path("stock/<int:pk>/", item.ItemPage.as_view(), name="item"),
    path("stock/<int:pk>/explain/", item.ExplainPage.as_view(), name="item-explain"),
    path("postings/<int:pk>/", postings.PostingPage.as_view(), name="posting"),
    path("postings/<int:pk>/reverse/", postings.PostingReversePage.as_view(), name="posting-reverse"),
]
