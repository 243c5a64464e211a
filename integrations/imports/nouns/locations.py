"""Locations: the tree of places in a site."""

from collections.abc import Sequence
from typing import Any

from integrations.imports import resolving
from integrations.imports.framework.checking import Row
from integrations.imports.framework.fields import Field, boolean, choice, text, whole
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.outcomes import picked
from integrations.imports.resolving import Problems
from inventory.choices import LocationKind
from inventory.models import Location
from inventory.services.locations_many import put_many
from sites.models import Site

_PLAIN = ("name", "kind", "pick_order", "is_default_receipt")
_KINDS = (
    LocationKind.STORAGE.value,
    LocationKind.LINESIDE.value,
    LocationKind.STAGING.value,
    LocationKind.QUARANTINE.value,
    LocationKind.WIP.value,
)
_DEEPEST = 20


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    problems = Problems()
    site_of = resolving.site_or_default(rows, resolving.sites(rows, context, problems), context, problems)
    problems.stop()
    placed = [(row, site) for row in rows if (site := site_of(row)) is not None]
    generations = _generations(placed, problems)
    problems.stop()
    outcome = Outcome()
    for generation in generations:
        parents = _parents(generation)
        result = put_many(
            [(site, row["code"], _fields(row, site, parents)) for row, site in generation], actor=context.actor
        )
        outcome.created += len(result.created)
        outcome.changed += len(result.changed)
        outcome.unchanged += len(result.unchanged)
    return outcome


def _fields(row: Row, site: Site, parents: dict[tuple[int, str], int]) -> dict[str, Any]:
    fields = picked(row, _PLAIN)
    if "parent" in row:
        fields["parent_id"] = parents[site.pk, row["parent"].lower()]
    return fields


def _generations(placed: Sequence[tuple[Row, Site]], problems: Problems) -> list[list[tuple[Row, Site]]]:
    """The rows from the top of the tree downward: a parent stands in the database or in an earlier generation."""
    waiting = list(placed)
    in_file = {(site.pk, row["code"].lower()) for row, site in placed}
    done: set[tuple[int, str]] = set()
    generations: list[list[tuple[Row, Site]]] = []
    while waiting and len(generations) < _DEEPEST:
        ready = [
            (row, site)
            for row, site in waiting
            if "parent" not in row
            or (site.pk, row["parent"].lower()) in done
            or (site.pk, row["parent"].lower()) not in in_file
        ]
        if not ready:
            break
        generations.append(ready)
        done |= {(site.pk, row["code"].lower()) for row, site in ready}
        waiting = [(row, site) for row, site in waiting if (site.pk, row["code"].lower()) not in done]
    for row, _ in waiting:
        problems.add(row, "parent", "It would lie under itself.")
    known = _known_parents([(row, site) for row, site in placed if "parent" in row])
    for row, site in placed:
        if "parent" in row and (key := (site.pk, row["parent"].lower())) not in in_file and key not in known:
            problems.add(row, "parent", f"{site.code} has no location with this code.")
    return generations


def _known_parents(placed: Sequence[tuple[Row, Site]]) -> dict[tuple[int, str], int]:
    found = Location.objects.filter(site__in={site.pk for _, site in placed}, archived_at=None) if placed else []
    return {(location.site_id, location.code.lower()): location.pk for location in found}


_parents = _known_parents

IMPORTER = Importer(
    noun="locations",
    help="Places in a site where stock stands.",
    key=("site", "code"),
    write=_write,
    part_rows=None,
    fields=(
        Field("code", text(64), is_required=True, aliases=("location", "location code", "bin")),
        Field("site", text(32), aliases=("site code",), help="--site if not given."),
        Field("name", text(200), aliases=("location name", "description")),
        Field("kind", choice(_KINDS), aliases=("type",), help=f"{', '.join(_KINDS)}; storage if not given."),
        Field("parent", text(64), aliases=("parent code",), help="The code of the place it lies in."),
        Field("pick_order", whole(), aliases=("pick sequence",), help="The lowest is picked first."),
        Field("is_default_receipt", boolean, aliases=("default receipt",), help="Where receipts go; one in a site."),
    ),
)
