"""A small stage for levels and allocation: a company, its sites and items, and short words to put rows there."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from inventory.choices import DemandKind, DocumentKind, Firmness, LocationKind, SupplyKind, Tier
from inventory.drafts import DemandDraft, LevelKey, SupplyDraft
from inventory.models import Demand, Item, ItemSite, Location, Lot, Priority, StockBalance, Supply, UnitOfMeasure
from inventory.services import registers
from sites.models import Company, Site

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def day(offset: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=offset)


@dataclass
class World:
    """Rows are put at `key` unless another one is named."""

    company: Company
    other_company: Company
    site: Site
    other_site: Site
    item: Item
    unit: UnitOfMeasure
    numbers: Any = field(default_factory=lambda: count(1))

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.item.id, self.site.id, self.company.id)

    def new_item(self) -> Item:
        return Item.objects.create(sku=f"ITEM-{next(self.numbers)}", name="Thing", unit=self.unit)

    def location(self, kind: str = LocationKind.STORAGE, site: Site | None = None) -> Location:
        code = f"{kind}-{(site or self.site).code}"
        return Location.objects.get_or_create(site=site or self.site, code=code, defaults={"kind": kind})[0]

    def lot(self, **fields: Any) -> Lot:
        return Lot.objects.create(item=self.item, number=f"L-{next(self.numbers)}", **fields)

    def stock(self, quantity: Any, kind: str = LocationKind.STORAGE, **fields: Any) -> StockBalance:
        key = fields.pop("key", self.key)
        site = Site.objects.get(id=key.site_id)
        return StockBalance.objects.create(
            item_id=key.item_id,
            site=site,
            location=self.location(kind, site),
            owner_id=fields.pop("owner_id", key.used_by_id),
            used_by_id=key.used_by_id,
            quantity=quantity,
            **fields,
        )

    def demand(self, quantity: Any, due: int = 0, *, priority: Priority | None = None, **fields: Any) -> Demand:
        line_id = fields.pop("line_id", None) or next(self.numbers)
        document_id = fields.pop("document_id", line_id)
        key = fields.pop("key", self.key)
        draft = DemandDraft(
            kind=fields.pop("kind", DemandKind.SALES_LINE),
            line_id=line_id,
            company_id=key.used_by_id,
            item_id=key.item_id,
            site_id=key.site_id,
            used_by_id=key.used_by_id,
            document_kind=fields.pop("document_kind", DocumentKind.SALES_ORDER),
            document_id=document_id,
            document_number=f"SO-{document_id}",
            open_quantity=Decimal(quantity),
            due_on=day(due),
            firmness=fields.pop("firmness", Firmness.FIRM),
            tier=fields.pop("tier", Tier.RANKED),
            priority_id=priority and priority.id,
            **fields,
        )
        registers.put_demands([draft])
        return Demand.objects.get(kind=draft.kind, line_id=line_id)

    def supply(self, quantity: Any, due: int = 0, **fields: Any) -> Supply:
        line_id = fields.pop("line_id", None) or next(self.numbers)
        key = fields.pop("key", self.key)
        draft = SupplyDraft(
            kind=fields.pop("kind", SupplyKind.PURCHASE_LINE),
            line_id=line_id,
            company_id=key.used_by_id,
            item_id=key.item_id,
            site_id=key.site_id,
            used_by_id=key.used_by_id,
            document_kind=fields.pop("document_kind", DocumentKind.PURCHASE_ORDER),
            document_id=fields.pop("document_id", line_id),
            document_number=f"PO-{line_id}",
            open_quantity=Decimal(quantity),
            due_on=day(due),
            firmness=fields.pop("firmness", Firmness.FIRM),
            **fields,
        )
        registers.put_supplies([draft])
        return Supply.objects.get(kind=draft.kind, line_id=line_id)

    def planned_item(self, **fields: Any) -> ItemSite:
        return ItemSite.objects.create(item=self.item, site=self.site, company=self.company, **fields)


def make_world() -> World:
    """A company with two sites in UTC, another company, and one item in pieces."""
    company = Company.objects.create(code="OWN", name="Own", is_own=True)
    other = Company.objects.create(code="OTHER", name="Other")
    sites = [
        Site.objects.create(code=code, name=code, company=company, default_owner=company) for code in ("HERE", "THERE")
    ]
    unit = UnitOfMeasure.objects.get(code="pcs")
    item = Item.objects.create(sku="TABLE", name="Table", unit=unit)
    return World(company, other, *sites, item=item, unit=unit)
