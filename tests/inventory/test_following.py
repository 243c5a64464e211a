"""What follows in inventory from a change of a site or a calendar."""

from datetime import date, time
from decimal import Decimal

from core import handlers
from core.models import Event, OutboxEvent
from inventory.choices import DemandKind, DocumentKind, Firmness
from inventory.drafts import DemandDraft
from inventory.models import Demand
from inventory.services import following, item_sites, registers
from sites.services import calendars
from sites.services import sites as site_services
from tests.cast import Cast


def event_of(kind: str) -> tuple[int]:
    return (Event.objects.filter(kind=kind).latest("pk").pk,)


def test_both_are_registered() -> None:
    assert "calendar_levels" in handlers.following("calendar.changed")
    assert "site_due_dates" in handlers.following("site.changed")


def test_a_calendar_marks_the_levels_that_count_by_it(cast: Cast) -> None:
    calendar = calendars.create(code="EE", company=cast.maker, now=cast.now, actor=None)
    item_sites.put(item=cast.plank, site=cast.tll, company=cast.maker, source_calendar=calendar, actor=None)
    item_sites.put(item=cast.leg, site=cast.tll, company=cast.maker, actor=None)
    OutboxEvent.objects.all().delete()
    calendars.edit(calendar, exceptions=[calendars.ExceptionDay(date(2026, 12, 24))], now=cast.now, actor=None)

    following.calendars_changed([event_of("calendar.changed")], now=cast.now)

    assert OutboxEvent.objects.get(handler="levels").keys == [[cast.plank.pk, cast.tll.pk, cast.maker.pk]]


def test_a_new_cut_off_moves_what_is_due(cast: Cast) -> None:
    draft = DemandDraft(
        kind=DemandKind.SALES_LINE,
        line_id=1,
        company_id=cast.maker.pk,
        item_id=cast.leg.pk,
        site_id=cast.tll.pk,
        used_by_id=cast.maker.pk,
        document_kind=DocumentKind.SALES_ORDER,
        document_id=1,
        document_number="SO-1001",
        open_quantity=Decimal(4),
        due_on=date(2026, 12, 1),
        firmness=Firmness.FIRM,
    )
    registers.put_demands([draft])
    # 17:00 in Tallinn, two hours ahead of UTC in winter.
    assert Demand.objects.get().due_at.time() == time(15, 0)
    site_services.edit(cast.tll, cut_off_at=time(12, 0), actor=None)

    following.sites_changed([event_of("site.changed")], now=cast.now)
    assert Demand.objects.get().due_at.time() == time(10, 0)
    assert OutboxEvent.objects.get(handler="levels").keys == [[cast.leg.pk, cast.tll.pk, cast.maker.pk]]

    following.sites_changed([event_of("site.changed")], now=cast.now)
    assert OutboxEvent.objects.filter(handler="levels").count() == 1
