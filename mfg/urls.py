"""The root of all addresses: health, the API, the admin, signing in, and the pages of each app below their site."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from sites.web import views

# Apps with pages of their own; every page stands below the site that is looked at.
PAGED = ("sites", "inventory", "sales", "purchasing", "production", "quality", "floor", "analytics")

pages = [path("", include(f"{app}.web.urls")) for app in PAGED]

urlpatterns = [
    path("", include("core.urls")),
    path("", views.home, name="home"),
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("core.api.urls")),
    path("floor/", include("floor.web.floor_urls")),
    path("s/<str:site>/", include(pages)),
]

handler400 = "sites.web.views.bad_request"
handler403 = "sites.web.views.forbidden"
handler404 = "sites.web.views.not_found"
handler500 = "sites.web.views.server_error"
