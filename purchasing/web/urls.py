"""Pages of purchasing, below `/s/<site>/`."""

from django.urls import path

from purchasing.web import order_form, order_list, order_page, order_receive, suppliers

urlpatterns = [
    path("purchase-orders/", order_list.OrderListPage.as_view(), name="purchase-orders"),
    path("purchase-orders/export/", order_list.OrderExport.as_view(), name="purchase-orders-export"),
    path("purchase-orders/new/", order_form.OrderNewPage.as_view(), name="purchase-order-new"),
    path("purchase-orders/<int:pk>/", order_page.OrderPage.as_view(), name="purchase-order"),
    path("purchase-orders/<int:pk>/edit/", order_form.OrderEditPage.as_view()),
    path("purchase-orders/<int:pk>/receive/", order_receive.ReceivePage.as_view()),
    path("purchase-orders/<int:pk>/explain/", order_page.OrderExplainPage.as_view()),
    path("purchase-orders/<int:pk>/lines/<int:line>/", order_page.LinePage.as_view()),
    path("purchase-orders/<int:pk>/<slug:step>/", order_page.OrderStepPage.as_view()),
    path("suppliers/", suppliers.SupplierListPage.as_view(), name="suppliers"),
    path("suppliers/export/", suppliers.SupplierExport.as_view(), name="suppliers-export"),
    path("suppliers/new/", suppliers.SupplierNewPage.as_view(), name="supplier-new"),
    path("suppliers/<int:pk>/", suppliers.SupplierPage.as_view(), name="supplier"),
    path("suppliers/<int:pk>/archive/", suppliers.SupplierArchivePage.as_view()),
]
