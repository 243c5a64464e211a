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
from functools import partial

from celery import Celery
from redis import Redis, RedisError

from bench.figures import Figure, Tell, below, complain, silent
from bench.installation import Installation, installation
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
# Longer than any restart: what is not answered by then never will be.
ANSWERED_WITHIN_SECONDS = 180

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
    """What was answered with success: how many adjustments, and how much of each item they added up to.

    `errors` are those that ended a client.
    """

    count: int = 0
    quantities: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Outcome:
    """What was found in the end; `wrong` names all that is not as it must be.

    `right_after_seconds` is the longest time from the end of a round until everything was right.
    """

    posted: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    right_after_seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def figures(*, rounds: int, seed: int, tell: Tell) -> Iterator[Figure]:
    with installation() as product:
        outcome = rampage(product, rounds=rounds, seed=seed, tell=tell)
    complain("chaos", outcome.wrong)
    strikes, wanted = outcome.killed.total(), rounds * len(VICTIMS)
    yield Figure("processes killed and Valkey emptied", strikes, "times", None, f"{wanted}", strikes == wanted)
    name = f"{outcome.posted:,} adjustments: lost, done twice, or levels wrong"
    yield Figure(name, len(outcome.wrong), "differences", None, "0", not outcome.wrong)
    yield below("levels right after the last strike, slowest round", outcome.right_after_seconds, "s", 60)


def rampage(product: Installation, *, rounds: int, seed: int, tell: Tell = silent) -> Outcome:
    """Strike each victim once a round, in an order of chance, while clients post; then wait, look, and repeat all.

    Between two strikes lies a random number of adjustments. `messages` means that Valkey is emptied.
    """
    chance = random.Random(seed)
    token = _make(product)
    posted, outcome = Posted(), Outcome()
    for number in range(1, rounds + 1):
        heard = partial(_tell, tell, f"round {number} of {rounds}", posted, outcome)
        with _clients(product, token, f"{seed}-{number}", posted):
            for victim in chance.sample(VICTIMS, len(VICTIMS)):
                _wait_for_posts(posted, chance.randint(1, MOST_BETWEEN), heard)
                time.sleep(chance.uniform(0, 0.2))  # so that it falls anywhere in a request
                outcome.killed[victim] += _strike(product, victim)
        _look(product, posted, outcome, heard)
    outcome.posted = posted.count
    outcome.wrong += posted.errors
    return outcome


def _tell(tell: Tell, where: str, posted: Posted, outcome: Outcome) -> None:
    strikes, wrong = outcome.killed.total(), len(outcome.wrong)
    tell(f"chaos: {where}, {posted.count:,} adjustments, {strikes} strikes, {wrong} differences")


def _look(product: Installation, posted: Posted, outcome: Outcome, heard: Callable[[], None]) -> None:
    """Once everything has been worked on, work on every event twice more: nothing may differ at any time."""
    stopped = time.monotonic()
    outcome.wrong += _wait(lambda: _differences(product, posted), stopped, heard)
    outcome.right_after_seconds = max(outcome.right_after_seconds, time.monotonic() - stopped)
    for _ in range(DELIVERIES - 1):
        product.query(_AGAIN)
        outcome.wrong += _wait(lambda: _differences(product, posted), time.monotonic(), heard)
    proof = product.run("-m", "django", "check_invariants")
    if proof.returncode:
        outcome.wrong.append(proof.stdout + proof.stderr)


def _make(product: Installation) -> str:
    """A company with a site and items; returns an API key."""
    done = product.run("-c", _MAKE.format(items=ITEMS))
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


def _wait_for_posts(posted: Posted, more: int, heard: Callable[[], None]) -> None:
    """Until so many more were answered, or for long enough."""
    count, deadline = posted.count + more, time.monotonic() + PATIENCE_SECONDS
    while posted.count < count and time.monotonic() < deadline:
        heard()
        time.sleep(0.01)


def _strike(product: Installation, victim: str) -> bool:
    """Strike as soon as there is something to strike: what was killed before may not be back yet. Whether it was."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    strike = _empty if victim == "messages" else partial(_kill, victim=victim)
    while not (is_struck := strike(product)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_struck


def _empty(product: Installation) -> bool:
    with suppress(RedisError), Redis.from_url(product.redis_url) as client:
        return bool(client.flushall())
    return False


def _kill(product: Installation, *, victim: str) -> bool:
    if (pid := product.process(victim)) is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
    return False


@contextmanager
def _clients(product: Installation, token: str, name: str, posted: Posted) -> Iterator[None]:
    """Clients that post for as long as this is open, and then finish what they have begun."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_post_until, args=(product, token, f"{name}-{number}", posted, stop))
        for number in range(CLIENTS)
    ]
    messages = threading.Thread(target=_repeat_messages, args=(product.redis_url, stop))
    for thread in (*threads, messages):
        thread.start()
    try:
        yield
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
        try:
            _send(product.port, token, f"{name}-{number}", body)
        except (RuntimeError, TimeoutError) as error:
            posted.errors.append(str(error))
            return
        with posted.lock:
            posted.count += 1
            posted.quantities.update(quantities)


def _send(port: int, token: str, key: str, body: str) -> None:
    """Send until it is answered with success, always with the same key.

    :raises RuntimeError: for an answer that says that the request itself is wrong.
    :raises TimeoutError: when no such answer comes.
    """
    deadline = time.monotonic() + ANSWERED_WITHIN_SECONDS
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key}
    while time.monotonic() < deadline:
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
    raise TimeoutError(f"{key} was not answered in {ANSWERED_WITHIN_SECONDS} s.")


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


def _wait(differences: Callable[[], list[str]], since: float, heard: Callable[[], None]) -> list[str]:
    """Look until nothing differs, for a minute; what differs then."""
    while (found := differences()) and time.monotonic() - since < RIGHT_WITHIN_SECONDS:
        heard()
        time.sleep(0.2)
    return found
