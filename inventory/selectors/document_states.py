"""The states of documents of any kind, for pages of inventory that name them; the apps above say how they are read."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from inventory.choices import DocumentKind
from inventory.models import Transfer

Lookup = Callable[[Collection[int]], Mapping[int, str]]

_lookups: dict[str, Lookup] = {}


def register(kind: DocumentKind, lookup: Lookup) -> None:
    """Say how the states of a kind are read: ids → id: state. Called in `AppConfig.ready`; again replaces it."""
    _lookups[kind] = lookup


def states(documents: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The states of documents, by kind and id; one query a kind. Of what is gone or unknown there is none."""
    by_kind: defaultdict[str, set[int]] = defaultdict(set)
    for kind, document_id in documents:
        by_kind[kind].add(document_id)
    return {
        (kind, document_id): state
        for kind, ids in by_kind.items()
        if kind in _lookups
        for document_id, state in _lookups[kind](ids).items()
    }


def transfers(ids: Collection[int]) -> dict[int, str]:
    """States of transfers."""
    return dict(Transfer.objects.filter(pk__in=ids).values_list("pk", "state"))
