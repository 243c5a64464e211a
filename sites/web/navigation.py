"""The main entries of the side: each app brings its own in `AppConfig.ready`, at most eight in all.

An entry's count is a piece of SQL, so that the counts of all entries are one query, kept in Redis for a few seconds.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _
from redis import RedisError

from core import redis
from sites.access import Access

# Long enough that a click through the pages asks once, short enough that nobody wonders.
SECONDS_KEPT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`path` stands behind `/s/<site>/`; `key` is the letter after `g`; `order` sorts the side.

    `count` is a SELECT of one number. Its parameters are bigint arrays: `%(companies)s`, the companies that the
    reader works for; `%(sites)s`, his sites; `%(at)s`, the sites of the page. An entry that is not `is_small` is
    hidden from a reader of one company with one site. `also` are paths of other pages that stand below it.
    One that `is_trade` is hidden from a partner while there is nothing in it; `is_partners_home` is where he lands.
    One that `is_partners` stands in the side of a partner alone.
    One that `hides_empty` stands in the side of a reader of one site only while it counts something.
    """

    name: str
    label: Any
    path: str
    icon: str
    key: str
    order: int
    count: str = ""
    count_label: Any = ""
    is_small: bool = True
    is_trade: bool = False
    is_partners_home: bool = False
    is_partners: bool = False
    hides_empty: bool = False
    also: tuple[str, ...] = ()


NETWORK = Entry(name="network", label=_("Network"), path="network/", icon="network", key="n", order=10)

_entries: dict[str, Entry] = {}


def count_open(table: str, states: Sequence[str], *, is_shared: bool = True) -> str:
    """A count of the rows of a table at the page's sites in these states that are his company's.

    With `is_shared` what others have at his sites counts as well. The table has `state`, `site_id` and `company_id`.
    """
    listed = ", ".join(f"'{state}'" for state in states)
    mine = "company_id = ANY(%(companies)s::bigint[])"
    if is_shared:
        mine = f"({mine} OR site_id = ANY(%(sites)s::bigint[]))"
    return f"SELECT count(*) FROM {table} WHERE state IN ({listed}) AND site_id = ANY(%(at)s) AND {mine}"


def register(entry: Entry) -> None:
    """Enter one; the same name again replaces it, so that `ready` may run twice."""
    _entries[entry.name] = entry


def entries(*, is_small: bool) -> list[Entry]:
    """The entries whose pages exist, in order; without those that mean nothing to a reader of one site."""
    found = [entry for entry in _entries.values() if (entry.is_small or not is_small) and exists(entry.path)]
    return sorted(found, key=lambda entry: entry.order)


@cache
def exists(path: str) -> bool:
    """Whether a page answers to this path of a site."""
    try:
        resolve(f"/s/all/{path}")
    except Resolver404:
        return False
    return True


def counts(shown: Sequence[Entry], access: Access, site_ids: Sequence[int], *, key: str) -> dict[str, int]:
    """The counts of these entries by name, in one query; `key` names reader and site in Redis.

    Without Redis they are counted each time.
    """
    wanted = [entry for entry in shown if entry.count]
    kept = _kept(key)
    if kept is not None:
        return kept
    counted = _counted(wanted, access, site_ids) if wanted else {}
    _keep(key, counted)
    return counted


def _counted(wanted: Sequence[Entry], access: Access, site_ids: Sequence[int]) -> dict[str, int]:
    columns = ", ".join(f"({entry.count})" for entry in wanted)
    companies = {*access.company_ids, *access.member_sites.values()}
    parameters = {"companies": sorted(companies), "sites": sorted(access.site_ids), "at": list(site_ids)}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", parameters)
        numbers = cursor.fetchone()
    return dict(zip((entry.name for entry in wanted), numbers, strict=True))


def _kept(key: str) -> dict[str, int] | None:
    try:
        text = redis.client().get(f"nav {key}")
    except RedisError:
        return None
    return json.loads(text) if text else None


def _keep(key: str, counted: dict[str, int]) -> None:
    try:
        redis.client().set(f"nav {key}", json.dumps(counted), ex=SECONDS_KEPT)
    except RedisError:
        return
