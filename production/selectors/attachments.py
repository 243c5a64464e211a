"""Pictures and files within a reader's access: his company's, and those hung on what he sees."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from production.models import Attachment, OperationInstruction
from sites.access import NO_ACCESS, Access

# What a task was released with stays to be seen at its site until it is done, whatever its routing says by then.
_OF_TASKS = """
SELECT (step->>'attachment_id')::bigint
FROM production_task t CROSS JOIN LATERAL jsonb_array_elements(t.instructions) AS step
WHERE t.site_id = ANY(%s::bigint[]) AND t.state NOT IN ('done', 'canceled')
  AND t.instructions <> '[]'::jsonb AND step->>'attachment_id' IS NOT NULL
"""

_owners: dict[str, Callable[[Access], QuerySet[Any]]] = {}


def register(name: str, ids: Callable[[Access], QuerySet[Any]]) -> None:
    """Let an app above say which attachments (a queryset of their ids) its own rows show to a reader."""
    _owners[name] = ids


def attachments(access: Access) -> QuerySet[Attachment]:
    """What a reader may open: his companies', and what is shown with work at his sites."""
    if access == NO_ACCESS:
        return Attachment.objects.none()
    if access.is_superuser:
        return Attachment.objects.all()
    site_ids = sorted(access.site_ids)
    steps = OperationInstruction.objects.filter(
        operation__work_center__site__in=site_ids, operation__routing__archived_at=None, attachment__isnull=False
    )
    seen = Q(company__in=sorted(access.company_ids))
    seen |= Q(pk__in=steps.values("attachment")) | Q(pk__in=RawSQL(_OF_TASKS, [site_ids]))
    for ids in _owners.values():
        seen |= Q(pk__in=ids(access))
    return Attachment.objects.filter(seen)


def shown(row: Attachment, base: str) -> dict[str, Any]:
    """An attachment as `attachments/_panel.html` shows it; `base` is the site's address, `/s/TLL/`."""
    return {
        "id": row.pk,
        "name": row.name,
        "url": f"{base}attachments/{row.pk}/",
        "is_picture": row.content_type.startswith("image/"),
        "size_kb": max(1, row.size_bytes // 1024),
    }
