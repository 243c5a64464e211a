"""Pages of analytics, below `/s/<site>/`."""

from django.urls import path

from analytics.web import views

urlpatterns = [
    path("network/", views.NetworkPage.as_view(), name="network"),
    path("network/attention/", views.AttentionPage.as_view(), name="attention"),
    path("network/explain/<slug:figure>/", views.FigurePage.as_view(), name="network-figure"),
]
