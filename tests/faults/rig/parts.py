"""The parts of one deployment as processes: each is started again as soon as it has died."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

_PART: Final = [sys.executable, "-m", "tests.faults.rig.part"]
_GRACE_SECONDS: Final = 10.0
_RESTART_SECONDS: Final = 0.3


@dataclass
class Parts:
    """Processes by name. `tend` is to be called often: it starts the dead again."""

    log_dir: Path
    environment: dict[str, str]
    deaths: Counter[str] = field(default_factory=Counter)
    held: set[str] = field(default_factory=set)
    """Parts that are not started again when they die."""
    _commands: dict[str, list[str]] = field(default_factory=dict)
    _own: dict[str, dict[str, str]] = field(default_factory=dict)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _died: dict[str, float] = field(default_factory=dict)

    def start(self, name: str, *command: str, **environment: str) -> None:
        """Start `saring <command>` under a name of its own, with `environment` beside the rest."""
        self._commands[name] = list(command)
        self._own[name] = environment
        self._spawn(name)

    def end(self, name: str) -> None:
        """Stop a part, and let it stay so."""
        self.held.add(name)
        self.send(name, signal.SIGTERM)
        self._running[name].wait(_GRACE_SECONDS + 20)

    def again(self, name: str) -> None:
        """Let a part that was held be started again."""
        self.held.discard(name)
        self.tend()

    def tend(self) -> None:
        """Start again what has died."""
        now = time.monotonic()
        for name, process in self._running.items():
            if process.poll() is None or name in self.held:
                continue
            if name not in self._died:
                self._died[name] = now
                self.deaths[name] += 1
                _signal_group(process, signal.SIGKILL)  # what it left behind
            elif now - self._died[name] >= _RESTART_SECONDS:
                del self._died[name]
                self._spawn(name)

    def names(self, beginning: str) -> list[str]:
        """The names of the parts of a kind."""
        return [name for name in self._running if name.startswith(beginning)]

    def pid(self, name: str) -> int:
        """The process id of the part, dead or alive."""
        return self._running[name].pid

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to the part's own process; to the dead nothing."""
        if self._running[name].poll() is None:
            self._running[name].send_signal(number)

    def send_all_of(self, name: str, number: signal.Signals) -> None:
        """The same to its whole process group."""
        _signal_group(self._running[name], number)

    def children(self, name: str) -> list[psutil.Process]:
        """The pool children of a worker; none of a dead one."""
        try:
            return psutil.Process(self.pid(name)).children()
        except psutil.NoSuchProcess:
            return []

    def runs(self, name: str) -> bool:
        """Whether it is alive."""
        return self._running[name].poll() is None

    def stop(self) -> None:
        """Kill all: how parts stop when asked is what one row of the matrix is about."""
        for process in self._running.values():
            _signal_group(process, signal.SIGKILL)
            process.wait()

    def _spawn(self, name: str) -> None:
        self.log_dir.mkdir(parents=True, exist_ok=True)
        with (self.log_dir / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [*_PART, *self._commands[name]],
                env={**self.environment, **self._own[name]},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
