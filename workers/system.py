"""All parts of saring on one machine, under one supervisor."""

import contextlib
import fcntl
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import httpx
import redis
from pydantic import SecretStr

from workers.broker import EmbeddedBroker, answers, connect, free_port, prepare_broker
from workers.ledger import open_ledger
from workers.ledger.credentials import first_admin
from workers.mendable import Mendable
from workers.presence import BEAT_SECONDS, announce, count_restart, parts
from workers.run import Run, host_of, run_file, write_run
from workers.settings import Settings
from workers.supervisor import Part, Supervisor

_TICK_SECONDS = 0.2
_MUTE = frozenset({"broker", "flower"})
_BEHIND = 5
"""`nice` of the parts that can wait: on a machine that is busy, a push is answered before."""
_LAST = 15
"""That of the slow lane."""


class AlreadyRunning(Mendable):
    """Another `saring up` holds this data directory."""


@dataclass(slots=True)
class System:
    """The running whole: its addresses, and its supervisor to `check`."""

    run: Run
    supervisor: Supervisor
    client: redis.Redis
    first_link: str | None
    """The secret of the first admin's link, where there was no staff yet."""
    restarted: list[str] = field(default_factory=list)
    """Restarts that the broker has not counted yet: it may be what died."""
    _announced: float = float("-inf")

    def watch(self) -> NoReturn:
        """Check until a signal ends it."""
        while True:
            self.check()
            time.sleep(_TICK_SECONDS)  # the supervisor's beat

    def check(self) -> None:
        """Start dead parts again, count that, and announce those that cannot do so themselves."""
        self.supervisor.check()
        if time.monotonic() - self._announced < BEAT_SECONDS:
            return
        self._announced = time.monotonic()
        pids = self.supervisor.pids()
        with contextlib.suppress(redis.RedisError):  # the broker is one of them
            for name in _MUTE & pids.keys():
                announce(self.client, name, pids[name], self.supervisor.since(name))
            while self.restarted:
                count_restart(self.client, self.restarted[0])
                self.restarted.pop(0)


@contextmanager
def running(settings: Settings) -> Iterator[System]:
    """Start every part, yield when all are ready, stop every part at the end.

    Raises StartFailed, AlreadyRunning, NoServer, LedgerAway; nothing is left running then.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with _locked(settings.data_dir):
        supervisor = Supervisor(settings.data_dir / "logs")
        try:
            run = _addresses(settings, supervisor)
            client = connect(run.broker_url.get_secret_value())
            ledger = open_ledger(run.ledger_url.get_secret_value())
            ledger.migrate()
            first_link = first_admin(ledger)  # here: the desk's own words go to its log
            write_run(settings.data_dir, run)
            supervisor.start(_parts(settings, run, client))
            system = System(run, supervisor, client, first_link)
            supervisor.on_restart = system.restarted.append
            yield system
        finally:
            run_file(settings.data_dir).unlink(missing_ok=True)
            try:
                supervisor.stop(*(name for name in supervisor.pids() if name != "broker"))
            finally:  # the broker last: the others hand their work back through it
                supervisor.stop()


@contextmanager
def _locked(data_dir: Path) -> Iterator[None]:
    with (data_dir / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"saring runs already with the data in {data_dir}; "
                "stop it, or set SARING_DATA_DIR to another folder"
            ) from None
        yield


def _addresses(settings: Settings, supervisor: Supervisor) -> Run:
    if settings.broker_url is not None:
        broker_url = settings.broker_url
    else:
        broker = prepare_broker(settings.data_dir)
        supervisor.start([_broker_part(broker)])
        broker_url = SecretStr(broker.url)
    intake_port = settings.intake_port if settings.intake_port != 0 else free_port()
    flower_port = settings.flower_port if settings.flower_port != 0 else free_port()
    desk_port = settings.desk_port if settings.desk_port != 0 else free_port()
    return Run(
        pid=os.getpid(),
        broker_url=broker_url,
        ledger_url=SecretStr(settings.ledger),
        intake_url=f"http://{host_of(settings.intake_host)}:{intake_port}",
        intake_token=settings.intake_token or SecretStr(secrets.token_urlsafe(32)),
        flower_url=f"http://{host_of(settings.flower_host)}:{flower_port}",
        flower_password=settings.flower_password or SecretStr(secrets.token_urlsafe(12)),
        desk_url=f"http://{host_of(settings.desk_host)}:{desk_port}",
    )


def _broker_part(broker: EmbeddedBroker) -> Part:
    return Part("broker", broker.command, lambda _pid: answers(broker.url))


def _parts(settings: Settings, run: Run, client: redis.Redis) -> list[Part]:
    environment = {
        "SARING_DATA_DIR": str(settings.data_dir),
        "SARING_BROKER_URL": run.broker_url.get_secret_value(),
        "SARING_LEDGER_URL": run.ledger_url.get_secret_value(),
        "SARING_INTAKE_PORT": run.intake_url.rpartition(":")[2],
        "SARING_INTAKE_TOKEN": run.intake_token.get_secret_value(),
        "SARING_FLOWER_PORT": run.flower_url.rpartition(":")[2],
        "SARING_FLOWER_PASSWORD": run.flower_password.get_secret_value(),
        "SARING_DESK_PORT": run.desk_url.rpartition(":")[2],
    }
    saring = [sys.executable, "-m", "workers.cli"]

    def present(pid: int) -> bool:
        return any(part.pid == pid for part in parts(client))

    services = [
        Part("intake", [*saring, "intake"], _serves(f"{run.intake_url}/healthz"), environment),
        Part("dispatch", [*saring, "dispatch"], present, environment),
        Part("deliver", [*saring, "deliver"], present, environment, nice=_BEHIND),
        Part("desk", [*saring, "desk"], _serves(f"{run.desk_url}/healthz"), environment),
        Part(
            "flower",
            [*saring, "flower"],
            _serves(f"{run.flower_url}/healthcheck"),
            environment,
            nice=_BEHIND,
        ),
    ]
    if settings.relate:
        services.append(Part("relate", [*saring, "relate"], present, environment, nice=_LAST))
    pool = [
        Part(
            name,
            [*saring, "worker", "--name", name],
            present,
            environment,
            grace_seconds=25.0,
            nice=_BEHIND,
        )
        for name in (f"worker-{number}" for number in range(1, settings.workers + 1))
    ]
    return [*services, *pool]


def _serves(url: str) -> Callable[[int], bool]:
    def ready(_pid: int) -> bool:
        try:
            return httpx.get(url, timeout=2.0).is_success
        except httpx.HTTPError:
            return False

    return ready
