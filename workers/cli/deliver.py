"""`saring deliver`: the part that sends webhooks."""

import asyncio
import signal
import socket

import typer

from workers.cli.parts import part_settings
from workers.deliver.deliverer import Deliverer
from workers.deliver.subscribers import Subscribers
from workers.heartbeat import BEAT_SECONDS, Heartbeat
from workers.ledger import open_ledger
from workers.presence import Presence
from workers.run import ledger_url
from workers.secretfile import SecretFile
from workers.settings import Settings

_STOP_SECONDS = 5


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(deliver)


def subscribers_file(settings: Settings) -> SecretFile[Subscribers]:
    """The subscribers of these settings."""
    return SecretFile(
        settings.subscribers_path, settings.subscribers, Subscribers, "SARING_SUBSCRIBERS"
    )


def deliver() -> None:
    """Run the sender of webhooks alone."""
    settings = part_settings()
    ledger = open_ledger(ledger_url(settings))
    ledger.migrate()
    presence = Presence(settings, f"deliver@{socket.gethostname()}").begin()
    heartbeat = Heartbeat(settings.heartbeat_path / "deliver")
    asyncio.run(_until_stopped(Deliverer(ledger, subscribers_file(settings)), heartbeat))
    presence.end()
    heartbeat.end()


async def _until_stopped(deliverer: Deliverer, heartbeat: Heartbeat) -> None:
    stop = asyncio.Event()

    def ask_to_stop() -> None:
        stop.set()
        # Threads that wait for a resolver or a database cannot be cancelled: then this ends us.
        signal.alarm(_STOP_SECONDS)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, ask_to_stop)
    beating = asyncio.create_task(_beat(heartbeat))
    await deliverer.run(stop)
    beating.cancel()


async def _beat(heartbeat: Heartbeat) -> None:
    """In the loop that does all else; what waits for the ledger waits in a thread."""
    while True:
        heartbeat.beat()
        await asyncio.sleep(BEAT_SECONDS)
