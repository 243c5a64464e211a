"""Pages of inventory, below `/s/<site>/`."""

from django.urls import path

from inventory.web import item, stock

urlpatterns = [
    path("stock/", stock.StockPage.as_view(), name="stock"),
    path("stock/<int:pk>/", item.ItemPage.as_view(), name="item"),
    path("stock/<int:pk>/explain/", item.ExplainPage.as_view(), name="item-explain"),
]
