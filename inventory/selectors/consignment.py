"""Who may use consigned stock, and what it costs him."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Q

from core.money import round_money
from core.prepared import Statement
from inventory.models import ConsignmentAgreement
from inventory.selectors.exchange import rate_on
from sites.models import Company

# SQL for the date now at the site `s`.
TODAY = "(%(now)s::timestamptz AT TIME ZONE s.time_zone)::date"


def used_by_sql(*, item: str, owner: str, site: str, on: str) -> str:
    """SQL for whose demand an owner's stock of an item at a site may serve on a day: his own without an agreement.

    One that names the item goes before one that does not. Takes four SQL expressions.
    """
    return f"""coalesce(
        (SELECT a.used_by_id FROM inventory_consignmentagreement a
         WHERE a.owner_id = {owner} AND a.site_id = {site} AND (a.item_id = {item} OR a.item_id IS NULL)
           AND a.valid_from_on <= {on} AND (a.valid_until_on IS NULL OR a.valid_until_on > {on})
         ORDER BY a.item_id NULLS LAST LIMIT 1), {owner})"""


# The agreement with this buyer alone: on a day long ago another one's may have been in force.
_TERMS = Statement(
    "title_terms",
    """
SELECT u.item_id, u.owner_id, u.site_id, u.buyer_id, a.unit_price,
       CASE WHEN a.unit_price IS NULL THEN owner.currency ELSE a.currency END, buyer.currency
FROM unnest(%(items)s::bigint[], %(owners)s::bigint[], %(sites)s::bigint[], %(buyers)s::bigint[])
    AS u(item_id, owner_id, site_id, buyer_id)
JOIN sites_company owner ON owner.id = u.owner_id
JOIN sites_company buyer ON buyer.id = u.buyer_id
LEFT JOIN LATERAL (
    SELECT a.unit_price, a.currency FROM inventory_consignmentagreement a
    WHERE a.owner_id = u.owner_id AND a.site_id = u.site_id AND a.used_by_id = u.buyer_id
      AND (a.item_id = u.item_id OR a.item_id IS NULL)
      AND a.valid_from_on <= %(on)s::date AND (a.valid_until_on IS NULL OR a.valid_until_on > %(on)s::date)
    ORDER BY a.item_id NULLS LAST, a.id LIMIT 1
) a ON true
""",
)


class Use(NamedTuple):
    """An owner's stock of an item at a site, used by another company."""

    item_id: int
    owner_id: int
    site_id: int
    buyer_id: int


class TitlePrice(NamedTuple):
    """At what title passes: `unit_price` (None: the owner's cost) times `rate`, in the buyer's `currency`."""

    unit_price: Decimal | None
    rate: Decimal
    currency: str

    def amount(self, quantity: Decimal, *, cost: Decimal) -> Decimal:
        """What the buyer pays for a quantity that the owner gives at this cost; rounded once."""
        value = cost if self.unit_price is None else self.unit_price * quantity
        return round_money(value * self.rate, self.currency)


def title_prices(uses: Collection[Use], *, on: date) -> Mapping[Use, TitlePrice]:
    """The prices of that day, by the buyers' books. One query, and for foreign currencies one a rate.

    :raises NoExchangeRate: when a buyer's books have no rate from the currency of price or cost to his own.
    """
    if not uses:
        return {}
    columns = zip(*sorted(set(uses)), strict=True)
    arrays = dict(zip(("items", "owners", "sites", "buyers"), map(list, columns), strict=True))
    rows = [(Use(*row[:4]), *row[4:]) for row in _TERMS.all({**arrays, "on": on})]
    rates = _rates({(use.buyer_id, source, target) for use, _, source, target in rows}, on)
    return {use: TitlePrice(price, rates[use.buyer_id, source, target], target) for use, price, source, target in rows}


def _rates(pairs: Collection[tuple[int, str, str]], on: date) -> dict[tuple[int, str, str], Decimal]:
    foreign = {buyer_id for buyer_id, source, target in pairs if source != target}
    buyers = Company.objects.in_bulk(foreign) if foreign else {}
    return {
        (buyer_id, source, target): Decimal(1)
        if source == target
        else rate_on(books_of=buyers[buyer_id], from_currency=source, to_currency=target, on=on)
        for buyer_id, source, target in sorted(pairs)
    }


def agreement_for(*, item_id: int, owner_id: int, site_id: int, on: date) -> ConsignmentAgreement | None:
    """The agreement in force: one that names the item before one that does not."""
    in_force = Q(valid_from_on__lte=on) & (Q(valid_until_on=None) | Q(valid_until_on__gt=on))
    about = Q(item_id=item_id) | Q(item_id=None)
    return (
        ConsignmentAgreement.objects.filter(in_force, about, owner_id=owner_id, site_id=site_id)
        .order_by(F("item_id").asc(nulls_last=True), "id")
        .first()
    )


def users_of(*, item_ids: Collection[int], owner_id: int, site_id: int, on: date) -> dict[int, int]:
    """Whose demand an owner's stock of each item may serve at a site on a day, as for balances; one query."""
    in_force = Q(valid_from_on__lte=on) & (Q(valid_until_on=None) | Q(valid_until_on__gt=on))
    about = Q(item_id__in=list(item_ids)) | Q(item_id=None)
    agreements = ConsignmentAgreement.objects.filter(in_force, about, owner_id=owner_id, site_id=site_id)
    by_item: dict[int | None, int] = dict(agreements.order_by("-id").values_list("item_id", "used_by_id"))
    return {item_id: by_item.get(item_id) or by_item.get(None) or owner_id for item_id in item_ids}
