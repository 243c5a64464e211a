"""Many items at once, by SKU, for imports: the set-based sibling of `inventory.services.items`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models.functions import Lower

from core.errors import Forbidden, InvalidInput
from core.upserts import Put, Wanted, put
from inventory.models import CostPool, Demand, Item, ItemCategory, ItemCompany, Supply
from inventory.selectors import items as selectors
from inventory.services.items import require_some_planner
from sites import access, events
from sites.models import Company


@dataclass(frozen=True)
class ItemRow:
    """An item to be written: `fields` by attribute (`unit_id`, `category_id`), `terms` of the company."""

    sku: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    terms: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class ItemsPut:
    """What came of it. `changed_ids` are the items of which the item itself or the company's terms changed."""

    items: Put[Item]
    changed_ids: set[int]


def put_many(rows: Sequence[ItemRow], *, company: Company | None, actor: Any) -> ItemsPut:
    """Write items by SKU, and the company's sight and terms of them; what is not given stays.

    A new item needs `unit_id`. Without a company new items are seen by all and terms are left out. Emits
    `item.created` and `item.changed`. The caller is in a transaction.

    :raises InvalidInput: naming each SKU whose unit or tracking would change although it is stocked or ordered.
    """
    access.require(actor, company_id=company.pk if company else None, roles=access.PLANNERS)
    known = _known([row.sku for row in rows])
    _require_planner(known.values(), actor)
    _check_frozen(rows, known)
    wanted = [
        Wanted(item, dict(row.fields))
        if (item := known.get(row.sku.lower()))
        else Wanted(None, {"name": row.sku, **row.fields, "sku": row.sku})
        for row in rows
    ]
    result = put(Item, wanted)
    created_ids = {item.pk for item in result.created}
    changed_ids = {item.pk for item in result.changed}
    if company is not None:
        changed_ids |= _put_terms(rows, result, company) - created_ids
    _record(result, changed_ids, company, actor)
    return ItemsPut(result, changed_ids)


def put_categories(paths: Collection[tuple[str, ...]]) -> dict[tuple[str, ...], ItemCategory]:
    """Item categories by their path from the top, those that are missing made; one query a depth."""
    found: dict[tuple[str, ...], ItemCategory] = {}
    for depth in range(1, max((len(path) for path in paths), default=0) + 1):
        level = {path[:depth] for path in paths if len(path) >= depth}
        parents = {found[path[:-1]].pk for path in level if depth > 1}
        queryset = ItemCategory.objects.filter(parent_id__in=parents) if depth > 1 else ItemCategory.objects.all()
        queryset = queryset if depth > 1 else queryset.filter(parent=None)
        known = {(category.parent_id, category.name.lower()): category for category in queryset}
        for path in sorted(level):
            parent_id = found[path[:-1]].pk if depth > 1 else None
            category = known.get((parent_id, path[-1].lower()))
            if category is None:
                category = ItemCategory.objects.create(name=path[-1], parent_id=parent_id)
                known[parent_id, path[-1].lower()] = category
            found[path] = category
    return found


def _known(skus: Sequence[str]) -> dict[str, Item]:
    items = Item.objects.annotate(_key=Lower("sku")).filter(_key__in={sku.lower() for sku in skus})
    return {item.sku.lower(): item for item in items}


def _require_planner(items: Collection[Item], actor: Any) -> None:
    """As `items.edit`: the planners of any company that keeps an item may change it."""
    if actor is None or access.access_of(actor).is_superuser or not items:
        return
    keepers = selectors.keepers([item.pk for item in items])
    mine = access.access_of(actor).company_ids_of(access.PLANNERS)
    for item in items:
        his = keepers.get(item.pk)
        if his is None:
            require_some_planner(actor)
        elif not his & mine:
            raise Forbidden(f"{item.sku} belongs to another company.")


def _check_frozen(rows: Sequence[ItemRow], known: Mapping[str, Item]) -> None:
    suspects = {}
    for row in rows:
        item = known.get(row.sku.lower())
        if item is None:
            continue
        for name in ("unit_id", "tracking"):
            if row.fields.get(name, getattr(item, name)) != getattr(item, name):
                suspects[item.pk] = item
    if not suspects:
        return
    used = {
        item_id
        for model in (CostPool, Demand, Supply)
        for item_id in model.objects.filter(item__in=list(suspects)).values_list("item_id", flat=True).distinct()
    }
    if used:
        skus = sorted(suspects[item_id].sku for item_id in used)
        shown = ", ".join(skus[:5]) + (f" and {len(skus) - 5} more" if len(skus) > 5 else "")
        raise InvalidInput(errors={"unit": f"Unit and tracking stay once an item is stocked or ordered: {shown}."})


def _put_terms(rows: Sequence[ItemRow], result: Put[Item], company: Company) -> set[int]:
    """Write the company's terms; new items get its sight. Returns the items whose terms changed."""
    known = {
        row.item_id: row
        for row in ItemCompany.objects.filter(company=company, item__in=[item.pk for item in result.rows])
    }
    created = {item.pk for item in result.created}
    # An item that all see stays so, unless the company has something to say of it.
    wanted = [
        Wanted(terms, dict(row.terms) if terms else {**row.terms, "item_id": item.pk, "company_id": company.pk})
        for row, item in zip(rows, result.rows, strict=True)
        if (terms := known.get(item.pk)) or row.terms or item.pk in created
    ]
    written = put(ItemCompany, wanted)
    return {row.item_id for row in (*written.created, *written.changed)}


def _record(result: Put[Item], changed_ids: set[int], company: Company | None, actor: Any) -> None:
    changed = [item for item in result.rows if item.pk in changed_ids]
    companies = [company.pk] if company else []
    for verb, items in (("created", result.created), ("changed", changed)):
        events.record_many(f"item.{verb}", items, company_ids_of=lambda item: companies, actor=actor)
