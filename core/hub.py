"""One subscription to the live channel per process, fanned out to all its open streams."""

import asyncio
import json
import logging
from weakref import WeakKeyDictionary

from django.conf import settings
from redis import RedisError
from redis.asyncio import Redis

from core import pubsub
from core.access import Scope
from core.live import Message, merged, visible

log = logging.getLogger(__name__)

# A reader that lags this far behind is let go; it reconnects and replays.
MOST_WAITING = 200
# Silence of the channel after which the connection is tested.
QUIET_SECONDS = 15
READY_SECONDS = 2
RECONNECT_SECONDS = 1
# Messages that come sooner than this after the last round are told together: with many streams open, waking each of
# them costs more than all else. The first after a pause is told at once.
ROUND_SECONDS = 0.15


class Listener:
    """One open stream's end of the hub: a bounded queue of what its user may hear of, None at the end."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.queue: asyncio.Queue[Message | None] = asyncio.Queue(maxsize=MOST_WAITING)

    def tell(self, part: Message) -> None:
        """Queue what its user may hear of; a full queue ends the stream instead of growing."""
        try:
            self.queue.put_nowait(part)
        except asyncio.QueueFull:
            self.finish()

    def finish(self) -> None:
        """End the stream; its browser reconnects by itself and replays what it missed."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Hub:
    """Lives as long as its event loop; subscribes when the first stream joins, and again after Redis was away."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self._waiting: list[Message] = []
        self._round: asyncio.TimerHandle | None = None
        self._told_at = 0.0
        self._is_subscribed = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def join(self, listener: Listener) -> None:
        """Add a stream. While Redis is away it is held open without news, and ended once Redis is back."""
        try:
            await asyncio.wait_for(self._is_subscribed.wait(), READY_SECONDS)
        except TimeoutError:
            log.warning("The live channel does not answer; a stream is open without it.")
        self.listeners.add(listener)

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (RedisError, OSError):
                log.warning("The live channel went away; trying again.")
            except Exception:
                log.exception("The live channel failed; trying again.")
            self._is_subscribed.clear()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        # No timeout on reads: the health check of a quiet connection finds one that died.
        url = settings.REDIS_URL
        async with Redis.from_url(url, health_check_interval=QUIET_SECONDS) as redis, redis.pubsub() as channel:
            await channel.subscribe(pubsub.channel())
            await channel.get_message(timeout=READY_SECONDS)
            # Who was open while nobody listened may have missed something.
            for listener in self.listeners:
                listener.finish()
            self._is_subscribed.set()
            while True:
                message = await channel.get_message(ignore_subscribe_messages=True, timeout=QUIET_SECONDS)
                if message is not None:
                    self._take(message["data"])

    def _take(self, data: bytes) -> None:
        """Let a message wait for the next round."""
        try:
            message = json.loads(data)
        except ValueError:
            log.error("A message on the live channel is no JSON: %r", data[:200])
            return
        self._waiting.append(message)
        if self._round is None:
            loop = asyncio.get_running_loop()
            self._round = loop.call_at(max(loop.time(), self._told_at + ROUND_SECONDS), self._fan_out)

    def _fan_out(self) -> None:
        """Tell all streams what waits; what a scope may hear of is found once, however many streams have it."""
        messages, self._waiting, self._round = self._waiting, [], None
        self._told_at = asyncio.get_running_loop().time()
        parts: dict[Scope, Message | None] = {}
        for listener in tuple(self.listeners):
            if listener.scope not in parts:
                parts[listener.scope] = merged(part for each in messages if (part := visible(each, listener.scope)))
            if part := parts[listener.scope]:
                listener.tell(part)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def of_this_loop() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
