"""A part of saring as the fault suite runs it: wounded, or without one of its protections.

`python -m tests.faults.rig.part intake` is `saring intake` after that. What to do to it stands in
the environment variable FAULTS, as `Orders` in JSON.
"""

import ctypes
import os
import runpy
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Never
from unittest.mock import patch

from tests.faults.rig.orders import VARIABLE, Orders
from tests.faults.rig.removed import remove
from tests.faults.rig.wounds import wound

_MODULE = "tests.faults.rig.part"
_execve = os.execve
_PR_SET_PDEATHSIG = 1


def run(arguments: list[str]) -> None:
    """Wound this process, then be what the arguments say."""
    _die_with_parent()
    orders = Orders.model_validate_json(os.environ[VARIABLE])
    wound(orders, arguments[0])
    remove(orders.removed)
    if arguments[0] == "celery":
        sys.argv = arguments
        runpy.run_module("celery", run_name="__main__")
        return
    patch("os.execve", _stay_wounded).start()
    sys.argv = ["saring", *arguments]
    runpy.run_module("workers.cli", run_name="__main__")


def _die_with_parent() -> None:
    """A suite that is cut off leaves no part behind (Linux alone has such a call)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _stay_wounded(path: str, command: Sequence[str], environment: Mapping[str, str]) -> Never:
    """What `saring worker` becomes is wounded too: `python -m celery` by way of this module."""
    at = list(command).index("celery")
    _execve(path, [path, "-m", _MODULE, *command[at:]], dict(environment))


if __name__ == "__main__":
    run(sys.argv[1:])
