"""Many sites at once, by code, for imports: the set-based sibling of `sites.services.sites`."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models.functions import Lower

from core.upserts import Put, Wanted, put
from sites import access, events, upward
from sites.models import Site


def put_many(rows: Sequence[tuple[str, Mapping[str, Any]]], *, actor: Any) -> Put[Site]:
    """Write sites by code with checked fields (`company_id`, …); what is not given stays.

    A new one needs its operator's `company_id`; its default owner is the operator unless said otherwise, and it gets
    what every new site begins with. The operator of a site that is there stays. Emits `site.created`, `site.changed`.

    :raises Forbidden, NotFound: when the actor does not administer every operator.
    """
    codes = {code.lower() for code, _ in rows}
    known = {site.code.lower(): site for site in Site.objects.annotate(_key=Lower("code")).filter(_key__in=codes)}
    wanted = []
    for code, fields in rows:
        site = known.get(code.lower())
        operator = site.company_id if site else fields["company_id"]
        access.require(actor, company_id=operator, roles=access.ADMINISTRATORS)
        if site is None:
            new = {"name": code, "default_owner_id": operator, **fields, "code": code}
            wanted.append(Wanted(None, new))
        else:
            wanted.append(Wanted(site, {name: value for name, value in fields.items() if name != "company_id"}))
    result = put(Site, wanted)
    access.forget(actor)
    for created in result.created:
        upward.complete_new_site(created, actor=actor)
    for verb, sites in (("created", result.created), ("changed", result.changed)):
        events.record_many(
            f"site.{verb}",
            sites,
            company_ids_of=lambda site: [site.company_id, site.default_owner_id],
            site_ids_of=lambda site: [site.pk],
            actor=actor,
        )
    return result
