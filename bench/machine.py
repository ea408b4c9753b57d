"""The machine that a bench ran on."""

import os
import platform
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """Where and when it ran."""

    cpu: str
    cores: int
    python: str
    date: str

    @property
    def line(self) -> str:
        """All of it on one line, for people."""
        return f"{self.cpu}, {self.cores} cores, Python {self.python}, {self.date}"


def this_machine() -> Machine:
    """This one, now."""
    return Machine(
        cpu=_cpu_model(),
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
        date=datetime.now().astimezone().date().isoformat(),
    )


def _cpu_model() -> str:
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
