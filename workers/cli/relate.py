"""`saring relate`: the slow lane of narratives."""

import socket

import typer

from workers.cli.parts import part_settings, stop_event
from workers.heartbeat import Heartbeat
from workers.presence import Presence
from workers.relate import Relater
from workers.run import NotRunning
from workers.wiring import wire
from workers.wiring_alone import embedder_in


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(relate)


def relate() -> None:
    """Run the slow lane alone: an embedder joins narratives that words alone leave apart."""
    settings = part_settings()
    if settings.embedder_dir is None:
        raise NotRunning("SARING_EMBEDDER_DIR is not set: `saring relate` needs an embedder")
    embedder = embedder_in(settings.embedder_dir)
    outside = wire(settings)
    heartbeat = Heartbeat(settings.heartbeat_path / "relate")
    relater = Relater(outside.ledger, outside.ports.stories, embedder, stop_event(), heartbeat)
    presence = Presence(settings, f"relate@{socket.gethostname()}").begin()
    relater.run()
    presence.end()
    heartbeat.end()
