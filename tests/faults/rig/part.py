"""A part of saring as the fault suite runs it: wounded, or without one of its protections.

`python -m tests.faults.rig.part intake` is `saring intake` after that. What to do to it stands in
the environment variable FAULTS, as `Orders` in JSON.
"""

import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from typing import Never
from unittest.mock import patch

from tests.faults.rig.orders import VARIABLE, Orders
from tests.faults.rig.removed import remove
from tests.faults.rig.wounds import wound

_MODULE = "tests.faults.rig.part"
_execve = os.execve


def run(arguments: list[str]) -> None:
    """Wound this process, then be what the arguments say."""
    orders = Orders.model_validate_json(os.environ[VARIABLE])
    wound(orders)
    remove(orders.removed)
    if arguments[0] == "celery":
        sys.argv = arguments
        runpy.run_module("celery", run_name="__main__")
        return
    patch("os.execve", _stay_wounded).start()
    sys.argv = ["saring", *arguments]
    runpy.run_module("workers.cli", run_name="__main__")


def _stay_wounded(path: str, command: Sequence[str], environment: Mapping[str, str]) -> Never:
    """What `saring worker` becomes is wounded too: `python -m celery` by way of this module."""
    at = list(command).index("celery")
    _execve(path, [path, "-m", _MODULE, *command[at:]], dict(environment))


if __name__ == "__main__":
    run(sys.argv[1:])
