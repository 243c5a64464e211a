"""What services of quality are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from quality.choices import CharacteristicKind


@dataclass(frozen=True, kw_only=True)
class CharacteristicDraft:
    """A characteristic to be; limits belong to a measure alone."""

    name: str
    kind: str = CharacteristicKind.PASS_FAIL
    min_value: Decimal | None = None
    max_value: Decimal | None = None
    unit: str = ""
    instruction: str = ""


@dataclass(frozen=True, kw_only=True)
class PlanDraft:
    """A plan to be; what is None holds for all."""

    company_id: int
    code: str
    name: str
    trigger: str
    characteristics: Sequence[CharacteristicDraft]
    item_id: int | None = None
    site_id: int | None = None
    supplier_id: int | None = None
    operation_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ResultDraft:
    """What was found of the characteristic with this number; a measure decides by its limits, the rest by `is_ok`."""

    line_no: int
    value: Decimal | None = None
    is_ok: bool | None = None
    note: str = ""
    attachment_id: int | None = None
