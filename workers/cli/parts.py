"""`saring up`, and each part alone: intake, dispatch, worker, flower, migrate."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from queue import SimpleQueue
from typing import Annotated

import typer
from rich.console import Console

from tasks.pipeline import load_assets
from workers.broker import connect
from workers.heartbeat import Heartbeat
from workers.intake import serve
from workers.ledger import open_ledger
from workers.ledger.credentials import FIRST, first_admin
from workers.logs import configure_logs
from workers.presence import Presence
from workers.queue import QUEUES
from workers.run import broker_url, desk_url, ledger_url, link_url
from workers.settings import Settings, load_settings
from workers.system import running
from workers.wiring import existing_ledger, wire

PRIVATE = 0o077
"""The umask of every part: ledger, broker and logs hold texts, for their own user only."""


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (up, intake, dispatch, worker, desk, flower, migrate):
        app.command()(command)


def up() -> None:
    """Run all parts on this machine until stopped; data stay in SARING_DATA_DIR."""
    settings = part_settings()
    console = Console(stderr=True)
    with stoppable(), ExitStack() as stack:
        with console.status("starting broker, ledger, intake, dispatcher, workers, desk, Flower"):
            system = stack.enter_context(running(settings))
        secret = system.run.flower_password.get_secret_value()
        console.print(f"intake  {system.run.intake_url}/v1/items")
        console.print(f"desk    {desk_url(settings)}")
        console.print(f"Flower  {system.run.flower_url}  (user saring, password {secret})")
        _welcome(console, settings, system.first_link)
        console.print(f"data    {settings.data_dir.resolve()}   Ctrl-C stops", soft_wrap=True)
        system.watch()


def intake() -> None:
    """Run the HTTP intake alone."""
    settings = part_settings()
    ledger = open_ledger(ledger_url(settings))
    ledger.migrate()
    presence = Presence(settings, f"intake@{socket.gethostname()}").begin()
    serve(settings, ledger, connect(broker_url(settings)))
    presence.end()


def dispatch() -> None:
    """Run the dispatcher alone."""
    settings = part_settings()
    open_ledger(ledger_url(settings)).migrate()
    os.environ["SARING_BROKER_URL"] = broker_url(settings)
    from workers.app import app as celery_app  # noqa: PLC0415 - reads its broker on import
    from workers.dispatcher import Dispatcher  # noqa: PLC0415

    heartbeat = Heartbeat(settings.heartbeat_path / "dispatch")
    dispatcher = Dispatcher(celery_app, wire(settings), stop_event(), heartbeat)
    presence = Presence(settings, f"dispatch@{socket.gethostname()}").begin()
    dispatcher.run()
    presence.end()
    heartbeat.end()


def worker(
    name: Annotated[str, typer.Option(help="Name of this worker on its machine.")] = "worker",
    concurrency: Annotated[int | None, typer.Option(help="Pool children.", min=1)] = None,
) -> None:
    """Run one Celery worker process (it becomes `celery -A workers.app worker`)."""
    settings = part_settings()
    # A worker that lacks one of these would fail every batch.
    existing_ledger(settings).engine.dispose()
    load_assets()
    children = concurrency if concurrency is not None else settings.worker_concurrency
    _become(
        [
            "worker",
            f"--hostname={name}@%h",
            f"--concurrency={children}",
            f"--queues={','.join(QUEUES)}",
            f"--loglevel={settings.log_level}",
            "--without-gossip",
            "--without-mingle",
            "--task-events",
        ],
        # Celery reads this name when it is imported: SIGTERM then means soft shutdown.
        {"REMAP_SIGTERM": "SIGQUIT", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )


def desk() -> None:
    """Run the desk alone: the pages where people act on what was published."""
    settings = part_settings()
    ledger = existing_ledger(settings)
    from workers.desk import serve as serve_desk  # noqa: PLC0415 - only this command needs it
    from workers.desk.watching import Watch  # noqa: PLC0415
    from workers.keeper import Keeper  # noqa: PLC0415

    _welcome(Console(stderr=True), settings, first_admin(ledger))
    keeper = Keeper(settings, ledger).begin()
    presence = Presence(settings, f"desk@{socket.gethostname()}").begin()
    watch = Watch(ledger).begin()
    serve_desk(settings, ledger)
    keeper.end()
    watch.end()
    presence.end()


def flower() -> None:
    """Run Flower, read-only, behind the user `saring` (it becomes `celery ... flower`)."""
    settings = part_settings()
    if settings.flower_password is None:
        raise ValueError("SARING_FLOWER_PASSWORD is not set: Flower needs one")
    _become(
        ["flower"],
        {
            "FLOWER_ADDRESS": settings.flower_host,
            "FLOWER_PORT": str(settings.flower_port),
            "FLOWER_BASIC_AUTH": f"saring:{settings.flower_password.get_secret_value()}",
            "FLOWER_READ_ONLY": "true",
            "FLOWER_MAX_TASKS": "10000",
        },
    )


def migrate() -> None:
    """Bring the ledger's schema to this version."""
    open_ledger(ledger_url(part_settings())).migrate()


@contextmanager
def stoppable() -> Iterator[None]:
    """Within it SIGTERM and SIGHUP act like Ctrl-C, and any of the three ends the block quietly."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        yield


def _welcome(console: Console, settings: Settings, secret: str | None) -> None:
    """Print the link of the first admin, whom a ledger without staff was given."""
    if secret is not None:
        link = link_url(settings, secret)
        console.print(f"first   {link}", soft_wrap=True, highlight=False)
        console.print(f"        choose the password of `{FIRST}` there: once, within 24 hours")


def stop_event() -> threading.Event:
    """An event that SIGTERM, SIGINT and SIGHUP set.

    Not in the handler itself, but in a thread: the handler runs in the main thread between any two
    of its steps, and where that is within `wait`, which holds the event's lock, `set` would wait
    for it without end. `SimpleQueue.put` is made to be called at such a moment.
    """
    stopped = threading.Event()
    asked: SimpleQueue[int] = SimpleQueue()

    def listen() -> None:
        asked.get()
        stopped.set()

    threading.Thread(target=listen, name="stop", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: asked.put(number))
    return stopped


def part_settings() -> Settings:
    """The settings of a process that runs a part: private files, logs set up."""
    settings = load_settings()
    os.umask(PRIVATE)
    configure_logs(settings.log_level)
    return settings


def _become(arguments: list[str], environment: dict[str, str]) -> None:
    settings = load_settings()
    environment = {"SARING_BROKER_URL": broker_url(settings), **environment}
    command = [sys.executable, "-m", "celery", "-A", "workers.app", *arguments]
    os.execve(sys.executable, command, {**os.environ, **environment})  # noqa: S606 - our own list
