"""Levels, allocations and statuses, worked out from what is committed: set-based, idempotent, in short transactions.

A chunk of keys is one transaction. It locks the chunk's level rows and then reads balances and registers in one
statement, so on one snapshot that is no older than the lock: of two workers on a key the second one sees at least
what the first one saw. Statuses of documents follow under their own locks. Only rows that differ are written.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection, transaction

from core import pubsub
from core.prepared import Statement
from core.transactions import retried
from inventory.drafts import LevelKey
from inventory.locks import levels as locks
from inventory.locks.levels import DocumentKey
from inventory.services.recompute_sql import comparing, figures, reading, statuses, writing

# The most level rows that a transaction locks: a chunk takes some 30 ms, and who waits for a key waits that long.
CHUNK = 500
# A recount of everything is a tenth faster in larger ones, each document's status being written less often, and
# shared by two connections: the server works on each with one core.
MASS = 10_000
MASS_CHUNK = 2_000
MASS_CONNECTIONS = 2

_WRITE = Statement("recompute", writing.WRITE)
_READ = Statement("preview_levels", reading.READ)
_DIFFERING = Statement("differing_levels", comparing.DIFFERING)
_CHAINS = Statement("recompute_chains", statuses.CHAINS)
_DOCUMENTS = Statement("recompute_documents", statuses.DOCUMENTS)


@dataclass(frozen=True)
class Changed:
    """What a recompute wrote: keys whose level or allocations differ now, documents whose status does."""

    levels: Sequence[LevelKey] = ()
    documents: Sequence[DocumentKey] = ()


@dataclass(frozen=True)
class Figures:
    """The figures of a level, in the stocking unit; see `StockLevel`."""

    on_hand: Decimal
    blocked: Decimal
    in_wip: Decimal
    committed: Decimal
    expected: Decimal
    available: Decimal
    projected: Decimal
    safety_stock: Decimal
    missing: Decimal
    excess: Decimal
    in_transit: Decimal
    stock_out_on: date | None
    order_by_on: date | None
    computed_for: date


@dataclass(frozen=True)
class Served:
    """How a demand is served; see `Allocation`. Its chain is left out."""

    demand_id: int
    quantity: Decimal
    served_quantity: Decimal
    availability: str
    expected_on: date | None
    supply_ids: Sequence[int]
    quantities: Sequence[Decimal]
    kinds: Sequence[str]
    late_days: int


@dataclass(frozen=True)
class Preview:
    """Levels and allocations as committed now, the latter in the order that they are served."""

    levels: dict[LevelKey, Figures] = field(default_factory=dict)
    allocations: dict[LevelKey, list[Served]] = field(default_factory=dict)


@dataclass
class _Touched:
    """What the writing statement returned."""

    levels: list[tuple[LevelKey, int]] = field(default_factory=list)
    documents: set[DocumentKey] = field(default_factory=set)
    roots: set[int] = field(default_factory=set)


def recompute(keys: Iterable[LevelKey], *, now: datetime) -> Changed:
    """Bring the levels of these keys up to date, with their allocations and the statuses of the documents behind them.

    At most `CHUNK` keys a transaction, each published after its commit; more than `MASS` keys in larger chunks on two
    connections at once. Locks levels by id, then roots of chains, then statuses by document. A key of an unknown item
    or site is left out. May run any number of times.
    """
    ordered = sorted(set(keys))
    is_mass = len(ordered) > MASS
    size = MASS_CHUNK if is_mass else CHUNK
    chunks = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    # Inside its caller's transaction nothing else may see what it wrote, so there it has the one connection.
    together = _recompute_together if is_mass and not connection.in_atomic_block else _recompute_chunks
    changed = together(chunks, now=now)
    levels = [key for part in changed for key in part.levels]
    return Changed(sorted(levels), sorted({row for part in changed for row in part.documents}))


def differing(keys: Iterable[LevelKey], *, now: datetime) -> list[LevelKey]:
    """Those of the keys where a recompute would write something now; writes nothing."""
    keys = sorted(set(keys))
    if not keys:
        return []
    return [LevelKey(*row) for row in _read(_DIFFERING, keys, now=now)]


def preview(keys: Iterable[LevelKey], *, now: datetime) -> Preview:
    """The figures and allocations of these keys as committed now; writes nothing. One statement of one snapshot."""
    keys = sorted(set(keys))
    if not keys:
        return Preview()
    rows = _read(_READ, keys, now=now)
    found = Preview()
    width = 3 + len(figures.LEVEL_COLUMNS)
    for row in rows:
        key = LevelKey(*row[:3])
        if key not in found.levels:
            found.levels[key] = Figures(*row[3:width])
            found.allocations[key] = []
        if row[width] is not None:
            found.allocations[key].append(Served(*row[width:]))
    return found


def _read(statement: Statement, keys: Sequence[LevelKey], *, now: datetime) -> list[tuple]:
    with transaction.atomic():
        with _planned(figures.PROBED, figures.PROBED_AS_BEFORE), _planned(figures.HASHED, figures.HASHED_AS_BEFORE):
            rows = statement.all({"now": now, **locks.key_arrays(keys)})
    return rows


def _recompute_together(chunks: list[list[LevelKey]], *, now: datetime) -> list[Changed]:
    """Every other chunk on a connection of its own; of an error in one, the others still do their part."""

    def work(start: int) -> list[Changed]:
        try:
            return _recompute_chunks(chunks[start::MASS_CONNECTIONS], now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(MASS_CONNECTIONS) as pool:
        return [changed for part in pool.map(work, range(MASS_CONNECTIONS)) for changed in part]


def _recompute_chunks(chunks: list[list[LevelKey]], *, now: datetime) -> list[Changed]:
    return [retried(partial(_recompute_chunk, chunk, now=now)) for chunk in chunks]


def _recompute_chunk(keys: list[LevelKey], *, now: datetime) -> Changed:
    with _planned(figures.PROBED, figures.PROBED_AS_BEFORE):
        locked = locks.lock_levels(keys)
        with _planned(figures.HASHED, figures.HASHED_AS_BEFORE):
            touched = _write(locked, now=now)
        entries = _write_statuses(touched, now=now)

    operators = dict(touched.levels)

    message = {"levels": [[*key, operator_id] for key, operator_id in operators.items()], "documents": entries}
    if operators or entries:
        transaction.on_commit(partial(pubsub.publish, message), robust=True)
    return Changed(list(operators), [(kind, document_id) for kind, document_id, _, _ in entries])


def _write(keys: list[LevelKey], *, now: datetime) -> _Touched:
    touched = _Touched()
    for what, row_id, site_id, used_by_id, operator_id, kind in _WRITE.all({"now": now, **locks.key_arrays(keys)}):
        if what == "level":
            touched.levels.append((LevelKey(row_id, site_id, used_by_id), operator_id))
        elif what == "document":
            touched.documents.add((kind, row_id))
        else:
            touched.roots.add(row_id)
    return touched


def _write_statuses(touched: _Touched, *, now: datetime) -> list[list[Any]]:
    """Chains, then documents; returns `[kind, id, [company ids], [site ids]]` of each document that changed.

    The caller holds the levels' locks.
    """
    documents = set(touched.documents)
    if touched.roots:
        locks.lock_roots(touched.roots)
        rows = _CHAINS.all({"roots": sorted(touched.roots), "now": now})
        documents.update((kind, document_id) for kind, document_id, *_ in rows)
    if not documents:
        return []
    ordered = sorted(documents)
    locks.lock_statuses(ordered)
    rows = _DOCUMENTS.all(locks.document_arrays(ordered))
    return [[kind, document_id, companies or [], sites or []] for kind, document_id, companies, sites in rows]


@contextmanager
def _planned(settings: str, before: str) -> Iterator[None]:
    """Plan statements under these settings; a transaction that fails takes them back by itself."""
    with connection.cursor() as cursor:
        cursor.execute(settings)
    yield
    with connection.cursor() as cursor:
        cursor.execute(before)
