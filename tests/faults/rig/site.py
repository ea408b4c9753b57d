"""A whole deployment on real processes, under load, for one fault to be inflicted on."""

import os
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import redis
from sqlalchemy import text
from sqlalchemy.engine import make_url

from tests.faults.rig.disk import own_disk
from tests.faults.rig.fault import Setup, Unsound
from tests.faults.rig.history import History, Pusher, Reader
from tests.faults.rig.orders import VARIABLE, Arms, Orders
from tests.faults.rig.parts import Parts
from tests.faults.rig.proxy import Proxy
from tests.running import TOKEN, answers, clean_environment
from tests.servers import BrokerServer, PostgresServer, postgres_binaries
from workers.broker import free_port
from workers.deliver.subscribers import Subscribers
from workers.ledger import open_ledger
from workers.presence import parts as present

TERMINAL: Final = ("published", "duplicate", "quarantined")
_STATES: Final = "SELECT source || '/' || id, state, error FROM items"


@dataclass(frozen=True, slots=True)
class Options:
    """How a site is made."""

    workers: int = 2
    concurrency: int = 1
    dispatchers: int = 1
    deliver: bool = False
    flower: bool = False
    proxied_broker: bool = False
    """The parts reach the broker by way of `site.proxy`."""
    drops_packets: bool = False
    """The fault needs `packets.dropping`."""
    memory_mb: int = 512
    disk_mb: int = 0
    """Size of a disk of its own, which `full_disk` fills; 0: none."""
    stage_seconds: int = 20
    visibility_seconds: int = 6
    settings: dict[str, str] = field(default_factory=dict)
    """Environment of the parts, over the defaults."""


@dataclass
class Site:
    """What a fault may touch, and what it is judged by."""

    folder: Path
    disk: Path
    setup: Setup
    options: Options
    broker: BrokerServer
    postgres: PostgresServer | None
    ledger_url: str
    parts: Parts
    arms: Arms
    pusher: Pusher
    reader: Reader
    history: History
    proxy: Proxy | None
    chance: random.Random
    injected: int = 0
    """How often the fault was inflicted."""
    may_quarantine: set[str] = field(default_factory=set)
    stream_lost: bool = False
    """The stream itself was lost, so what nobody had read of it is in the ledger alone."""
    over_at: float | None = None
    """When the fault was over (monotonic)."""

    def until(self, condition: Callable[[], bool], what: str, within: float = 30.0) -> None:
        """Look until it holds, and start dead parts again meanwhile. Raises Unsound."""
        deadline = time.monotonic() + within
        while not condition():
            self.parts.tend()
            if time.monotonic() > deadline:
                raise Unsound(f"not within {within:.0f} s: {what}")
            time.sleep(0.05)  # between two looks

    def pass_time(self, seconds: float) -> None:
        """Let the fault last so long."""
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() >= end, "time passes", seconds + 5)

    def demand(self, fact: bool, what: str) -> None:
        """Raise Unsound unless it is so."""
        if not fact:
            raise Unsound(what)

    def strike(self, times: int = 1) -> None:
        """The fault was inflicted just now."""
        self.injected += times

    def mended(self) -> None:
        """The fault is over just now: from here the time to recover is taken."""
        self.over_at = time.monotonic()

    def push(self, count: int, source: str = "pantau", words: str = "") -> list[str]:
        """Push new posts as the pusher does, and start dead parts again until they are taken.

        The intake may be one of the dead: without that the pusher would ask it for ever.
        """
        taken: list[list[str]] = []

        def run() -> None:
            taken.append(self.pusher.push(count, source, words))

        thread = threading.Thread(target=run, name=f"push-{source}", daemon=True)
        thread.start()
        self.until(lambda: not thread.is_alive(), "what is pushed is taken", 300.0)
        (refs,) = taken
        return refs

    def flows(self, within: float = 15.0) -> None:
        """Demand that a new item, pushed now from a source of its own, is seen soon."""
        (ref,) = self.push(1, source="sela")
        self.until(lambda: self.history.seen[ref] > 0, "a new item is seen meanwhile", within)

    def hold_some(self) -> None:
        """Push, and wait until workers hold what they began; they do while `slow` is turned on."""
        self.arms.turn("slow")
        self.push(60, source="serentak")
        self.until(lambda: self.arms.came("slow"), "a worker holds a batch")

    def seen(self, count: int, within: float = 30.0) -> None:
        """Wait until so many items have been seen in all."""
        self.until(lambda: len(self.history.seen) >= count, f"{count} items are seen", within)

    def log(self, name: str) -> str:
        """What a part has logged so far."""
        return (self.parts.log_dir / f"{name}.log").read_text(errors="replace")

    @contextmanager
    def ledger_gone(self) -> Iterator[None]:
        """Within it PostgreSQL is down; SQLite, which is a file, can only be locked."""
        if self.postgres is None:
            with self.ledger_locked():
                yield
            return
        self.postgres.stop()
        try:
            yield
        finally:
            self.postgres.start()

    @contextmanager
    def ledger_locked(self) -> Iterator[None]:
        """Within it nobody else can write (SQLite), or use the table of items (PostgreSQL)."""
        ledger = open_ledger(self.ledger_url)
        try:
            with ledger.write() as connection:
                if self.postgres is not None:
                    connection.exec_driver_sql("LOCK TABLE items")
                yield
        finally:
            ledger.engine.dispose()

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Within it no byte is free on the site's disk."""
        ballast = self.disk / "ballast"
        try:
            with ballast.open("wb", buffering=0) as file, suppress(OSError):
                for size in (1_000_000, 1_000):
                    with suppress(OSError):
                        while True:
                            file.write(b"x" * size)
            yield
        finally:
            ballast.unlink()

    def wipe(self, *, whole: bool) -> None:
        """Let the broker forget all: by FLUSHALL, or, `whole`, by an end without its file."""
        self.stream_lost = True
        if whole:
            self.broker.kill()
            shutil.rmtree(self.broker.embedded.config.parent / "appendonlydir")
            self.history.new_stream()
            self.broker.start()
            return
        with self.broker.client() as client:
            client.flushall()
        self.history.new_stream()

    def revive(self) -> None:
        """Start PostgreSQL again if it gave up."""
        if self.postgres is not None and not self.postgres.runs():
            self.postgres.start()

    def set_clock(self, offset: int) -> None:
        """Let the parts' clock be so many seconds ahead of this machine's."""
        self.arms.turn("clock", str(offset))

    def subscribe(self, subscribers: Subscribers) -> None:
        """Let these receive webhooks, and wait until the deliverer knows."""
        file = self.folder / "keys" / "subscribers.json"
        file.parent.mkdir(exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(subscribers.model_dump_json())
        names = {one.name for one in subscribers.subscribers}
        self.until(lambda: names <= self._subscribed(), "the subscribers are known")

    def _subscribed(self) -> set[str]:
        return {row[0] for row in self._rows("SELECT subscriber FROM subscriptions")}

    def states(self) -> dict[str, tuple[str, str | None]]:
        """State and error of each item, as the ledger's table has it."""
        return {ref: (state, error) for ref, state, error in self._rows(_STATES)}

    def _rows(self, query: str) -> Sequence[Any]:
        ledger = open_ledger(self.ledger_url)
        try:
            with ledger.engine.connect() as connection:
                return connection.execute(text(query)).all()
        finally:
            ledger.engine.dispose()

    def unfinished(self) -> list[str]:
        """Accepted items without a terminal state."""
        states = self.states()
        return [
            ref for ref in list(self.history.accepted) if states.get(ref, ("",))[0] not in TERMINAL
        ]

    def present(self) -> set[int]:
        """The process ids of the parts that announced themselves just now."""
        try:
            with self.broker.client() as client:
                return {part.pid for part in present(client)}
        except redis.RedisError:
            return set()

    def ready(self) -> bool:
        """Whether every part that should run has announced itself, and the intake answers."""
        pids = self.present()
        # Two dispatchers on one host share one mark; Flower has none.
        dispatchers = {self.parts.pid(name) for name in self.parts.names("dispatch")}
        others = {
            self.parts.pid(name)
            for name in self.parts.names("")
            if not name.startswith(("dispatch", "flower", "intake"))
        }
        return others <= pids and bool(dispatchers & pids) and answers(self.pusher.url)


@contextmanager
def site(
    folder: Path, setup: Setup, options: Options, removed: tuple[str, ...], seed: int
) -> Iterator[Site]:
    """Start all, yield it when it is ready, stop all."""
    with ExitStack() as stack:
        disk = stack.enter_context(own_disk(options.disk_mb)) if options.disk_mb else folder
        broker = BrokerServer.prepare(disk, _binary(setup), options.memory_mb)
        stack.callback(broker.stop)
        if "append_only_file" in removed:
            config = broker.embedded.config
            config.write_text(config.read_text().replace("appendonly yes", "appendonly no"))
        broker.start()
        postgres, ledger_url = _ledger(disk, setup, stack)
        proxy, seen_broker = None, broker.url
        if options.proxied_broker:
            proxy = stack.enter_context(Proxy(int(make_url(broker.url).port or 0)))
            seen_broker = broker.url.replace(f":{make_url(broker.url).port}/", f":{proxy.port}/")
        orders = Orders(
            folder=folder / "arms",
            removed=removed,
            visibility_seconds=options.visibility_seconds,
            stage_seconds=options.stage_seconds,
        )
        port = str(free_port())
        settings = {
            "SARING_DATA_DIR": str(folder),
            "SARING_BROKER_URL": seen_broker,
            "SARING_LEDGER_URL": ledger_url,
            "SARING_INTAKE_PORT": port,
            "SARING_INTAKE_TOKEN": TOKEN,
            "SARING_FLOWER_PORT": str(free_port()),
            "SARING_FLOWER_PASSWORD": "rahasia-untuk-uji",
            "SARING_LEASE_SECONDS": "12",
            "SARING_QUEUE_LIMIT": "4",  # so that no batch waits for as long as its lease
            "PYTHONFAULTHANDLER": "1",
        }
        environment = clean_environment(**{**settings, **options.settings})
        environment[VARIABLE] = orders.model_dump_json()
        parts = Parts(disk / "logs", environment)
        stack.callback(parts.stop)
        history = History(folder / "history.txt")
        stack.callback(history.close)
        reader = Reader(broker.url, history)
        stack.callback(reader.stop)
        pusher = Pusher(f"http://127.0.0.1:{port}", history)
        stack.callback(pusher.stop)
        made = Site(
            folder,
            disk,
            setup,
            options,
            broker,
            postgres,
            ledger_url,
            parts,
            Arms(orders.folder),
            pusher,
            reader,
            history,
            proxy,
            random.Random(seed),  # noqa: S311 - where to strike
        )
        _start(made)
        yield made


def _start(made: Site) -> None:
    open_ledger(made.ledger_url).migrate()
    parts, options = made.parts, made.options
    parts.start("intake", "intake")
    for number in range(1, options.dispatchers + 1):
        parts.start(f"dispatch-{number}", "dispatch")
    for number in range(1, options.workers + 1):
        name = f"worker-{number}"
        parts.start(name, "worker", "--name", name, "--concurrency", str(options.concurrency))
    if options.deliver:
        parts.start("deliver", "deliver")
    if options.flower:
        parts.start("flower", "flower")
    made.until(made.ready, "all parts are ready", 60.0)


def _binary(setup: Setup) -> Path | None:
    if setup[0] == "valkey":
        return None
    found = shutil.which("redis-server")
    assert found is not None
    return Path(found)


def _ledger(disk: Path, setup: Setup, stack: ExitStack) -> tuple[PostgresServer | None, str]:
    if setup[1] == "sqlite":
        return None, f"sqlite:///{disk / 'ledger.sqlite3'}"
    binaries = postgres_binaries()
    assert binaries is not None
    # A disk of its own is open to the user that PostgreSQL runs as; pytest's folders are not.
    server = PostgresServer(binaries, where=disk if os.path.ismount(disk) else None)
    stack.callback(server.remove)
    server.start()
    return server, server.url
