"""The network as a picture: sites, and goods between them."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.selectors.flows import UNDER_WAY, Flow
from analytics.selectors.network import SiteFigures
from core.ui import schematic
from core.ui.formats import day, money, number


def draw(sites: Sequence[SiteFigures], flows: Sequence[Flow], *, base: str, today: date) -> schematic.Schematic:
    """The schematic of the page; `base` begins the addresses, as `/s/all/`."""
    return schematic.layout(
        [_place(row) for row in sites if not row.site.archived_at],
        [_flow(flow, base, today) for flow in flows],
    )


def _place(row: SiteFigures) -> schematic.Place:
    site = row.site
    return schematic.Place(
        code=site.code,
        name=site.name,
        kind=row.kind,
        latitude=float(site.latitude or 0),
        longitude=float(site.longitude or 0),
        notes=tuple(_notes(row)),
        value=" + ".join(money(value.amount, value.currency, 0) for value in row.values),
        url=f"/s/{site.code}/network/",
    )


def _notes(row: SiteFigures) -> list[tuple[str, str]]:
    troubles = []
    if row.missing:
        text = _("%(count)s missing") % {"count": row.missing}
        troubles.append(("missing", f"{text}, {_late(row.late)}" if row.late else text))
    elif row.late:
        troubles.append(("late", _late(row.late)))
    if row.blocked:
        troubles.append(("blocked", ngettext("%d lot blocked", "%d lots blocked", row.blocked) % row.blocked))
    return troubles[:1]


def _late(count: int) -> str:
    return _("%(count)s late") % {"count": count}


def _flow(flow: Flow, base: str, today: date) -> schematic.Flow:
    late = flow.late_days(today) if flow.state in UNDER_WAY else 0
    if late:
        label, state = ngettext("%d day late", "%d days late", late) % late, "late"
    elif flow.state in UNDER_WAY:
        label, state = day(flow.expected_on) if flow.expected_on else "", "in_transit"
    else:
        label = _("leaves %(day)s") % {"day": day(flow.ship_by_on)} if flow.ship_by_on else _("planned")
        state = "planned"
    quantity = number(flow.quantity, flow.decimals) if flow.quantity is not None else f"{flow.lines}×"
    return schematic.Flow(
        origin=flow.origin,
        destination=flow.destination,
        quantity=quantity,
        label=f"{flow.number}, {label}" if label else flow.number,
        state=state,
        url=f"{base}transfers/{flow.id}/",
    )
