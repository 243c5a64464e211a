"""What just changed, told to the browsers that are open. A hint: whoever misses it replays from the events."""

import json
import logging
from typing import Any

from redis import RedisError

from core import redis

log = logging.getLogger(__name__)


def channel() -> str:
    """The channel of this installation: Redis tells all its databases of what is published in one."""
    return f"mfg:live:{redis.client().get_connection_kwargs().get('db') or 0}"


def publish(message: dict[str, Any]) -> bool:
    """Tell all streams of `{"levels": [[item, site, used_by, operator], …], "documents": [[kind, id, …], …]}`.

    A document's entry is `[kind, id, [company ids], [site ids]]`: each stream shows what its user may see.
    Call it after the commit. Never raises for a Redis that is down.
    """
    try:
        redis.client().publish(channel(), json.dumps(message, separators=(",", ":")))
    except (RedisError, OSError):
        log.warning("The live channel does not answer; open pages hear of it when they reconnect.")
        return False
    return True
