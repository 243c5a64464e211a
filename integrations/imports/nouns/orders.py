"""What imports of orders have in common: rows with the same reference are the lines of one order."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from core.errors import InvalidInput
from integrations.imports import resolving
from integrations.imports.framework.checking import Row
from integrations.imports.framework.importer import Outcome
from integrations.imports.resolving import Problems
from inventory.models import Document, Item, OrderLine
from sites.models import Site

Order = TypeVar("Order", bound=Document)

_MOST_NOTES = 20


@dataclass
class Group:
    """The rows of one order, in the order of the file."""

    reference: str
    rows: list[Row] = field(default_factory=list)

    @property
    def first(self) -> Row:
        return self.rows[0]

    def head(self, name: str, default: Any = None) -> Any:
        """A field of the order: what the first of its rows that says something says."""
        return next((row[name] for row in self.rows if name in row), default)


def grouped(rows: Sequence[Row], heads: Sequence[str], problems: Problems) -> list[Group]:
    """The orders that the rows make; rows of one order that contradict each other in a field of it are problems."""
    groups: dict[str, Group] = {}
    for row in rows:
        groups.setdefault(row["reference"].lower(), Group(row["reference"])).rows.append(row)
    for group in groups.values():
        for name in heads:
            said = group.head(name)
            for row in group.rows:
                if name in row and row[name] != said:
                    problems.add(row, name, f"Another row of order {group.reference} says {said}.")
    return list(groups.values())


def refuse_none(rows: Sequence[Row], problems: Problems) -> None:
    """A quantity of 0 is a problem of its row."""
    for row in rows:
        if row["quantity"] == 0:
            problems.add(row, "quantity", "It must be greater than 0.")


def site_id(row: Row, site_of: Callable[[Row], Site | None]) -> int:
    """The site of a row; a row without one was refused before."""
    site = site_of(row)
    assert site is not None
    return site.pk


def known(model: type[Order], company_id: int, references: Iterable[str]) -> dict[str, Order]:
    """The company's orders by the reference they were imported under, in small letters."""
    queryset = model._default_manager.filter(company=company_id).exclude(external_reference="")
    return resolving.by_key(queryset, "external_reference", references)


def quantities(line_model: type[OrderLine], order_ids: Iterable[int]) -> Mapping[int, Mapping[int, Decimal]]:
    """Ordered quantities by order and item."""
    totals: defaultdict[int, defaultdict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    lines: Any = line_model._default_manager  # each kind of line has its own `order`
    found = lines.filter(order__in=list(order_ids)).values_list("order", "item", "ordered_quantity")
    for order_id, item_id, quantity in found:
        totals[order_id][item_id] += quantity
    return totals


def sums(group: Group, items: Mapping[str, Item], name: str) -> dict[int, Decimal]:
    """The quantities that a file's order asks for, by item."""
    totals: defaultdict[int, Decimal] = defaultdict(Decimal)
    for row in group.rows:
        totals[items[row["item"].lower()].pk] += row[name]
    return dict(totals)


def refuse_by_row(error: InvalidInput, groups: Sequence[Group], fields: Mapping[str, str], problems: Problems) -> None:
    """Tell a service's errors (`3.lines.0.quantity`) by the rows that they come from.

    `fields` maps the names that the service uses to columns; the others are the same.

    :raises RowsRefused: always, unless there is no error.
    """
    for path, message in error.errors.items():
        place, _, rest = path.partition(".")
        if not place.isdigit():
            raise error
        group = groups[int(place)]
        parts = rest.split(".")
        is_line = parts[0] == "lines" and len(parts) > 1 and parts[1].isdigit()
        row = group.rows[int(parts[1])] if is_line else group.first
        name = parts[-1] if not (is_line and len(parts) == 2) else "item"
        problems.add(row, fields.get(name, name), message)
    problems.stop()


def split(groups: Sequence[Group], known: Mapping[str, Any]) -> tuple[list[Group], list[tuple[Group, Any]]]:
    """The orders that are new, and those whose reference is there already, with what is known of it."""
    new = [group for group in groups if group.reference.lower() not in known]
    old = [(group, known[group.reference.lower()]) for group in groups if group.reference.lower() in known]
    return new, old


def left_alone(
    old: Sequence[tuple[Group, Any]],
    lines_of: Mapping[int, Mapping[int, Decimal]],
    wanted_of: Callable[[Group], Mapping[int, Decimal]],
) -> Outcome:
    """Orders that are there already stay as they are: unchanged, or skipped where the file says something else."""
    outcome = Outcome()
    for group, order in old:
        if dict(lines_of.get(order.pk, {})) == dict(wanted_of(group)):
            outcome.unchanged += 1
            continue
        outcome.skipped += 1
        if len(outcome.notes) < _MOST_NOTES:
            text = f"{order.number} (reference {group.reference}) is there already with other quantities"
            outcome.notes.append(f"{text}; it was left as it is.")
    return outcome
