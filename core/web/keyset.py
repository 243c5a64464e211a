"""Pages of a list by keyset: `?after=ID` and `?before=ID` name the row beside the page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, QueryDict

from core.web.numbers import whole


@dataclass(frozen=True)
class Page:
    """The rows of one page and the addresses of its neighbors ("" where there is none)."""

    rows: list[Any]
    previous_url: str
    next_url: str

    def shown(self, total: int | str | None = None) -> dict[str, Any]:
        """What the pagination component asks for."""
        return {
            "shown": len(self.rows),
            "total": total,
            "previous_url": self.previous_url,
            "next_url": self.next_url,
        }


def paginate(request: HttpRequest, rows: QuerySet[Any], *, by: str, size: int = 100) -> Page:
    """A page of `rows` sorted by the annotation or field `by` (`-by`: descending), then by id in the same sense.

    The row named in the address is looked up by its id, so an address stays good while other rows come and go; a
    row that is gone begins the list anew.
    """
    is_descending, name = by.startswith("-"), by.lstrip("-")
    is_backward = "before" in request.GET
    anchor = _anchor(rows, request.GET.get("before") or request.GET.get("after"))
    is_reversed = is_descending != is_backward
    if anchor is not None:
        rows = rows.filter(_beyond(name, getattr(anchor, name), anchor.pk, is_less=is_reversed))
    sign = "-" if is_reversed else ""
    found = list(rows.order_by(f"{sign}{name}", f"{sign}id")[: size + 1])
    has_more, page = len(found) > size, found[:size]
    if is_backward:
        page.reverse()
    has_previous = has_more if is_backward else anchor is not None
    has_next = True if is_backward and anchor is not None else has_more
    return Page(
        page,
        _url(request, "before", page[0]) if page and has_previous else "",
        _url(request, "after", page[-1]) if page and has_next else "",
    )


def _anchor(rows: QuerySet[Any], text: str | None) -> Any:
    number = whole(text)
    return rows.filter(pk=number).first() if number is not None else None


def _beyond(name: str, value: Any, pk: int, *, is_less: bool) -> Q:
    sense = "lt" if is_less else "gt"
    return Q(**{f"{name}__{sense}": value}) | Q(**{name: value, f"pk__{sense}": pk})


def _url(request: HttpRequest, name: str, row: Model) -> str:
    query: QueryDict = request.GET.copy()
    for old in ("after", "before"):
        query.pop(old, None)
    query[name] = str(row.pk)
    return f"?{query.urlencode()}"
