"""A network that loses every packet of one port of this machine, without a word to either side."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_TABLES: Final = shutil.which("iptables")


def may_drop() -> bool:
    """Whether this process may: it is root, iptables is installed, and no sandbox forbids it."""
    if os.geteuid() != 0 or _TABLES is None:
        return False
    try:
        with dropping(9):
            return True
    except subprocess.CalledProcessError:
        return False


@contextmanager
def dropping(port: int) -> Iterator[None]:
    """Within it nothing reaches that TCP port, and nothing comes back from it."""
    rules = [
        ["INPUT", "--protocol", "tcp", side, str(port), "--jump", "DROP"]
        for side in ("--dport", "--sport")
    ]
    done = []
    try:
        for rule in rules:
            _tables("--insert", rule)
            done.append(rule)
        yield
    finally:
        for rule in done:
            _tables("--delete", rule)


def _tables(verb: str, rule: list[str]) -> None:
    assert _TABLES is not None
    subprocess.run([_TABLES, "--wait", verb, *rule], check=True, capture_output=True)
