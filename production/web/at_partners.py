"""What a site's people hold, do and expect for others, on one page; their customers see the same of their own goods."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from core.clock import local_date
from inventory.web.transfer_steps import may_receive, may_send
from production.choices import TaskState
from production.models import Task
from production.selectors import at_partners
from production.selectors.at_partners import Held, Way
from production.web import task_steps
from production.web.task_board import why
from sites.web import reader
from sites.web.mixins import SitePageMixin

AT_ONCE = ("start", "resume", "report")


class AtPartnersPage(SitePageMixin, TemplateView):
    """`/s/<site>/at-partners/`: where a partner lands. A dozen queries whatever it shows; no prices."""

    template_name = "production/at_partners.html"

    def scope(self) -> None:
        return None

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @cached_property
    def steps(self) -> list[Task]:
        return list(at_partners.steps(self.access, self.site_ids)[: at_partners.MOST])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = at_partners.held(self.access, self.site_ids, self.steps)
        coming = at_partners.coming(self.access, self.site_ids)
        going = at_partners.going(self.access, self.site_ids)
        bought = list(at_partners.bought(self.access, self.site_ids))
        lists: list[Sequence[Any]] = [self.steps, held, coming, going, bought]
        return super().get_context_data(
            base=self.base,
            most=at_partners.MOST if any(len(rows) >= at_partners.MOST for rows in lists) else 0,
            is_partner=reader.of(self.request).is_partner,
            steps=[self.shown_step(task) for task in self.steps],
            held=[self.shown_held(row) for row in held],
            coming=[self.shown_way(way, "receive") for way in coming],
            going=[self.shown_way(way, "dispatch") for way in going],
            bought=bought,
            has_owners=len({row.balance.owner_id for row in held} | {task.company_id for task in self.steps}) > 1,
            has_sites=len({task.site_id for task in self.steps} | {row.balance.site_id for row in held}) > 1,
            counts=self.counts(coming, held),
            **kwargs,
        )

    def counts(self, coming: Sequence[Way], held: Sequence[Held]) -> dict[str, int]:
        """The figures over the page: numbers of rows, never of pieces of different items."""
        ready = (TaskState.READY, TaskState.RUNNING, TaskState.PAUSED)
        return {
            "steps": len(self.steps),
            "workable": sum(task.state in ready and task.blocked_at is None for task in self.steps),
            "late": sum(task.due_at < self.now for task in self.steps),
            "coming": len(coming),
            "coming_late": sum(self.is_late(way) for way in coming),
            "held": len(held),
            "short": sum(row.missing > 0 for row in held),
        }

    def is_late(self, way: Way) -> bool:
        return way.due_on is not None and way.due_on < self.today(way)

    def today(self, way: Way) -> date:
        return local_date(self.now, way.line.transfer.destination.time_zone)

    def shown_step(self, task: Task) -> dict[str, Any]:
        """With the one thing to do next on it, where it is the reader's to do."""
        offered = task_steps.steps_of(task, self.access, f"{self.base}tasks/{task.pk}/")
        main = offered.main if offered.main and offered.main.name in AT_ONCE else None
        return {
            "task": task,
            "decimals": task.order.item.unit.decimals,
            "left": max(task.quantity - task.good_quantity, 0),
            "is_late": task.due_at < self.now,
            "why": why(task),
            "step": main if task.state != TaskState.WAITING else None,
        }

    def shown_held(self, row: Held) -> dict[str, Any]:
        first = row.needs[0] if row.needs else None
        return {
            "row": row,
            "balance": row.balance,
            "decimals": row.balance.item.unit.decimals,
            "first": first,
            "more": len(row.needs) - 1 if row.needs else 0,
            "place": _("on hold") if row.balance.lot and row.balance.lot.state != "ok" else "",
        }

    def shown_way(self, way: Way, step: str) -> dict[str, Any]:
        """`step` (receive or dispatch) is offered where something of the line waits for it and the reader may do it."""
        transfer = way.line.transfer
        amount = way.under_way if step == "receive" else way.to_send
        may = may_receive(transfer, self.access) if step == "receive" else may_send(transfer, self.access)
        return {
            "way": way,
            "transfer": transfer,
            "line": way.line,
            "decimals": way.line.item.unit.decimals,
            "is_late": self.is_late(way),
            "url": f"{self.base}transfers/{transfer.pk}/",
            "step_url": f"{self.base}transfers/{transfer.pk}/{step}/"
            if may and amount > 0 and transfer.blocked_at is None
            else "",
        }
