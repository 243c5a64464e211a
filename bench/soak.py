"""`python -m bench.soak [NAME …]`: tries to break it for long, on scratch installations that are thrown away.

fights: twenty processes over ten units. shuffled: documents of all kinds by four processes. chaos: processes killed
and messages lost while clients post.
"""

import argparse
import random
import sys
import traceback
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from bench.__main__ import prepare
from bench.figures import LATEST, Figure, Progress, report

PATH = LATEST.with_name("soak.jsonl")
DOCUMENTS, FIGHT_ROUNDS, CHAOS_ROUNDS = 100_000, 100, 10


def main() -> int:
    options = _options()
    print(f"Seed {options.seed}", flush=True)
    with ExitStack() as stack:
        prepare(stack)
        return report(_run(options), PATH)


def _options() -> Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(_PARTS)}; all if none is named")
    parser.add_argument("--documents", type=int, default=DOCUMENTS, help="of the shuffled part (default %(default)s)")
    rounds = f"of fights (default {FIGHT_ROUNDS}) and of chaos, six strikes each (default {CHAOS_ROUNDS})"
    parser.add_argument("--rounds", type=int, help=rounds)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="to repeat what chance chose")
    options = parser.parse_args()
    options.names = options.names or list(_PARTS)
    if unknown := [name for name in options.names if name not in _PARTS]:
        parser.error(f"{unknown[0]} is none of {', '.join(_PARTS)}")
    return options


def _run(options: Namespace) -> Iterator[Figure]:
    """The figures of each part; an error of one does not keep the next from its work."""
    for name in options.names:
        try:
            yield from _PARTS[name](options)
        except Exception as error:
            traceback.print_exc()
            yield Figure(f"{name} broke off with {type(error).__name__}", 1, "errors", None, "0", False)


# Imported late: what they use is there only after the preparation.
def _fights(options: Namespace) -> Iterator[Figure]:
    from bench import fights

    return fights.figures(rounds=options.rounds or FIGHT_ROUNDS, tell=Progress())


def _shuffled(options: Namespace) -> Iterator[Figure]:
    from bench import shuffled

    return shuffled.figures(documents=options.documents, seed=options.seed, tell=Progress())


def _chaos(options: Namespace) -> Iterator[Figure]:
    from bench import chaos

    return chaos.figures(rounds=options.rounds or CHAOS_ROUNDS, seed=options.seed, tell=Progress())


_PARTS: dict[str, Callable[[Namespace], Iterator[Figure]]] = {
    "fights": _fights,
    "shuffled": _shuffled,
    "chaos": _chaos,
}


if __name__ == "__main__":
    sys.exit(main())
