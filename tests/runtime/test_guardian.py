import signal
import subprocess
import sys

from launcher.guardian import Guardian
from tests.runtime.helpers import eventually


def test_ends_what_it_follows_when_its_launcher_is_gone():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    guardian = Guardian()
    guardian.follow(child.pid, signal.SIGKILL)
    guardian._process.stdin.close()  # as the kernel does for a launcher that was killed
    eventually(lambda: child.poll() is not None)
    assert child.returncode == -signal.SIGKILL
    assert guardian._process.wait(30) == 0
