"""Running the same work in several processes at once, each with a connection of its own."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess

from django.db import connections

_fork = multiprocessing.get_context("fork")
# Called over and over with the number of the call; one document a call.
Work = Callable[[int], None]
START_SECONDS = 60


def race(count: int, work: Callable[[int], str], *, meanwhile: Callable[[], None] = lambda: None) -> Counter[str]:
    """Start `count` processes, let all begin together, and count what their `work` answered.

    An error counts under the name of its class, a process that ends without an answer as `died`. `meanwhile` is
    called about once a second; what it raises ends the race. The caller's own connections are closed first: a fork
    must not share a socket.
    """
    connections.close_all()
    start, answers = _fork.Barrier(count), _fork.SimpleQueue()

    def run(number: int) -> None:
        try:
            start.wait(START_SECONDS)
            answer = work(number)
        except Exception as error:
            answer = type(error).__name__
        answers.put(answer)
        connections.close_all()

    processes = [_fork.Process(target=run, args=(number,)) for number in range(count)]
    _see_through(processes, meanwhile)
    counted: Counter[str] = Counter()
    while not answers.empty():
        counted[answers.get()] += 1
    return counted + Counter(died=count - counted.total())


def _see_through(processes: Sequence[BaseProcess], meanwhile: Callable[[], None]) -> None:
    """Start all, wait for all, and leave none behind."""
    for process in processes:
        process.start()
    try:
        for process in processes:
            while process.is_alive():
                process.join(1)
                meanwhile()
    finally:
        for process in processes:
            process.kill()
            process.join()


def per_second(work: Callable[[int], Work], *, processes: int, seconds: float) -> float:
    """How many calls a second `processes` got done together; `work(number)` makes each process its own work.

    An error in one of them is raised here.
    """
    connections.close_all()
    start, answers = _fork.Barrier(processes), _fork.SimpleQueue()

    def run(number: int) -> None:
        try:
            once = work(number)
            once(0)
            start.wait(START_SECONDS)
            answers.put(_count(once, seconds))
        except BaseException as error:
            start.abort()
            answers.put(repr(error))
        connections.close_all()

    children = [_fork.Process(target=run, args=(number,)) for number in range(processes)]
    for child in children:
        child.start()
    rates = [answers.get() for _ in children]
    for child in children:
        child.join()
    if errors := [rate for rate in rates if isinstance(rate, str)]:
        raise RuntimeError(errors[0])
    return sum(rates)


def _count(once: Work, seconds: float) -> float:
    begun, calls = time.perf_counter(), 0
    while (passed := time.perf_counter() - begun) < seconds:
        calls += 1
        once(calls)
    return calls / passed


def in_turns(
    first: Callable[[int], Work], second: Callable[[int], Work], *, processes: int, seconds: float, rounds: int = 7
) -> tuple[float, float]:
    """The rates of two kinds of work, measured in turns so that the machine's moods hit both.

    Of the rounds the one with the median ratio is given: a round is a pair, so what else runs slows both of it.
    """
    pairs = []
    for _ in range(rounds):
        a = per_second(first, processes=processes, seconds=seconds)
        b = per_second(second, processes=processes, seconds=seconds)
        pairs.append((a, b))
    return sorted(pairs, key=lambda pair: pair[0] / pair[1])[rounds // 2]
