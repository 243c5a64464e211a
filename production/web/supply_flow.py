"""The flow between companies and sites: who waits for whom, and where it breaks first."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from inventory.web.serving import document_url
from production.selectors import supply_flow
from production.selectors.supply_flow import Link
from sites.web.mixins import SitePageMixin


class SupplyFlowPage(SitePageMixin, TemplateView):
    """`/s/<site>/supply-flow/`."""

    template_name = "production/supply_flow.html"

    def scope(self) -> None:
        return None

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = supply_flow.links(self.access, self.site_ids)
        first = supply_flow.breaks_first(rows)
        return super().get_context_data(
            base=self.base,
            rows=[self.shown(row) for row in rows],
            first=self.shown(first) if first else None,
            broken=sum(row.is_broken for row in rows),
            companies=companies(rows),
            most=supply_flow.MOST,
            **kwargs,
        )

    def shown(self, row: Link) -> dict[str, Any]:
        return {
            "link": row,
            "url": self.url(row.document_kind, row.document_id),
            "by_url": self.url(row.by_document_kind, row.by_id),
            "by": by(row),
        }

    def url(self, kind: str, document_id: int | None) -> str:
        if kind == "task":
            return f"{self.base}tasks/{document_id}/"
        return document_url(self.base, kind, document_id)


def by(row: Link) -> str:
    """Who is waited for, in words."""
    if row.promised_on is None:
        return _("nobody yet")
    return " ".join(part for part in (row.by_site, row.by_company) if part) or _("a supplier")


def companies(rows: Sequence[Link]) -> list[dict[str, Any]]:
    """For each company: for how much it waits, how much waits for it, how much of each is late, and its next need."""
    waits: defaultdict[str, list[Link]] = defaultdict(list)
    makes_wait: defaultdict[str, list[Link]] = defaultdict(list)
    for row in rows:
        waits[f"{row.company}"].append(row)
        if row.by_company:
            makes_wait[row.by_company].append(row)
    return [
        {
            "name": name,
            "waits": len(waits[name]),
            "waits_late": sum(row.is_broken for row in waits[name]),
            "for_whom": ", ".join(sorted({row.by_company for row in waits[name] if row.by_company})),
            "until": max((row.promised_on for row in waits[name] if row.promised_on), default=None),
            "makes_wait": len(makes_wait[name]),
            "makes_late": sum(row.is_broken for row in makes_wait[name]),
            "whom": ", ".join(sorted({row.company for row in makes_wait[name]})),
            "needed_on": min((row.needed_on for row in makes_wait[name]), default=None),
        }
        for name in sorted({*waits, *makes_wait})
    ]
