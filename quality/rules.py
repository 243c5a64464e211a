"""What a result means; plain values in, plain values out."""

from decimal import Decimal

from quality.choices import CharacteristicKind


def is_within(value: Decimal, min_value: Decimal | None, max_value: Decimal | None) -> bool:
    """Whether a measure keeps its limits, which belong to what is allowed."""
    return (min_value is None or value >= min_value) and (max_value is None or value <= max_value)


def missing(kind: str, *, value: Decimal | None, is_ok: bool | None, has_photo: bool) -> str:
    """What a result still lacks, in words; "" when it is whole."""
    if kind == CharacteristicKind.MEASURE and value is None:
        return "Give the measure."
    if kind == CharacteristicKind.PASS_FAIL and is_ok is None:
        return "Say whether it passed."
    if kind == CharacteristicKind.PHOTO and not has_photo and is_ok is None:
        return "Take a photo, or say whether it passed."
    return ""
