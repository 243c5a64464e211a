"""Where a correction of a cost goes: along what was taken out of a pool since, each with its part of it.

A pool of goods gives a correction away in the proportion of the quantities that left it, the pool of a manufacturing
order in that of the value that left it, each as it stood at that moment; the last takes the rest, as with the cost
itself. So the parts add up to the correction to the last cent. What left for another owner or for the world outside is
not followed: that is where it ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.money import share
from inventory.choices import VIRTUAL_KINDS

ZERO = Decimal(0)
# Where a correction ends besides in pools: the kind of place that goods went to, another owner, or a cost written off.
OTHER_OWNER, WRITTEN_OFF = "other_owner", "written_off"


@dataclass(frozen=True)
class Line:
    """A value entry after the corrected one, in the order in which they were written.

    `quantity` and `amount` are signed; `quantity_before` and `value_before` are the pool's. `to_kind` is the kind of
    place that its move went to, "" without a move. `reverses_id` is the posting that its posting undid.
    """

    pool_id: int
    posting_id: int
    move_id: int | None
    quantity: Decimal
    amount: Decimal
    quantity_before: Decimal
    value_before: Decimal
    to_kind: str = ""
    reverses_id: int | None = None


@dataclass(frozen=True)
class Account:
    """A pool as it stands now. `is_order`: it holds cost alone."""

    currency: str
    quantity: Decimal
    value: Decimal
    is_order: bool = False


@dataclass
class Cascade:
    """What every pool got and gave, and where the rest ended, by kind; with what is left in pools the whole again."""

    got: dict[int, Decimal] = field(default_factory=dict)
    gave: dict[int, Decimal] = field(default_factory=dict)
    ended: dict[str, Decimal] = field(default_factory=dict)

    def left(self, pool_id: int) -> Decimal:
        """What of it a pool has."""
        return self.got.get(pool_id, ZERO) - self.gave.get(pool_id, ZERO)


@dataclass(frozen=True)
class _Flow:
    source: int
    target: int | None
    kind: str
    amount: Decimal


def cascade(amount: Decimal, pool_id: int, lines: Sequence[Line], accounts: Mapping[int, Account]) -> Cascade:
    """Follow a correction of `amount` (signed) that a pool got just before `lines`.

    `lines` are all later entries of all pools of the same owner that it may reach. A posting that was undone brings
    back what it took.
    """
    found = Cascade({pool_id: amount})
    partners = _partners(lines)
    flows: dict[int, list[_Flow]] = {}
    undone: set[int] = set()
    for line in lines:
        if line.reverses_id is not None:
            if line.posting_id not in undone:
                undone.add(line.posting_id)
                _undo(found, flows.pop(line.reverses_id, []))
            continue
        partner = partners.get((line.move_id, line.pool_id)) if line.move_id is not None else None
        if not _leaves(line, partner):
            continue
        part = _part(found.left(line.pool_id), line, accounts[line.pool_id])
        if part == 0:
            continue
        flow = _flow(line, partner, part)
        flows.setdefault(line.posting_id, []).append(flow)
        _apply(found, flow, 1)
    _settle(found, accounts)
    return found


def _partners(lines: Sequence[Line]) -> dict[tuple[int | None, int], Line]:
    """The other entry of a move that has two, by the move and the pool of the one."""
    by_move: dict[int, list[Line]] = {}
    for line in lines:
        if line.move_id is not None:
            by_move.setdefault(line.move_id, []).append(line)
    return {
        (move_id, one.pool_id): other
        for move_id, pair in by_move.items()
        for one in pair
        for other in pair
        if other.pool_id != one.pool_id
    }


def _leaves(line: Line, partner: Line | None) -> bool:
    if line.quantity != 0:
        return line.quantity < 0
    if partner is not None:
        return partner.quantity > 0
    return line.amount < 0


def _part(left: Decimal, line: Line, account: Account) -> Decimal:
    if left == 0:
        return ZERO
    if line.quantity != 0:
        return share(left, -line.quantity, line.quantity_before, account.currency)
    if line.value_before == 0:
        return left
    return share(left, -line.amount, line.value_before, account.currency)


def _flow(line: Line, partner: Line | None, part: Decimal) -> _Flow:
    if partner is not None:
        return _Flow(line.pool_id, partner.pool_id, "", part)
    if line.to_kind and line.to_kind not in VIRTUAL_KINDS:
        return _Flow(line.pool_id, None, OTHER_OWNER, part)
    return _Flow(line.pool_id, None, line.to_kind or WRITTEN_OFF, part)


def _apply(found: Cascade, flow: _Flow, sign: int) -> None:
    found.gave[flow.source] = found.gave.get(flow.source, ZERO) + sign * flow.amount
    if flow.target is None:
        found.ended[flow.kind] = found.ended.get(flow.kind, ZERO) + sign * flow.amount
    else:
        found.got[flow.target] = found.got.get(flow.target, ZERO) + sign * flow.amount


def _undo(found: Cascade, flows: Sequence[_Flow]) -> None:
    for flow in reversed(flows):
        _apply(found, flow, -1)


def _settle(found: Cascade, accounts: Mapping[int, Account]) -> None:
    """No pool is worth less than nothing, and an empty one nothing: what does not fit is written off."""
    for pool_id in list(found.got):
        account, left = accounts[pool_id], found.left(pool_id)
        is_empty = account.quantity == 0 and not account.is_order
        fits = -account.value if is_empty else max(left, -account.value)
        if fits != left:
            _apply(found, _Flow(pool_id, None, WRITTEN_OFF, left - fits), 1)
