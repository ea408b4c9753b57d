"""Real servers that a test can start and kill: Valkey, Debian's Redis and PostgreSQL."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import psutil
import redis

from workers.broker import EmbeddedBroker, answers, connect, free_port, prepare_broker

_DEADLINE_SECONDS: Final = 60.0


def wait_until(condition: Callable[[], bool], what: str, within: float = _DEADLINE_SECONDS) -> None:
    """Look again and again until `condition` holds; fail, naming `what`, after `within` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within:.0f} s: {what}"
        time.sleep(0.02)  # between two looks


@dataclass
class BrokerServer:
    """A broker of its own on a free loopback port; its data survive until its folder goes."""

    embedded: EmbeddedBroker
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def prepare(cls, directory: Path, binary: Path | None = None, memory_mb: int = 512) -> Self:
        """One in `directory`, not started yet; without `binary` it is saring's own Valkey."""
        return cls(prepare_broker(directory, memory_mb, binary))

    @property
    def url(self) -> str:
        return self.embedded.url

    def start(self) -> None:
        """Start it, and wait until it has loaded its data."""
        self.process = subprocess.Popen(self.embedded.command, stdout=subprocess.DEVNULL)
        wait_until(lambda: answers(self.url), f"{self.embedded.binary} answers")

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """kill -9."""
        self.stop(signal.SIGKILL)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send it a signal that ends it, and wait until it has ended."""
        if self.process is not None:
            self.send(number)
            self.process.wait()
            self.process = None

    def client(self) -> redis.Redis:
        """A client of it."""
        return connect(self.url)


@contextmanager
def broker_server(directory: Path, binary: Path | None = None) -> Iterator[BrokerServer]:
    """One that runs within the block."""
    server = BrokerServer.prepare(directory, binary)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def postgres_binaries() -> Path | None:
    """Where Debian put the newest PostgreSQL's programs; None: nowhere."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return found[-1] if found else None


def as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package made a user for it."""
    if os.geteuid() != 0:
        return []
    pwd.getpwnam("postgres")
    return ["runuser", "-u", "postgres", "--"]


def _owned_by_postgres(where: Path | None) -> Path:
    # Not under pytest's own folder: that one is closed to the postgres user.
    folder = "--tmpdir" if where is None else f"--tmpdir={where}"
    make = [*as_postgres(), "mktemp", "--directory", folder, "saring-postgres-XXXXXX"]
    return Path(subprocess.check_output(make, text=True, cwd="/").strip())


@dataclass
class PostgresServer:
    """A PostgreSQL cluster of its own, made in `directory` (or a new folder) at the first start."""

    binaries: Path
    options: str = "-c fsync=off"
    where: Path | None = None
    """The folder in which it makes its own; None: that of temporary files."""
    directory: Path = field(init=False)
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.directory = _owned_by_postgres(self.where)

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://saring@127.0.0.1:{self.port}/postgres"

    @property
    def data(self) -> Path:
        return self.directory / "data"

    def start(self) -> None:
        """Start it and wait until it answers."""
        if not self.data.exists():
            self._control("initdb", "-o", "-A trust -U saring -E UTF8")
        options = f"-p {self.port} -k {self.directory} -c listen_addresses=127.0.0.1 {self.options}"
        self._control("-l", str(self.directory / "log"), "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it: "immediate" is as if it crashed."""
        self._control("-m", mode, "stop")

    def runs(self) -> bool:
        """Whether its main process is there."""
        file = self.data / "postmaster.pid"
        try:
            return psutil.pid_exists(int(file.read_text().split()[0]))
        except (FileNotFoundError, IndexError):
            return False

    def remove(self) -> None:
        """Stop it if it runs, and remove its folder."""
        if self.runs():
            self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _control(self, *arguments: str) -> None:
        command = [str(self.binaries / "pg_ctl"), "-D", str(self.data), "-s", "-w", *arguments]
        subprocess.run([*as_postgres(), *command], check=True, cwd="/")
