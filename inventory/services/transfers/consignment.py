"""Consigned stock travels only to where the same two companies have an agreement about it."""

from datetime import datetime

from core.clock import local_date
from inventory.drafts import Posted
from inventory.errors import NoSuchAgreement
from inventory.models import Item, Transfer
from inventory.selectors.consignment import agreement_for
from sites.models import Company


def check_agreements(transfer: Transfer, posted: Posted, *, on: datetime) -> None:
    """Refuse what was taken of other owners than the transfer's company, unless it may use it at the destination too.

    Called after the posting, because only the ledger knows whose stock it took; the refusal undoes it.

    :raises NoSuchAgreement: naming item, owner and site.
    """
    consigned = {(move.item_id, move.owner_id) for move in posted.moves if move.owner_id != transfer.company_id}
    day = local_date(on, transfer.destination.time_zone)
    for item_id, owner_id in sorted(consigned):
        agreement = agreement_for(item_id=item_id, owner_id=owner_id, site_id=transfer.destination_id, on=day)
        if agreement is None or agreement.used_by_id != transfer.company_id:
            raise NoSuchAgreement(
                item=Item.objects.only("sku").get(pk=item_id).sku,
                owner=Company.objects.only("code").get(pk=owner_id).code,
                used_by=transfer.company.code,
                site=transfer.destination.code,
            )
