"""Pages of analytics, below `/s/<site>/`."""

from django.urls import path

from analytics.web import search, views

urlpatterns = [
    path("network/", views.NetworkPage.as_view(), name="network"),
    path("search/", search.SearchPage.as_view(), name="search"),
    path("network/attention/", views.AttentionPage.as_view(), name="attention"),
    path("network/explain/<slug:figure>/", views.FigurePage.as_view(), name="network-figure"),
]
