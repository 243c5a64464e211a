"""Commands that run once and end, beside the processes that stay."""

import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from launcher.preparation import ROOT
from launcher.processes import Program, start, stop
from launcher.servers import ServerError


def begin(title: str, command: list[str], environment: Mapping[str, str], log: Path) -> Callable[[], str]:
    """Begin `command`; what this gives back waits for its end and gives its output. It dies with us.

    :raises ServerError: from the waiting, with the end of its log, when the command fails.
    """
    if title:
        print(f"{title} …", flush=True)
    program = Program("step", command, environment=environment, folder=ROOT)
    output = tempfile.TemporaryFile()  # noqa: SIM115  closed by finish
    with log.open("ab") as errors:
        process = start(program, output, errors)

    def finish() -> str:
        with output:
            try:
                code = process.wait()
            finally:
                stop((process, program))
            output.seek(0)
            text = output.read().decode(errors="replace").strip()
        if code:
            raise ServerError(f"{title or command[-1]} failed; see {log}:\n{tail(log)}")
        return text

    return finish


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log, or nothing when there is none."""
    with suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    return ""
