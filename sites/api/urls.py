"""The nouns of sites."""

from core.api.routers import router
from sites.api import views

router.register("companies", views.CompanyViewSet)
router.register("sites", views.SiteViewSet)
router.register("calendars", views.CalendarViewSet)
router.register("lanes", views.LaneViewSet)
router.register("memberships", views.MembershipViewSet)
router.register("exchange-rates", views.ExchangeRateViewSet)
