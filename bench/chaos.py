"""Killing what runs while a client posts over the API, and proving afterwards that nothing was lost or done twice.

The client gives each adjustment an idempotency key and sends it until it is answered, as an integrator does. Whatever
is killed, every answered adjustment must stand once, and its level must be right soon.
"""

import http.client
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from celery import Celery
from redis import Redis, RedisError

from bench.installation import Installation
from mfg.celery import configuration

VICTIMS = ("web", "events", "background", "beat", "valkey", "messages")
CLIENTS = 2
ITEMS = 20
# Each message is sent this often, and in the end each event is worked on this often.
DELIVERIES = 3
RIGHT_WITHIN_SECONDS = 60
# How many adjustments are answered between two kills at most, and how long one waits for them.
MOST_BETWEEN = 25
PATIENCE_SECONDS = 20

_MAKE = """
import django; django.setup()
from django.contrib.auth import get_user_model
from core import clock
from integrations.services import api_keys
from inventory.services import items
from inventory.models import UnitOfMeasure
from sites.services import companies, sites
user = get_user_model().objects.create_superuser("chaos", password=None)
company = companies.create(code="CHAOS", name="Chaos", is_own=True, actor=None)
sites.create(code="CHAOS", name="Chaos", company=company, actor=None)
unit = UnitOfMeasure.objects.get(code="pcs")
for number in range({items}):
    items.create(sku=f"CHAOS-{{number}}", name="Chaos", unit=unit, company=company, actor=None)
print(api_keys.create(name="chaos", user=user, actor=None)[1])
"""

_STATE = """
SELECT (SELECT count(*) FROM inventory_posting WHERE kind = 'adjustment'),
       (SELECT count(*) FROM core_event WHERE kind = 'adjustment.posted'),
       (SELECT count(*) FROM core_outboxevent WHERE done_at IS NULL),
       (SELECT count(*) FROM core_outboxevent WHERE dead_at IS NOT NULL)
"""
_LEVELS = """
SELECT i.sku, l.on_hand FROM inventory_stocklevel l JOIN inventory_item i ON i.id = l.item_id
WHERE i.sku LIKE 'CHAOS-%%'
"""
_AGAIN = "UPDATE core_outboxevent SET done_at = NULL, leased_until = NULL, attempts = 0 WHERE done_at IS NOT NULL"


@dataclass
class Posted:
    """What was answered with success: how many adjustments, and how much of each item they added up to."""

    count: int = 0
    quantities: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Outcome:
    """What was found in the end; `wrong` names all that is not as it must be."""

    posted: int
    killed: Counter[str]
    right_after_seconds: float
    wrong: list[str]


def rampage(product: Installation, *, rounds: int, seed: int) -> Outcome:
    """Kill one of the victims a round, after a random number of adjustments, while clients post; then wait and look.

    Each victim once in every six rounds. `messages` means that Valkey is emptied.
    """
    chance = random.Random(seed)
    token = _make(product)
    killed: Counter[str] = Counter()
    with _clients(product, token, seed) as posted:
        for number in range(rounds):
            if number % len(VICTIMS) == 0:
                order = chance.sample(VICTIMS, len(VICTIMS))
            _wait_for_posts(posted, posted.count + chance.randint(1, MOST_BETWEEN), chance.uniform(0, 0.2))
            killed[_strike(product, order[number % len(VICTIMS)])] += 1
    stopped = time.monotonic()
    wrong = _wait(lambda: _differences(product, posted), stopped)
    seconds = time.monotonic() - stopped
    for _ in range(DELIVERIES - 1):
        product.query(_AGAIN)
        wrong += _wait(lambda: _differences(product, posted), time.monotonic())
    proof = product.run("-m", "django", "check_invariants")
    if proof.returncode:
        wrong.append(proof.stdout + proof.stderr)
    return Outcome(posted.count, killed, seconds, wrong)


def _make(product: Installation) -> str:
    """A company with a site and items; returns an API key."""
    done = product.run("-c", _MAKE.format(items=ITEMS))
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


def _wait_for_posts(posted: Posted, count: int, and_seconds: float) -> None:
    """Until so many were answered, and a moment more, so that it falls anywhere in a request."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while posted.count < count and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(and_seconds)


def _strike(product: Installation, victim: str) -> str:
    if victim == "messages":
        with suppress(RedisError), Redis.from_url(product.redis_url) as client:
            client.flushall()
        return victim
    if (pid := product.process(victim)) is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return victim


@contextmanager
def _clients(product: Installation, token: str, seed: int) -> Iterator[Posted]:
    """Clients that post for as long as this is open, and then finish what they have begun."""
    posted, stop = Posted(), threading.Event()
    threads = [
        threading.Thread(target=_post_until, args=(product, token, f"{seed}-{number}", posted, stop))
        for number in range(CLIENTS)
    ]
    messages = threading.Thread(target=_repeat_messages, args=(product.redis_url, stop))
    for thread in (*threads, messages):
        thread.start()
    try:
        yield posted
    finally:
        stop.set()
        for thread in (*threads, messages):
            thread.join()


def _post_until(product: Installation, token: str, name: str, posted: Posted, stop: threading.Event) -> None:
    chance = random.Random(name)
    number = 0
    while not stop.is_set():
        number += 1
        skus = [f"CHAOS-{item}" for item in chance.sample(range(ITEMS), 2)]
        quantities = {sku: chance.randint(1, 9) for sku in skus}
        lines = [{"item": sku, "quantity": str(quantity)} for sku, quantity in quantities.items()]
        body = json.dumps({"site": "CHAOS", "reason": "chaos", "lines": lines})
        _send(product.port, token, f"{name}-{number}", body)
        with posted.lock:
            posted.count += 1
            posted.quantities.update(quantities)


def _send(port: int, token: str, key: str, body: str) -> None:
    """Send until it is answered with success, always with the same key.

    :raises RuntimeError: for an answer that says that the request itself is wrong.
    """
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key}
    while True:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            link.request("POST", "/api/v1/adjustments/", body, headers)
            answer = link.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            continue
        finally:
            link.close()
        if answer.status == 201:
            return
        if answer.status < 500 and answer.status != 409:  # 409: the first of the same key is still at work
            raise RuntimeError(f"{answer.status}: {text!r}")
        time.sleep(0.1)


def _repeat_messages(redis_url: str, stop: threading.Event) -> None:
    """Send the message that the doorbell sends, again and again: each is delivered more than three times."""
    app = Celery("chaos", set_as_current=False, fixups=())
    app.add_defaults(lambda: configuration(redis_url))
    while not stop.wait(0.2):
        for _ in range(DELIVERIES):
            with suppress(Exception):  # Valkey may be the victim
                app.send_task("core.tasks.drain", args=["events"], queue="events", retry=False)


def _differences(product: Installation, posted: Posted) -> list[str]:
    """What is not as it must be; empty once all work is done."""
    ((postings, events, waiting, dead),) = product.query(_STATE)
    found = []
    if postings != posted.count:
        found.append(f"{posted.count} adjustments were answered, {postings} stand")
    if events != postings:
        found.append(f"{postings} postings, {events} events")
    if waiting or dead:
        found.append(f"{waiting} outbox rows wait, {dead} are dead letters")
    levels = {sku: int(on_hand) for sku, on_hand in product.query(_LEVELS)}
    if levels != dict(posted.quantities):
        found.append(f"levels {levels} instead of {dict(posted.quantities)}")
    return found


def _wait(differences: Callable[[], list[str]], since: float) -> list[str]:
    """Look until nothing differs, for a minute; what differs then."""
    while (found := differences()) and time.monotonic() - since < RIGHT_WITHIN_SECONDS:
        time.sleep(0.2)
    return found
