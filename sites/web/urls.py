"""Pages of sites, below `/s/<site>/`."""

from django.urls import path

from sites.web import views

urlpatterns = [path("", views.site_home, name="site-home")]
