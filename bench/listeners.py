"""Open live streams and what they hear, in a process of their own, so that reading does not hold up who measures."""

import asyncio
import json
import os
import subprocess
import sys
import time

from launcher.preparation import ROOT

# A level: item, site, the company that uses it.
Key = tuple[int, ...]
# How many are opened at the same time; a browser opens one.
OPENED_TOGETHER = 20


class Streams:
    """So many streams of one signed-in user; each notes when it first heard of each level."""

    def __init__(self, port: int, cookie: str, count: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.listeners", str(port), str(count)],
            env={**os.environ, "BENCH_COOKIE": cookie},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "open\n":
            raise RuntimeError("The streams did not open.")

    def finish(self, wanted: int, within_seconds: float) -> list[dict[Key, float]]:
        """Wait until each stream heard of `wanted` levels, or the time is over: by stream, when it heard of each.

        Times are those of `time.time()`. The streams are closed.
        """
        output, _ = self._process.communicate(f"{wanted} {within_seconds}\n")
        return [{tuple(key): at for key, at in heard} for heard in json.loads(output)]


async def _hold(port: int, cookie: str, count: int) -> None:
    """Open them, say so, wait for the order to finish, and tell."""
    heard: list[dict[Key, float]] = [{} for _ in range(count)]
    turn = asyncio.Semaphore(OPENED_TOGETHER)
    opened = [asyncio.Event() for _ in heard]
    listening = [asyncio.create_task(_listen(port, cookie, *mine, turn)) for mine in zip(heard, opened, strict=True)]
    for event in opened:
        await asyncio.wait_for(event.wait(), 60)
    print("open", flush=True)
    order = await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    wanted, within_seconds = order.split()
    deadline = time.monotonic() + float(within_seconds)
    while min(map(len, heard)) < int(wanted) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    if ended := [task.exception() for task in listening if task.done()]:
        raise RuntimeError(f"{len(ended)} streams ended, the first with {ended[0]!r}")
    for task in listening:
        task.cancel()
    json.dump([[[list(key), at] for key, at in each.items()] for each in heard], sys.stdout)


async def _listen(
    port: int, cookie: str, heard: dict[Key, float], opened: asyncio.Event, turn: asyncio.Semaphore
) -> None:
    async with turn:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        writer.write(f"GET /stream/ HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
        status = await reader.readline()
        if b" 200 " not in status:
            raise RuntimeError(f"A stream was answered {status!r}")
        # The first block comes once the stream hears everything that is published from then on.
        while not (await reader.readline()).startswith(b": still here"):
            pass
        opened.set()
    while line := await reader.readline():
        if line.startswith(b"data: {"):
            now = time.time()
            for key in json.loads(line[6:]).get("levels", ()):
                heard.setdefault(tuple(key), now)
    raise RuntimeError("A stream was ended.")


if __name__ == "__main__":
    asyncio.run(_hold(int(sys.argv[1]), os.environ["BENCH_COOKIE"], int(sys.argv[2])))
