"""Starts the parts of saring as processes, starts a dead one again, and stops them all."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from workers.mendable import Mendable

log = structlog.get_logger()

STEADY_SECONDS: Final = 60.0
"""A part that lived this long starts its delays anew."""
_TICK_SECONDS = 0.1
_PR_SET_PDEATHSIG = 1
_STOPPING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


class StartFailed(Mendable):
    """A part did not come up; the message names it and quotes the end of its log."""


@dataclass(frozen=True, slots=True)
class Part:
    """One process: how to start it, and how to tell that it is ready (given its pid)."""

    name: str
    argv: list[str]
    ready: Callable[[int], bool]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    grace_seconds: float = 10.0
    """How long it may take to stop when asked."""
    nice: int = 0
    """How far it stands back for the others when the machine has not enough for all (0 to 19)."""


@dataclass(slots=True)
class _Running:
    part: Part
    process: subprocess.Popen[bytes]
    started: float
    since: float = field(default_factory=time.time)
    deaths: int = 0
    restart_at: float | None = None


@dataclass(slots=True)
class Supervisor:
    """Keeps parts running. Used from one thread: call `check` often."""

    log_dir: Path
    on_restart: Callable[[str], None] = lambda _name: None
    _running: dict[str, _Running] = field(default_factory=dict)

    def start(self, parts: list[Part], within: float = 60.0) -> None:
        """Start `parts` together and wait until all are ready. Raises StartFailed."""
        for part in parts:
            with _uninterrupted():  # a part that started is known, and will be stopped
                self._running[part.name] = _Running(part, self._spawn(part), time.monotonic())
        deadline = time.monotonic() + within
        waiting = list(parts)
        while waiting:
            for part in list(waiting):
                process = self._running[part.name].process
                if process.poll() is not None:
                    raise StartFailed(self._obituary(part, f"ended with {process.returncode}"))
                if part.ready(process.pid):
                    waiting.remove(part)
            if waiting and time.monotonic() > deadline:
                raise StartFailed(self._obituary(waiting[0], f"not ready after {within:.0f} s"))
            if waiting:
                time.sleep(_TICK_SECONDS)  # a poll of processes that have no other signal

    def check(self) -> None:
        """Start dead parts again, each after a delay that grows with its deaths (0.5 to 30 s)."""
        now = time.monotonic()
        for running in self._running.values():
            if running.restart_at is not None:
                if now >= running.restart_at:
                    self._restart(running)
            elif running.process.poll() is not None:
                self._bury(running, now)

    def pids(self) -> dict[str, int]:
        """The process id of each part that runs."""
        return {
            name: running.process.pid
            for name, running in self._running.items()
            if running.process.poll() is None
        }

    def since(self, name: str) -> float:
        """When the part was last started, in seconds since 1970. Raises KeyError."""
        return self._running[name].since

    def stop(self, *names: str) -> None:
        """Stop the named parts, or all: ask, wait for their grace, then kill whole groups."""
        chosen = [self._running.pop(name) for name in (names or tuple(self._running))]
        try:
            for running in chosen:
                _signal_group(running.process, signal.SIGTERM)
            for running in chosen:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    running.process.wait(running.part.grace_seconds)
        finally:  # also when Ctrl-C comes a second time
            for running in chosen:
                _signal_group(running.process, signal.SIGKILL)
                running.process.wait()

    def _spawn(self, part: Part) -> subprocess.Popen[bytes]:
        self.log_dir.mkdir(parents=True, exist_ok=True)
        with (self.log_dir / f"{part.name}.log").open("ab") as output:
            return subprocess.Popen(
                part.argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **part.environment},
                start_new_session=True,  # Ctrl-C reaches the supervisor alone
                preexec_fn=partial(_start_child, part.nice),  # noqa: PLW1509 - one thread; it only sets flags
            )

    def _bury(self, running: _Running, now: float) -> None:
        _signal_group(running.process, signal.SIGKILL)  # what it left behind in its group
        if now - running.started > STEADY_SECONDS:
            running.deaths = 0
        delay = min(30.0, 0.5 * 2**running.deaths)
        running.deaths += 1
        running.restart_at = now + delay
        log.warning(
            "part_died",
            part=running.part.name,
            code=running.process.returncode,
            restart_in_seconds=delay,
        )

    def _restart(self, running: _Running) -> None:
        with _uninterrupted():
            running.process = self._spawn(running.part)
        running.started, running.since = time.monotonic(), time.time()
        running.restart_at = None
        self.on_restart(running.part.name)

    def _obituary(self, part: Part, what: str) -> str:
        path = self.log_dir / f"{part.name}.log"
        tail = path.read_text(errors="replace").splitlines()[-8:] if path.exists() else []
        return "\n".join([f"{part.name}: {what}; the end of {path}:", *tail])


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Signals that would stop the supervisor wait until the block is done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_child(nice: int) -> None:
    """In the child, before its program: undo the mask it inherits, and bind its life to ours."""
    os.nice(nice)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    _die_with_parent()


def _die_with_parent() -> None:
    # Linux: a part must not outlive a supervisor that was killed. Elsewhere there is no such call.
    # SIGKILL, for a graceful end needs the broker, and that dies at the same moment.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
