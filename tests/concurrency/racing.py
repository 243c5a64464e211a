"""Running the same work in several processes at once, each with a connection of its own."""

import multiprocessing
from collections import Counter
from collections.abc import Callable

from django.db import connections

_fork = multiprocessing.get_context("fork")
SECONDS = 60


def race(count: int, work: Callable[[int], str]) -> Counter[str]:
    """Start `count` processes, let all begin together, and count what their `work` answered.

    An error counts under the name of its class. The test's own connections are closed first: a fork must not
    share a socket.
    """
    connections.close_all()
    start, answers = _fork.Barrier(count), _fork.SimpleQueue()

    def run(number: int) -> None:
        try:
            start.wait(SECONDS)
            answer = work(number)
        except Exception as error:
            answer = type(error).__name__
        answers.put(answer)
        connections.close_all()

    processes = [_fork.Process(target=run, args=(number,)) for number in range(count)]
    for process in processes:
        process.start()
    counted = Counter(answers.get() for _ in processes)
    for process in processes:
        process.join(SECONDS)
    return counted
