"""One port for everything: streams run in the event loop, pages and the API in a few threads.

A synchronous view under plain ASGI takes a thread and a database connection per request, and an open stream would
keep both; so only ``/stream/`` reaches the loop (see docs/decisions/0011).
"""

import gc
import multiprocessing
import os
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.urls import get_resolver

from launcher.processes import die_with_parent
from mfg.wsgi import application as pages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mfg.settings")

from core.stream import application as streams  # after mfg.wsgi, which sets Django up

THREADS = 4

# A killed uvicorn leaves its workers behind, still listening on the port.
if (parent := multiprocessing.parent_process()) is not None:
    die_with_parent(parent=parent.pid)

# Any: a2wsgi spells the types of both interfaces its own way.
_threaded_pages: Any = WSGIMiddleware(cast(Any, pages), workers=THREADS)

# What is loaded now stays for good. Left to the collector, walking through it would hold up a page for a tenth of a
# second every now and then.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Send a request to the streams or to the pages, by its path alone."""
    if scope["type"] == "http" and scope["path"].startswith("/stream/"):
        await streams(scope, receive, send)
    else:
        await _threaded_pages(scope, receive, send)
