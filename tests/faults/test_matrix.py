"""The matrix: each fault on real processes, and each once more without what keeps it harmless."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.matrix import (
    brokers,
    clocks,
    disks,
    dispatching,
    items,
    networks,
    others,
    shutdowns,
    versions,
    worker_deaths,
)
from tests.faults.rig.disk import may_mount
from tests.faults.rig.fault import BOTH, FAULTS, Fault, Setup
from tests.faults.rig.packets import may_drop
from tests.faults.rig.site import Options, site
from tests.faults.rig.verdict import Verdict, try_out
from tests.servers import postgres_binaries

MODULES = (
    brokers,
    clocks,
    disks,
    dispatching,
    items,
    networks,
    others,
    shutdowns,
    versions,
    worker_deaths,
)
"""They register their faults when they are imported."""


def _named(fault: Fault, setup: Setup) -> str:
    return f"{fault.row:02}-{fault.inflict.__name__}-{'-'.join(setup)}"


_ROWS = sorted(FAULTS, key=lambda one: one.row)
_PROTECTED = [
    pytest.param(fault, setup, id=_named(fault, setup))
    for fault in _ROWS
    for setup in (BOTH if "EVERY" in os.environ and not fault.setups else fault.on)
]
_UNPROTECTED = [pytest.param(fault, id=_named(fault, fault.on[0])) for fault in _ROWS]


def _run(fault: Fault, setup: Setup, folder: Path, removed: tuple[str, ...]) -> Verdict:
    if setup[0] == "redis" and shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    if setup[1] == "postgres" and postgres_binaries() is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    options = Options(**fault.options)
    if options.disk_mb and not may_mount():
        pytest.skip("a disk of its own can only be mounted by root")
    if options.drops_packets and not may_drop():
        pytest.skip("packets can only be dropped by root, with iptables (Debian: iptables)")
    with site(folder, setup, options, removed, seed=fault.row) as made:
        return try_out(fault, made)


@pytest.mark.timeout(900)
@pytest.mark.matrix
@pytest.mark.parametrize(("fault", "setup"), _PROTECTED)
def test_nothing_is_lost_and_nothing_seen_twice(
    fault: Fault, setup: Setup, tmp_path: Path, keep: Callable[[Verdict], None]
) -> None:
    verdict = _run(fault, setup, tmp_path, removed=())
    keep(verdict)
    assert verdict.sound, "\n".join(verdict.problems)


@pytest.mark.timeout(900)
@pytest.mark.unprotected
@pytest.mark.parametrize("fault", _UNPROTECTED)
def test_without_its_protection_the_fault_does_harm(
    fault: Fault, tmp_path: Path, keep: Callable[[Verdict], None]
) -> None:
    verdict = _run(fault, fault.on[0], tmp_path, fault.without)
    keep(verdict)
    assert not verdict.sound
