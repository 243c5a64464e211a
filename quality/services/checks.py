"""Recording what was found, deciding what becomes of what failed, and taking either back."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.errors import InvalidInput, WrongState, plain
from core.transactions import service
from inventory.choices import LocationKind, PostingKind
from inventory.drafts import Posted, PostingDraft, Withdrawal
from inventory.models import Posting, StockBalance
from inventory.selectors.places import virtual_location
from inventory.services.posting import post
from inventory.services.reversal import reverse
from production.models import Attachment
from quality import events, rules
from quality.choices import QUALITY_CHECK, CharacteristicKind, CheckState, Decision, Trigger
from quality.drafts import ResultDraft
from quality.locks import lock_check
from quality.models import QualityCheck, QualityResult
from quality.services import blocking, reworking
from sites.access import PLANNERS, WRITERS, require


@service
def record(check_id: int, results: Sequence[ResultDraft], *, now: datetime, actor: Any) -> QualityCheck:
    """Record a result for each characteristic; who works at the site may. One that fails, fails the check.

    A failed check holds its lot and blocks its document until it is decided. Emits `quality_check.passed` or `.failed`.

    :raises WrongState: when it was recorded before.
    :raises InvalidInput: naming each result that is missing or wrong.
    """
    check = lock_check(check_id)
    require(actor, company_id=check.company_id, site_id=check.site_id, roles=WRITERS, by_operator=True)
    _require(check, CheckState.OPEN)
    rows = _found(check, results)

    for row in rows:
        row.save(update_fields=["value", "is_ok", "note", "attachment"])
    failed = [row for row in rows if not row.is_ok]
    check.state = CheckState.FAILED if failed else CheckState.PASSED
    check.checked_at, check.checked_by_id = now, getattr(actor, "pk", None)
    if failed:
        blocking.stop(check, f"{check.number} failed: {', '.join(_words(row) for row in failed)}", now=now)
    _save(check)
    events.record_check(check.state, check, actor=actor)
    return check


@service
def reopen(check_id: int, *, now: datetime, actor: Any) -> QualityCheck:
    """Take a recorded result back: what it stopped goes on. Emits `quality_check.reopened`.

    :raises WrongState: when it is open, decided or canceled.
    """
    check = lock_check(check_id)
    require(actor, company_id=check.company_id, site_id=check.site_id, roles=WRITERS, by_operator=True)
    _require(check, CheckState.PASSED, CheckState.FAILED)
    blocking.let_go(check, frees_lot=True, now=now)
    check.results.update(value=None, is_ok=None, note="", attachment=None)
    check.state, check.checked_at, check.checked_by_id = CheckState.OPEN, None, None
    _save(check)
    events.record_check("reopened", check, actor=actor)
    return check


@service
def decide(check_id: int, decision: Decision, *, reason: str, now: datetime, actor: Any) -> QualityCheck:
    """Say what becomes of what failed; the document goes on. Emits `quality_check.decided`.

    Use as is: the lot is released. Scrap and return: what stands of the lot at the site leaves in one posting, to
    scrap or to the supplier (of an item without lots, as much as was checked). Rework: an order of rework is planned
    for as much, and the lot stays held for it; at an operation the work just goes on.

    :raises WrongState: when the check has not failed, or was decided.
    :raises InvalidInput: without a reason; a return of what was not received.
    :raises InsufficientStock: when less stands there than was checked.
    """
    check = lock_check(check_id)
    require(actor, company_id=check.company_id, site_id=check.site_id, roles=PLANNERS)
    _require(check, CheckState.FAILED)
    if not reason.strip():
        raise InvalidInput(errors={"reason": "Say why."})
    if decision == Decision.RETURN and check.trigger != Trigger.RECEIPT:
        raise InvalidInput(errors={"decision": "Only what was received goes back to a supplier."})
    posted = _take_out(check, decision, reason, now=now, actor=actor)
    if decision == Decision.REWORK and check.trigger != Trigger.OPERATION:
        check.rework_order = reworking.plan(check, now=now, actor=actor)
    blocking.let_go(check, frees_lot=decision == Decision.USE_AS_IS, now=now)
    check.state, check.decision, check.decision_reason = CheckState.DECIDED, decision, reason.strip()
    check.decided_at, check.decided_by_id = now, getattr(actor, "pk", None)
    check.decision_posting_id = posted.posting_id if posted else None
    _save(check)
    events.record_check("decided", check, keys=posted.keys if posted else (), actor=actor)
    return check


@service
def undo_decision(check_id: int, *, now: datetime, actor: Any) -> QualityCheck:
    """Take a decision back: goods return as they left, an order of rework is canceled, the check has failed again and
    stops lot and document.

    Emits `quality_check.undecided`.

    :raises WrongState: when it is not decided, or the order of rework is released: that is canceled first.
    """
    check = lock_check(check_id)
    require(actor, company_id=check.company_id, site_id=check.site_id, roles=PLANNERS)
    _require(check, CheckState.DECIDED)
    posted = None
    if check.decision_posting_id:
        posted = reverse(check.decision_posting_id, now=now, actor=actor)
    reworking.cancel(check, now=now, actor=actor)
    check.state, check.decision, check.decision_reason = CheckState.FAILED, "", ""
    check.decided_at, check.decided_by_id, check.decision_posting_id = None, None, None
    check.rework_order = None
    blocking.stop(check, f"{check.number} failed", now=now)
    _save(check)
    events.record_check("undecided", check, keys=posted.keys if posted else (), actor=actor)
    return check


@service
def undo_posting(posting_id: int, *, now: datetime, actor: Any) -> Posted:
    """As `undo_decision`, for the posting that a decision wrote; `inventory.services.undo` calls it."""
    check_id = QualityCheck.objects.filter(decision_posting=posting_id).values_list("pk", flat=True).first()
    if check_id is None:
        return reverse(posting_id, now=now, actor=actor)
    undo_decision(check_id, now=now, actor=actor)
    reversal = Posting.objects.get(reverses=posting_id)
    return Posted(reversal.pk, reversal.number, [], frozenset())


def _found(check: QualityCheck, results: Sequence[ResultDraft]) -> list[QualityResult]:
    """The check's results with what was found; every error of every one is told at once."""
    given = {draft.line_no: draft for draft in results}
    rows = list(check.results.order_by("line_no"))
    photos = {draft.attachment_id for draft in results if draft.attachment_id}
    pictures = Attachment.objects.filter(company=check.company_id, content_type__startswith="image/")
    known = set(pictures.filter(pk__in=photos).values_list("pk", flat=True))
    errors = {f"results.{no}": "There is no such characteristic." for no in given.keys() - {r.line_no for r in rows}}
    for row in rows:
        draft = given.get(row.line_no, ResultDraft(line_no=row.line_no))
        has_photo = draft.attachment_id in known
        if draft.attachment_id and not has_photo:
            errors[f"results.{row.line_no}"] = "There is no such photo."
        if text := rules.missing(row.kind, value=draft.value, is_ok=draft.is_ok, has_photo=has_photo):
            errors[f"results.{row.line_no}"] = text
            continue
        row.value, row.note, row.attachment_id = draft.value, draft.note.strip(), draft.attachment_id
        row.is_ok = draft.is_ok is not False
        if row.kind == CharacteristicKind.MEASURE and draft.value is not None:
            row.is_ok = row.is_ok and rules.is_within(draft.value, row.min_value, row.max_value)
    if errors:
        raise InvalidInput(errors=errors)
    return rows


def _take_out(check: QualityCheck, decision: str, reason: str, *, now: datetime, actor: Any) -> Posted | None:
    goals = {Decision.SCRAP: LocationKind.SCRAP, Decision.RETURN: LocationKind.SUPPLIER}
    if decision not in goals:
        return None
    goal = virtual_location(check.site_id, goals[Decision(decision)])
    draft = PostingDraft(
        kind=PostingKind.ADJUSTMENT,
        company_id=check.company_id,
        site_id=check.site_id,
        effective_at=now,
        source_kind=QUALITY_CHECK,
        source_id=check.pk,
        source_number=check.number,
        reason=reason.strip(),
    )
    return post(draft, withdrawals=_withdrawals(check, goal), deposits=[], now=now, actor=actor)


def _withdrawals(check: QualityCheck, goal: int) -> list[Withdrawal]:
    """All that stands of the lot at the site; of an item without lots as much as was checked, wherever it stands."""
    if check.lot_id is None:
        return [_withdrawal(check, goal, check.quantity, check.company_id)]
    rows = StockBalance.objects.filter(item=check.item_id, lot=check.lot_id, site=check.site_id, quantity__gt=0)
    rows = rows.exclude(location__kind__in=[LocationKind.TRANSIT, LocationKind.WIP]).order_by("pk")
    found = [
        _withdrawal(check, goal, row.quantity, row.owner_id, location_id=row.location_id, lot_id=check.lot_id)
        for row in rows
    ]
    if not found:
        raise InvalidInput(errors={"decision": "Nothing of the lot stands at the site any more."})
    return found


def _withdrawal(check: QualityCheck, goal: int, quantity: Decimal, owner_id: int, **where: Any) -> Withdrawal:
    return Withdrawal(
        item_id=check.item_id,
        quantity=quantity,
        site_id=check.site_id,
        used_by_id=owner_id,
        owner_id=owner_id,
        to_location_id=goal,
        is_correction=True,
        **where,
    )


def _words(row: QualityResult) -> str:
    return row.name if row.value is None else f"{row.name} {plain(row.value)} {row.unit}".strip()


def _require(check: QualityCheck, *states: str) -> None:
    if check.state not in states:
        raise WrongState(f"{check.number} is {check.get_state_display().lower()}.", number=check.number)


def _save(check: QualityCheck) -> None:
    check.version += 1
    check.save()
