"""What the tablet's script calls: its tasks, who stands before it, and what was done."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from core import clock
from core.api.fields import LARGEST_ID
from core.errors import DomainError, InvalidInput
from floor import selectors
from floor.drafts import CommandDraft
from floor.services import operators, receiving
from floor.web.device import answer, answers_json, body_of, device_of
from production.models import Attachment

_MOST_PAYLOAD = 4_000


@answers_json("GET")
def tasks(request: HttpRequest) -> HttpResponse:
    """`GET /floor/tasks/`: everything that the tablet shows."""
    return answer(selectors.everything(device_of(request), now=clock.now()))


@answers_json("POST")
def sign_in(request: HttpRequest) -> HttpResponse:
    """`POST /floor/sign-in/ {badge}` or `{code, pin}` → the operator and a proof for his commands."""
    body, device, now = body_of(request), device_of(request), clock.now()
    badge, code, pin = (str(body.get(name) or "")[:200] for name in ("badge", "code", "pin"))
    signed_in = operators.sign_in(device, badge=badge, code=code, pin=pin, now=now)
    operator = signed_in.operator
    return answer({"operator": {"id": operator.pk, "name": operator.name}, "proof": signed_in.proof})


@answers_json("POST")
def commands(request: HttpRequest) -> HttpResponse:
    """`POST /floor/commands/ {sent_at, commands: [{uuid, sequence, kind, task, badge or proof, payload, device_at}]}`.

    Answers with one `{uuid, state, result, problem}` a command; what is `waiting` or `refused` stays on the tablet.
    """
    device = device_of(request, is_revoked_too=True)
    body = body_of(request)
    given = body.get("commands")
    if not isinstance(given, list) or len(given) > receiving.MOST_COMMANDS:
        raise InvalidInput(errors={"commands": f"Send a list of at most {receiving.MOST_COMMANDS}."})
    drafts = [_draft(one, f"commands.{index}") for index, one in enumerate(given)]
    sent_at = _moment(body["sent_at"], "sent_at") if "sent_at" in body else None
    answers = receiving.receive(device.pk, drafts, sent_at=sent_at, now=clock.now())
    shown = [
        {"uuid": str(one.uuid), "state": one.state, "result": one.result, "problem": one.problem} for one in answers
    ]
    return answer({"commands": shown})


@require_GET
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """`GET /floor/pictures/<id>/`: a picture in the instructions of an open task of the site."""
    try:
        device = device_of(request)
    except DomainError:
        raise Http404 from None
    found = Attachment.objects.filter(pk=pk).first() if pk in selectors.shown_pictures(device) else None
    if found is None or not found.content_type.startswith("image/") or "svg" in found.content_type:
        raise Http404
    response: HttpResponse = FileResponse(found.file.open("rb"), content_type=found.content_type)  # type: ignore[assignment]
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _draft(given: Any, field: str) -> CommandDraft:
    if not isinstance(given, Mapping):
        raise InvalidInput(errors={field: "Send an object."})
    payload = given.get("payload") or {}
    if not isinstance(payload, dict) or len(json.dumps(payload)) > _MOST_PAYLOAD:
        raise InvalidInput(errors={f"{field}.payload": f"Send an object of at most {_MOST_PAYLOAD} characters."})
    return CommandDraft(
        uuid=_uuid(given.get("uuid"), f"{field}.uuid"),
        sequence=_number(given.get("sequence"), f"{field}.sequence"),
        kind=str(given.get("kind") or "")[:16],
        task_id=_number(given["task"], f"{field}.task") if given.get("task") is not None else None,
        badge=str(given.get("badge") or "")[:200],
        proof=str(given.get("proof") or "")[:1000],
        payload=payload,
        device_at=_moment(given.get("device_at"), f"{field}.device_at"),
    )


def _uuid(value: Any, field: str) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise InvalidInput(errors={field: "This is no UUID."}) from None


def _number(value: Any, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LARGEST_ID:
        raise InvalidInput(errors={field: "This is no number from 1 on."})
    return value


def _moment(value: Any, field: str) -> datetime:
    try:
        moment = parse_datetime(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1970 < moment.year < 2999:
        raise InvalidInput(errors={field: "This is no moment with a time zone."})
    return moment
