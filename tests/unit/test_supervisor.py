"""The supervisor, on real processes."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from workers.supervisor import Part, StartFailed, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def part(name: str, argv: list[str], ready: Callable[[int], bool] = lambda _pid: True) -> Part:
    return Part(name, argv, ready, grace_seconds=3.0)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    one = Supervisor(tmp_path)
    yield one
    one.stop()


def test_all_parts_run_and_all_are_stopped(supervisor: Supervisor) -> None:
    supervisor.start([part("one", SLEEP), part("two", SLEEP)])
    pids = supervisor.pids()
    assert set(pids) == {"one", "two"}
    supervisor.stop()
    assert not any(psutil.pid_exists(pid) for pid in pids.values())


def test_a_part_that_can_wait_stands_back(supervisor: Supervisor) -> None:
    supervisor.start([part("front", SLEEP), Part("behind", SLEEP, lambda _pid: True, nice=5)])
    nice = {name: psutil.Process(pid).nice() for name, pid in supervisor.pids().items()}
    assert nice["behind"] == nice["front"] + 5


def test_a_part_that_ends_at_once_fails_the_start_and_its_log_is_quoted(
    supervisor: Supervisor,
) -> None:
    broken = [sys.executable, "-c", "raise SystemExit('the port is taken')"]
    with pytest.raises(StartFailed, match=r"(?s)broken: ended with 1.*the port is taken"):
        supervisor.start([part("broken", broken, lambda _pid: False)])


def test_a_part_that_never_gets_ready_fails_the_start(supervisor: Supervisor) -> None:
    with pytest.raises(StartFailed, match="slow: not ready after 0 s"):
        supervisor.start([part("slow", SLEEP, lambda _pid: False)], within=0.2)


def test_a_dead_part_is_started_again_and_that_is_told(
    supervisor: Supervisor, until: Callable[..., None]
) -> None:
    restarted: list[str] = []
    supervisor.on_restart = restarted.append
    supervisor.start([part("one", SLEEP)])
    before = supervisor.pids()["one"]
    os.kill(before, 9)

    def again() -> bool:
        supervisor.check()
        return supervisor.pids().get("one", before) != before

    until(again, "the part runs again")
    assert restarted == ["one"]


def test_delays_grow_while_a_part_keeps_dying(
    supervisor: Supervisor, until: Callable[..., None]
) -> None:
    starts: list[float] = []
    supervisor.on_restart = lambda _name: starts.append(time.monotonic())
    supervisor.start([part("weak", [sys.executable, "-c", "import time; time.sleep(0.05)"])])

    def thrice() -> bool:
        supervisor.check()
        return len(starts) == 3

    until(thrice, "three restarts")
    assert starts[2] - starts[1] > starts[1] - starts[0]


def test_grandchildren_do_not_outlive_their_part(
    supervisor: Supervisor, tmp_path: Path, until: Callable[..., None]
) -> None:
    note = tmp_path / "grandchild"
    code = (
        "import pathlib, subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid)); time.sleep(600)"
    )
    supervisor.start([part("parent", [sys.executable, "-c", code])])
    until(lambda: note.exists() and note.read_text() != "", "the grandchild is known")
    supervisor.stop()
    pid = int(note.read_text())
    until(
        lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie",
        "the grandchild is gone",
    )


def test_a_part_that_ignores_the_request_is_killed(supervisor: Supervisor, tmp_path: Path) -> None:
    mark = tmp_path / "deaf"
    code = (
        "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"pathlib.Path({str(mark)!r}).touch(); time.sleep(600)"
    )
    deaf = Part("deaf", [sys.executable, "-c", code], lambda _pid: mark.exists(), grace_seconds=0.3)
    supervisor.start([deaf])
    pid = supervisor.pids()["deaf"]
    supervisor.stop()
    assert not psutil.pid_exists(pid)
