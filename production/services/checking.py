"""What several services of manufacturing orders check alike."""

from core.errors import WrongState
from production.models import ManufacturingOrder


def check_not_blocked(order: ManufacturingOrder) -> None:
    """:raises WrongState: with the reason, while the order is blocked."""
    if order.blocked_at is not None:
        raise WrongState(
            f"{order.number} is blocked since {order.blocked_at:%Y-%m-%d}: {order.blocked_reason}.",
            blocked_reason=order.blocked_reason,
        )
