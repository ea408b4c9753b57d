"""CPU seconds (user and system) of running processes and of their children, dead ones too."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import psutil

from bench import Spoilt

_NOT_BUSY: Final = ("idle", "iowait", "guest", "guest_nice")  # guests are counted as user


@dataclass(frozen=True, slots=True)
class Cpu:
    """CPU seconds since their start: of one process, and of all that it forked."""

    own: float
    children: float

    def since(self, earlier: "Cpu") -> "Cpu":
        """What was spent between the two samples."""
        return Cpu(self.own - earlier.own, self.children - earlier.children)


def sample(pids: Mapping[str, int]) -> dict[str, Cpu]:
    """The CPU time of each part so far. Raises Spoilt when one is gone."""
    try:
        return {name: _cpu(psutil.Process(pid)) for name, pid in pids.items()}
    except psutil.NoSuchProcess as error:
        raise Spoilt("a part of saring ended while it was measured; run it again") from error


def spent(before: Mapping[str, Cpu], after: Mapping[str, Cpu]) -> dict[str, Cpu]:
    """What each part spent between two samples of the same parts."""
    return {name: cpu.since(before[name]) for name, cpu in after.items()}


@dataclass(frozen=True, slots=True)
class Usage:
    """A look at the whole machine, to tell how much of it others used."""

    elapsed: float
    busy: float
    ours: float

    @classmethod
    def look(cls) -> Self:
        """Seconds so far: of the clock, of all CPUs (stolen ones too), of this process."""
        times = psutil.cpu_times()._asdict()
        busy = sum(value for name, value in times.items() if name not in _NOT_BUSY)
        return cls(time.monotonic(), busy, time.process_time())

    def others(self, spent: Mapping[str, Cpu]) -> float:
        """Share (0 to 1) of all CPUs used since then, neither by this process nor in `spent`."""
        now = self.look()
        known = sum(cpu.own + cpu.children for cpu in spent.values()) + now.ours - self.ours
        room = (now.elapsed - self.elapsed) * (os.cpu_count() or 1)
        return max(0.0, (now.busy - self.busy - known) / room)  # ticks may make it negative


def _cpu(process: psutil.Process) -> Cpu:
    while True:
        family = process.children(recursive=True)
        try:
            living = sum(map(_both, family))
        except psutil.NoSuchProcess:
            continue  # a child died meanwhile: its time has moved to its parent's account
        times = process.cpu_times()
        if process.children(recursive=True) == family:
            return Cpu(times.user + times.system, living + _reaped(process))


def _both(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system + _reaped(process)


def _reaped(process: psutil.Process) -> float:
    """CPU seconds of children that ended and were waited for."""
    times = process.cpu_times()
    return times.children_user + times.children_system
