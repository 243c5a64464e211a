"""Who may use consigned stock, and what it costs him."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import F, Q

from inventory.errors import NoExchangeRate
from inventory.models import ConsignmentAgreement
from sites.models import Company, ExchangeRate


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


def price_of(*, item_id: int, owner_id: int, site_id: int, buyer_id: int, on: date) -> Decimal | None:
    """The unit price at which title passes, in the buyer's currency; None: at the owner's average cost.

    :raises NoExchangeRate: when the agreement is in another currency and the buyer's books have no rate.
    """
    agreement = agreement_for(item_id=item_id, owner_id=owner_id, site_id=site_id, on=on)
    buyer = Company.objects.only("currency", "code").get(id=buyer_id)
    if agreement is None or agreement.unit_price is None:
        owner_currency = Company.objects.only("currency").get(id=owner_id).currency
        if owner_currency == buyer.currency:
            return None
        raise NoExchangeRate(company=buyer.code, from_currency=owner_currency, to_currency=buyer.currency, on=on)
    if agreement.currency == buyer.currency:
        return agreement.unit_price
    rate = (
        ExchangeRate.objects.filter(
            company_id=buyer_id,
            from_currency=agreement.currency,
            to_currency=buyer.currency,
            valid_from_on__lte=on,
        )
        .order_by("-valid_from_on", "-id")
        .first()
    )
    if rate is None:
        raise NoExchangeRate(company=buyer.code, from_currency=agreement.currency, to_currency=buyer.currency, on=on)
    return agreement.unit_price * rate.rate
