"""Items, and what a company says of them: its terms, its codes, other units, how a site keeps them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import connection

from core import versions
from core.errors import Forbidden, InvalidInput
from core.transactions import service
from inventory.models import Item, ItemCategory, ItemCode, ItemCompany, ItemUnit, UnitOfMeasure
from inventory.selectors import items as selectors
from sites import access, checking, events
from sites.models import Company


class ItemFields(TypedDict, total=False):
    """What may be said of an item beside its SKU and its stocking unit; weight is per stocking unit."""

    name: str
    description: str
    category: ItemCategory | None
    tracking: str
    weight_kg: Decimal | None
    variant_of: Item | None
    options: dict[str, Any]


class ItemChanges(ItemFields, total=False):
    """What may be changed of an item; stocking unit and tracking only before it was ever stocked."""

    sku: str
    unit: UnitOfMeasure


class Terms(TypedDict, total=False):
    """A company's own cost and price of an item, per stocking unit in its currency, and how it gets it."""

    standard_cost: Decimal | None
    list_price: Decimal | None
    is_made: bool
    is_bought: bool
    is_sold: bool
    planner: Any


class Sight(Terms, total=False):
    """The same, and whether the company keeps the item: its planners change what all see of it."""

    is_keeper: bool


@dataclass(frozen=True, kw_only=True)
class PartEdits:
    """Changes of what stands beside an item: other units, companies' terms (and with them their sight), their codes.

    What is removed goes first; companies by their id, the others by the id of their row.
    """

    units: Mapping[UnitOfMeasure, Decimal] = field(default_factory=dict)
    terms: Mapping[Company, Sight] = field(default_factory=dict)
    codes: Sequence[tuple[Company, str]] = ()
    removed_unit_ids: Collection[int] = ()
    removed_company_ids: Collection[int] = ()
    removed_code_ids: Collection[int] = ()


@service
def create(
    *,
    sku: str,
    unit: UnitOfMeasure,
    company: Company | None,
    terms: Terms | None = None,
    units: Mapping[UnitOfMeasure, Decimal] | None = None,
    codes: Sequence[str] = (),
    actor: Any,
    **fields: Unpack[ItemFields],
) -> Item:
    """A new item with the company's sight of it and its other units (stocking units in one of each).

    Without a company it is seen by all, which only a superuser or the system may want. Emits `item.created`.

    :raises InvalidInput: naming the field, above all a SKU that is taken.
    """
    access.require(actor, company_id=company.pk if company else None, roles=access.PLANNERS)
    sku = _sku(sku)
    item = checking.insert(Item(**{"sku": sku, "name": sku, "unit": unit, **fields}))
    if company is not None:
        checking.insert(ItemCompany(item=item, company=company, **(terms or {})))
    _put_parts(item, company, None, units, codes)
    _record("created", item, actor)
    return item


@service
def edit(
    item: Item,
    *,
    expected: int | None = None,
    company: Company | None = None,
    terms: Terms | None = None,
    units: Mapping[UnitOfMeasure, Decimal] | None = None,
    codes: Sequence[str] = (),
    actor: Any,
    **changes: Unpack[ItemChanges],
) -> Item:
    """Change an item; the planners of any company that keeps it may. Emits `item.changed`.

    `terms` and `codes` are `company`'s own, `units` the item's; what is not named among them stays.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: naming the field; stocking unit and tracking stay once the item was stocked or ordered.
    """
    _require_planner(item, actor)
    if company is not None:
        access.require(actor, company_id=company.pk, roles=access.PLANNERS)
    if "sku" in changes:
        changes["sku"] = _sku(changes["sku"])
    frozen = [name for name in ("unit", "tracking") if name in changes and changes[name] != getattr(item, name)]
    if frozen and selectors.is_in_use(item.pk):
        raise InvalidInput(errors=dict.fromkeys(frozen, f"{item.sku} is stocked or ordered already."))
    has_parts = bool(terms or units or codes)
    item = checking.update(item, expected=expected, changes=dict(changes), is_forced=has_parts)
    _put_parts(item, company, terms, units, codes)
    _record("changed", item, actor)
    return item


@service
def edit_parts(item: Item, edits: PartEdits, *, expected: int | None = None, actor: Any) -> Item:
    """Change what stands beside an item. Emits `item.changed`.

    The planners of those who keep it change its units and who keeps it, each company's planners its terms and codes.
    An order line keeps the factor of a unit that it was written with. An item that no company is left to see is seen
    by all, which only a superuser or the system may want.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: naming the field.
    """
    if edits.units or edits.removed_unit_ids or _changes_keepers(item, edits.terms):
        _require_planner(item, actor)
    removed_codes = ItemCode.objects.filter(item=item, pk__in=edits.removed_code_ids)
    named = [*edits.terms, *(company for company, _code in edits.codes)]
    removed = {*edits.removed_company_ids, *removed_codes.values_list("company", flat=True)}
    for company_id in sorted({company.pk for company in named} | removed):
        access.require(actor, company_id=company_id, roles=access.PLANNERS)
    item = checking.update(item, expected=expected, changes={}, is_forced=True)
    before = selectors.company_ids_with_sight(item.pk)
    removed_codes.delete()
    item.units.filter(pk__in=edits.removed_unit_ids).delete()
    item.companies.filter(company__in=edits.removed_company_ids).delete()
    _put_parts(item, None, None, edits.units, ())
    for company, terms in edits.terms.items():
        _put_terms(item, company, terms)
    for company, code in edits.codes:
        _put_codes(item, company, [code])
    if before and not selectors.company_ids_with_sight(item.pk):
        access.require(actor, company_id=None)
    _record("changed", item, actor, also=before)
    return item


@service
def archive(item: Item, *, now: datetime, actor: Any) -> Item:
    """Put an item away once nothing of it is left or open. Emits `item.archived`.

    :raises InvalidInput: while there is stock of it, or an open demand or supply.
    """
    _require_planner(item, actor)
    if reason := selectors.why_not_archived(item.pk):
        raise InvalidInput(errors={"item": f"{item.sku} {reason}."})
    item = versions.edit(item, archived_at=now)
    _record("archived", item, actor)
    return item


@service
def put_terms(item: Item, company: Company, *, actor: Any, **terms: Unpack[Terms]) -> None:
    """Write a company's own cost, price and sourcing of an item; gives it sight of the item, of which it is a keeper
    only where nobody is. Emits `item.changed`.

    Only the given fields are written; a new standard cost values nothing anew.

    :raises InvalidInput: naming the field.
    """
    access.require(actor, company_id=company.pk, roles=access.PLANNERS)
    _put_parts(item, company, terms, None, ())
    _record("changed", item, actor)


def give_sight(item_ids: Iterable[int], company_id: int) -> None:
    """Let a company see items that it uses for the first time, not change them; those that all see stay so.

    One statement.

    For services that write a document of that company, in their transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO inventory_itemcompany (item_id, company_id, is_keeper, is_made, is_bought, is_sold)
            SELECT DISTINCT c.item_id, %(company)s, false, false, false, false FROM inventory_itemcompany c
            WHERE c.item_id = ANY(%(items)s::bigint[])
            ORDER BY 1
            ON CONFLICT DO NOTHING
            """,
            {"items": sorted(set(item_ids)), "company": company_id},
        )


@service
def create_category(*, name: str, parent: ItemCategory | None = None, actor: Any) -> ItemCategory:
    """A new group of items; categories are shared, so any company's planner may.

    :raises InvalidInput: when the parent has one of that name.
    """
    require_some_planner(actor)
    return checking.insert(ItemCategory(name=name.strip(), parent=parent))


@service
def edit_category(category: ItemCategory, *, expected: int | None = None, actor: Any, **changes: Any) -> ItemCategory:
    """Rename a category, or move it under another.

    :raises InvalidInput: when it would lie under itself.
    """
    require_some_planner(actor)
    above = changes.get("parent")
    while above is not None:
        if above.pk == category.pk:
            raise InvalidInput(errors={"parent": f"“{category.name}” can't lie under itself."})
        above = above.parent
    return checking.update(category, expected=expected, changes=changes)


@service
def create_unit(*, code: str, name: str = "", decimals: int = 0, actor: Any) -> UnitOfMeasure:
    """A new unit; units are shared, so any company's administrator may.

    :raises InvalidInput: naming the field, above all a code that is taken.
    """
    require_some_planner(actor, roles=access.ADMINISTRATORS)
    return checking.insert(UnitOfMeasure(code=code.strip(), name=name or code, decimals=decimals))


@service
def edit_unit(unit: UnitOfMeasure, *, expected: int | None = None, actor: Any, **changes: Any) -> UnitOfMeasure:
    """Change a unit. Fewer decimals are refused: quantities that are there might not fit.

    :raises InvalidInput: naming the field.
    """
    require_some_planner(actor, roles=access.ADMINISTRATORS)
    if changes.get("decimals", unit.decimals) < unit.decimals:
        raise InvalidInput(errors={"decimals": f"{unit.code} has {unit.decimals} decimals; there can only be more."})
    return checking.update(unit, expected=expected, changes=changes)


def require_some_planner(actor: Any, *, roles: Iterable[str] = access.PLANNERS) -> None:
    """Refuse a user who has none of the roles in any company, for what the network shares.

    :raises Forbidden: naming nothing, because all see these rows.
    """
    if actor is None:
        return
    known = access.access_of(actor)
    if not (known.is_superuser or known.company_ids_of(roles)):
        raise Forbidden("You may see this, but not change it.")


def _require_planner(item: Item, actor: Any) -> None:
    if actor is None or access.access_of(actor).is_superuser:
        return
    keepers = selectors.keepers([item.pk]).get(item.pk)
    if keepers is None:
        require_some_planner(actor)
    elif not access.access_of(actor).company_ids_of(access.PLANNERS) & keepers:
        raise Forbidden(f"You may see {item.sku}, but not change it.")


def _changes_keepers(item: Item, terms: Mapping[Company, Sight]) -> bool:
    standing = dict(ItemCompany.objects.filter(item=item).values_list("company_id", "is_keeper"))
    return any(
        values["is_keeper"] != standing.get(company.pk, not standing)
        for company, values in terms.items()
        if "is_keeper" in values
    )


def _put_parts(
    item: Item,
    company: Company | None,
    terms: Terms | None,
    units: Mapping[UnitOfMeasure, Decimal] | None,
    codes: Sequence[str],
) -> None:
    """What stands beside the item's own row; the caller has checked who asks."""
    if company is None and (terms or codes):
        raise InvalidInput(errors={"company": "Say whose cost, price or code it is."})
    if company is not None and terms is not None:
        _put_terms(item, company, terms)
    for unit, factor in (units or {}).items():
        _put_unit(item, unit, factor)
    if company is not None:
        _put_codes(item, company, codes)


def _put_terms(item: Item, company: Company, terms: Terms | Sight) -> None:
    row = ItemCompany.objects.filter(item=item, company=company).first()
    if row is None:
        # Somebody keeps it: the first one, whatever he says.
        is_first = not ItemCompany.objects.filter(item=item).exists()
        keeping = {"is_keeper": is_first or terms.get("is_keeper", False)}
        checking.insert(ItemCompany(**{"item": item, "company": company, **terms, **keeping}))
    elif terms:
        checking.update_plain(row, dict(terms))


def _put_unit(item: Item, unit: UnitOfMeasure, factor: Decimal) -> None:
    """How many stocking units are in one of another; order lines keep the factor they were written with."""
    if unit.pk == item.unit_id:
        raise InvalidInput(errors={"units": f"{unit.code} is the stocking unit of {item.sku} itself."})
    row = ItemUnit.objects.filter(item=item, unit=unit).first()
    if row is None:
        checking.insert(ItemUnit(item=item, unit=unit, factor=factor))
    else:
        checking.update_plain(row, {"factor": factor})


def _put_codes(item: Item, company: Company, codes: Sequence[str]) -> None:
    for code in dict.fromkeys(code.strip() for code in codes):
        known = ItemCode.objects.filter(company=company, code__iexact=code).first()
        if known is None:
            checking.insert(ItemCode(item=item, company=company, code=code))
        elif known.item_id != item.pk:
            raise InvalidInput(errors={"codes": f"“{code}” is another item's code."})


def _record(verb: str, item: Item, actor: Any, *, also: Collection[int] = ()) -> None:
    """Tell those who see it, and those who did."""
    company_ids = {*selectors.company_ids_with_sight(item.pk), *also}
    events.record(f"item.{verb}", item.pk, company_ids=company_ids, actor=actor)


def _sku(sku: str) -> str:
    sku = sku.strip()
    if not sku or not sku.isprintable():
        raise InvalidInput(errors={"sku": f"“{sku}” is no SKU: it needs at least one visible character."})
    return sku
