"""Many locations at once, by site and code, for imports: the set-based sibling of `inventory.services.locations`."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F
from django.db.models.functions import Lower

from core.errors import InvalidInput
from core.upserts import Put, Wanted, put
from inventory.choices import KEEPING_KINDS, PHYSICAL_KINDS, LocationKind
from inventory.models import Location, StockBalance
from sites import access, events
from sites.models import Site


def put_many(rows: Sequence[tuple[Site, str, Mapping[str, Any]]], *, actor: Any) -> Put[Location]:
    """Write locations by site and code with checked fields; what is not given stays. Parents by `parent_id`.

    A site's new default for receipts takes that mark from the place that had it. Emits `location.created`,
    `location.changed`.

    :raises InvalidInput: naming places whose kind would change although something stood there.
    """
    sites = {site.pk: site for site, _, _ in rows}
    for site in sites.values():
        access.require(actor, company_id=site.company_id, site_id=site.pk, roles=access.PLANNERS)
    codes = {code.lower() for _, code, _ in rows}
    queryset = Location.objects.filter(site__in=list(sites)).annotate(_key=Lower("code")).filter(_key__in=codes)
    known = {(row.site_id, row.code.lower()): row for row in queryset}
    wanted = []
    for site, code, fields in rows:
        row = known.get((site.pk, code.lower()))
        wanted.append(Wanted(row, dict(fields) if row else {**fields, "site_id": site.pk, "code": code}))
    _check_kinds(wanted)
    _check_defaults(wanted)
    _move_defaults(wanted)
    result = put(Location, wanted)
    for verb, places in (("created", result.created), ("changed", result.changed)):
        events.record_many(
            f"location.{verb}",
            places,
            company_ids_of=lambda place: [sites[place.site_id].company_id, sites[place.site_id].default_owner_id],
            site_ids_of=lambda place: [place.site_id],
            actor=actor,
        )
    return result


def _check_kinds(wanted: Sequence[Wanted]) -> None:
    moving = [row for row, fields in wanted if row is not None and fields.get("kind", row.kind) != row.kind]
    if not moving:
        return
    used = set(StockBalance.objects.filter(location__in=[row.pk for row in moving]).values_list("location", flat=True))
    if stuck := sorted(row.code for row in moving if row.pk in used or row.kind not in PHYSICAL_KINDS):
        raise InvalidInput(errors={"kind": f"Something stood there already, so the kind stays: {', '.join(stuck)}."})


def _check_defaults(wanted: Sequence[Wanted]) -> None:
    for row, fields in wanted:
        kind = fields.get("kind", row.kind if row is not None else LocationKind.STORAGE)
        is_default = fields.get("is_default_receipt", row is not None and row.is_default_receipt)
        if is_default and kind not in KEEPING_KINDS:
            code = row.code if row is not None else fields["code"]
            text = f"{code}: nothing can be received into a place of kind “{kind}”."
            raise InvalidInput(errors={"is_default_receipt": text})


def _move_defaults(wanted: Sequence[Wanted]) -> None:
    """Take the mark of the default for receipts from the places that give it up to a row about to be written."""
    for row, fields in wanted:
        if not fields.get("is_default_receipt") or (row is not None and row.is_default_receipt):
            continue
        site_id = row.site_id if row is not None else fields["site_id"]
        others = Location.objects.filter(site=site_id, is_default_receipt=True)
        others.update(is_default_receipt=False, version=F("version") + 1)
