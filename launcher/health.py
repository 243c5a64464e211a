"""Asks the web whether it is well; also the health check of its container: ``python -m launcher.health``."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping

from launcher.commands import DEFAULT_HOST, DEFAULT_PORT

# A proxy of the environment has no business between us and our own port.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def is_ready(environment: Mapping[str, str]) -> bool:
    """Whether the web says that it and all it needs are there."""
    return status("/health/ready", environment) == 200


def status(path: str, environment: Mapping[str, str]) -> int | None:
    """The status that the web answers `path` with, or None when nobody answers."""
    host, port = environment.get("HOST") or DEFAULT_HOST, environment.get("PORT") or DEFAULT_PORT
    address = "127.0.0.1" if host == "0.0.0.0" else host
    request = urllib.request.Request(f"http://{address}:{port}{path}", headers={"Host": _a_name_of_ours(environment)})
    try:
        with _direct.open(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def _a_name_of_ours(environment: Mapping[str, str]) -> str:
    """A host name that Django accepts: it refuses all that ``ALLOWED_HOSTS`` does not list."""
    first = environment.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    return first if first not in {"", "*"} else "localhost"


if __name__ == "__main__":
    sys.exit(not is_ready(os.environ))
