"""Pages of sites, below `/s/<site>/`."""

from django.urls import path

from sites.web import views

urlpatterns = [path("", views.SiteHome.as_view(), name="site-home")]
