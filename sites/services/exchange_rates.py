"""Exchange rates of a company's books."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.errors import InvalidInput
from core.transactions import service
from sites import access, checking, events, rules
from sites.models import Company, ExchangeRate


@service
def put(
    *, company: Company, from_currency: str, to_currency: str, valid_from_on: date, rate: Decimal, actor: Any
) -> ExchangeRate:
    """Say what one unit of `from_currency` buys of `to_currency` from that day on; the same day again replaces it.

    What was posted keeps the rate it was posted at. Emits `exchange_rate.changed`.

    :raises InvalidInput: for a rate that is not above 0, or two equal currencies.
    """
    access.require(actor, company_id=company.pk, roles=access.ADMINISTRATORS)
    key = {
        "company": company,
        "from_currency": rules.check_currency(from_currency, field="from_currency"),
        "to_currency": rules.check_currency(to_currency, field="to_currency"),
        "valid_from_on": valid_from_on,
    }
    if key["from_currency"] == key["to_currency"]:
        raise InvalidInput(errors={"to_currency": f"One {key['to_currency']} is one {key['to_currency']}."})
    row = ExchangeRate.objects.filter(**key).first()
    row = checking.update_plain(row, {"rate": rate}) if row else checking.insert(ExchangeRate(**key, rate=rate))
    events.record("exchange_rate.changed", row.pk, company_ids=[company.pk], actor=actor)
    return row
