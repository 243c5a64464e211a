"""Many customers at once, by code, for imports: the set-based sibling of `sales.services.customers`."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.upserts import Put
from inventory.events import record_change
from sales.models import Customer
from sites.models import Company
from sites.services.partners_many import put_partners


def put_many(rows: Sequence[tuple[str, Mapping[str, Any]]], *, company: Company, actor: Any) -> Put[Customer]:
    """Write the company's customers by code with checked fields; what is not given stays.

    A new one without `party_id` gets a company of his own. Emits `customer.created` and `customer.changed`.
    """
    result = put_partners(Customer, rows, company=company, role="is_customer", actor=actor)
    for verb, touched in (("created", result.created), ("changed", result.changed)):
        if touched:
            documents = [("customer", row.pk) for row in touched]
            record_change(f"customer.{verb}", documents=documents, company_ids=[company.pk], actor=actor)
    return result
