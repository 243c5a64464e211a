"""Pages of quality, below `/s/<site>/`."""

from django.urls import path

from quality.web import checks, plan_form, plans

urlpatterns = [
    path("quality-checks/", checks.CheckListPage.as_view(), name="quality-checks"),
    path("quality-checks/<int:pk>/", checks.CheckPage.as_view(), name="quality-check"),
    path("quality-checks/<int:pk>/<slug:step>/", checks.CheckStepPage.as_view(), name="quality-check-step"),
    path("quality-plans/", plans.PlanListPage.as_view(), name="quality-plans"),
    path("quality-plans/new/", plan_form.PlanNewPage.as_view(), name="quality-plan-new"),
    path("quality-plans/<int:pk>/archive/", plans.PlanArchivePage.as_view()),
    path("quality-plans/<int:pk>/", plans.PlanPage.as_view(), name="quality-plan"),
]
