"""Many suppliers at once, by code, for imports: the set-based sibling of `purchasing.services.suppliers`."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.upserts import Put
from inventory.events import record_change
from purchasing.models import Supplier
from sites.models import Company
from sites.services.partners_many import put_partners


def put_many(rows: Sequence[tuple[str, Mapping[str, Any]]], *, company: Company, actor: Any) -> Put[Supplier]:
    """Write the company's suppliers by code with checked fields; what is not given stays.

    A new one without `party_id` gets a company of his own. Emits `supplier.created` and `supplier.changed`.
    """
    result = put_partners(Supplier, rows, company=company, role="is_supplier", actor=actor)
    for verb, touched in (("created", result.created), ("changed", result.changed)):
        if touched:
            documents = [("supplier", row.pk) for row in touched]
            record_change(f"supplier.{verb}", documents=documents, company_ids=[company.pk], actor=actor)
    return result
