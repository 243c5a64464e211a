"""Pages of sales, below `/s/<site>/`. The ranked list of open orders is production's, which stands above."""

from django.urls import path

from sales.web import customers, order_form, order_page, order_ship, papers

urlpatterns = [
    path("sales-orders/", order_page.OrderListRedirect.as_view(), name="sales-orders"),
    path("sales-orders/new/", order_form.OrderNewPage.as_view(), name="sales-order-new"),
    path("sales-orders/<int:pk>/", order_page.OrderPage.as_view(), name="sales-order"),
    path("sales-orders/<int:pk>/edit/", order_form.OrderEditPage.as_view()),
    path("sales-orders/<int:pk>/pick-list.pdf", papers.OrderPickList.as_view(), name="sales-order-pick-list"),
    path("shipments/<int:pk>/packing-slip.pdf", papers.PackingSlip.as_view(), name="packing-slip"),
    path("sales-orders/<int:pk>/ship/", order_ship.ShipPage.as_view()),
    path("sales-orders/<int:pk>/explain/", order_page.OrderExplainPage.as_view()),
    path("sales-orders/<int:pk>/lines/<int:line>/", order_page.LinePage.as_view()),
    path("sales-orders/<int:pk>/<slug:step>/", order_page.OrderStepPage.as_view()),
    path("customers/", customers.CustomerListPage.as_view(), name="customers"),
    path("customers/export/", customers.CustomerExport.as_view(), name="customers-export"),
    path("customers/new/", customers.CustomerNewPage.as_view(), name="customer-new"),
    path("customers/<int:pk>/", customers.CustomerPage.as_view(), name="customer"),
    path("customers/<int:pk>/archive/", customers.CustomerArchivePage.as_view()),
]
