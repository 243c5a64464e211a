"""Pages of production, below `/s/<site>/`."""

from django.urls import path

from production.web import (
    at_partners,
    attachments,
    bill_form,
    bills,
    make_to_order,
    masters,
    operation_form,
    order_complete,
    order_form,
    order_list,
    order_page,
    orders,
    papers,
    routing_form,
    routings,
    supply_flow,
    task_board,
    task_page,
    task_report,
)

urlpatterns = [
    path("manufacturing-orders/", order_list.OrderListPage.as_view(), name="manufacturing-orders"),
    path("manufacturing-orders/export/", order_list.OrderExport.as_view(), name="manufacturing-orders-export"),
    path("manufacturing-orders/new/", order_form.OrderNewPage.as_view(), name="manufacturing-order-new"),
    path("manufacturing-orders/make-to-order/<int:pk>/", make_to_order.MakeToOrderPage.as_view(), name="make-to-order"),
    path("manufacturing-orders/make-to-order/<int:pk>/undo/", make_to_order.MakeToOrderPage.as_view(is_undo=True)),
    path("manufacturing-orders/<int:pk>/", order_page.OrderPage.as_view(), name="manufacturing-order"),
    path("manufacturing-orders/<int:pk>/edit/", order_form.OrderEditPage.as_view()),
    path("manufacturing-orders/<int:pk>/traveller.pdf", papers.Traveller.as_view(), name="traveller"),
    path("manufacturing-orders/<int:pk>/pick-list.pdf", papers.OrderPickList.as_view(), name="order-pick-list"),
    path("manufacturing-orders/<int:pk>/complete/", order_complete.OrderCompletePage.as_view()),
    path("manufacturing-orders/<int:pk>/cost/", order_page.OrderCostPage.as_view()),
    path("manufacturing-orders/<int:pk>/wip/", order_page.OrderWorkPage.as_view()),
    path("manufacturing-orders/<int:pk>/quantity/", order_page.OrderQuantityPage.as_view()),
    path("manufacturing-orders/<int:pk>/<slug:step>/", order_page.OrderStepPage.as_view()),
]

urlpatterns += [
    path("orders/", orders.RankPage.as_view(), name="orders"),
    path("orders/export/", orders.RankExport.as_view(), name="orders-export"),
    path("orders/change/", orders.RankChangePage.as_view(), name="orders-change"),
    path("orders/<int:pk>/rank/", orders.RankMove.as_view(), name="orders-rank"),
    path("orders/<int:pk>/why/", orders.WhyPage.as_view(), name="orders-why"),
]

urlpatterns += [
    path("at-partners/", at_partners.AtPartnersPage.as_view(), name="at-partners"),
    path("supply-flow/", supply_flow.SupplyFlowPage.as_view(), name="supply-flow"),
    path("tasks/", task_board.BoardPage.as_view(), name="tasks"),
    path("tasks/assign/", task_board.AssignManyPage.as_view(), name="tasks-assign"),
    path("tasks/<int:pk>/", task_page.TaskPage.as_view(), name="task"),
    path("tasks/<int:pk>/report/", task_report.ReportPage.as_view()),
    path("tasks/<int:pk>/<slug:step>/", task_page.TaskStepPage.as_view()),
]

urlpatterns += [
    path("bills-of-materials/", bills.BillListPage.as_view(), name="bills-of-materials"),
    path("bills-of-materials/export/", bills.BillExport.as_view(), name="bills-of-materials-export"),
    path("bills-of-materials/new/", bill_form.BillNewPage.as_view(), name="bill-of-materials-new"),
    path("bills-of-materials/<int:pk>/", bills.BillPage.as_view(), name="bill-of-materials"),
    path("bills-of-materials/<int:pk>/edit/", bill_form.BillEditPage.as_view()),
    path("bills-of-materials/<int:pk>/archive/", bills.BillArchivePage.as_view()),
]

urlpatterns += [
    path("attachments/<int:pk>/", attachments.AttachmentPage.as_view(), name="attachment"),
    path("routings/", routings.RoutingListPage.as_view(), name="routings"),
    path("routings/export/", routings.RoutingExport.as_view(), name="routings-export"),
    path("routings/new/", routing_form.RoutingNewPage.as_view(), name="routing-new"),
    path("routings/<int:pk>/", routings.RoutingPage.as_view(), name="routing"),
    path("routings/<int:pk>/edit/", routing_form.RoutingEditPage.as_view()),
    path("routings/<int:pk>/archive/", routings.RoutingArchivePage.as_view()),
    path("routings/<int:pk>/operations/<int:operation>/", operation_form.OperationPage.as_view()),
    *masters.routes(),
]
