"""A part that is asked to stop at any moment whatever does not wait for itself."""

import subprocess
import sys
from typing import Final

_STORM: Final = 20_000
_ASKED: Final = f"""
import os, signal, threading
from workers.cli.parts import stop_event

def ask():
    for _ in range({_STORM}):
        os.kill(os.getpid(), signal.SIGTERM)

stopped = stop_event()
storm = threading.Thread(target=ask)
storm.start()
while storm.is_alive():
    stopped.wait(0.0)
    stopped.clear()
print("alive")
"""


_ONCE: Final = """
import os, signal
from workers.cli.parts import stop_event

stopped = stop_event()
os.kill(os.getpid(), signal.SIGTERM)
print(stopped.wait(30))
"""


def printed(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    ).stdout


def test_signals_at_any_moment_of_waiting_leave_the_part_going() -> None:
    assert printed(_ASKED) == "alive\n"


def test_a_signal_ends_the_waiting() -> None:
    assert printed(_ONCE) == "True\n"
