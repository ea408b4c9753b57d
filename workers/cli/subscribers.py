"""`saring subscribers ...`: who receives webhooks."""

import asyncio
import json as json_module
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, cast

import typer
from pydantic import SecretStr, ValidationError
from rich.console import Console
from rich.table import Table

from tasks.words import DESKS, Desk
from workers.cli.deliver import subscribers_file
from workers.cli.spans import parse_overlap
from workers.deliver.messages import ping_message
from workers.deliver.outcome import Failed, Outcome
from workers.deliver.sender import Sender
from workers.deliver.subscribers import Secret, Subscriber, Subscribers
from workers.ledger import LedgerAway, deliveries
from workers.ledger.deliveries import Counts
from workers.run import NotRunning
from workers.secretfile import in_words
from workers.settings import Settings, load_settings
from workers.signatures import new_secret
from workers.wiring import existing_ledger

_NONE: Final = Counts(waiting=0, parked=0, oldest_seconds=None)
Name = Annotated[str, typer.Argument(help="The subscriber.")]

group = typer.Typer(help="Who receives webhooks, and what waits for them.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(group, name="subscribers")


@group.command()
def add(
    name: Annotated[str, typer.Argument(help="a-z, 0-9, _ and -; it is in each webhook-id.")],
    url: Annotated[str, typer.Option(help="Where to POST; https.")],
    desk: Annotated[list[str], typer.Option(help="A desk, or all; may be repeated.")],
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="It is in your own network: http is allowed.")
    ] = False,
    secret_file: Annotated[
        Path | None, typer.Option(help="Sign with the whsec_... in this file, not a new one.")
    ] = None,
) -> None:
    """Add a subscriber; prints its new signing secret, once."""
    secret = new_secret() if secret_file is None else secret_file.read_text().strip()
    desks = DESKS if "all" in desk else cast(tuple[Desk, ...], tuple(dict.fromkeys(desk)))
    try:  # the model checks the desks too
        subscriber = Subscriber(
            name=name,
            url=url,
            desks=desks,
            secrets=(Secret(value=SecretStr(secret)),),
            allow_private=allow_private,
        )
    except ValidationError as error:
        raise ValueError(in_words(error)) from None
    settings = load_settings()
    _subscribe(settings, subscribers_file(settings).change(lambda all_: all_.added(subscriber)))
    if secret_file is None:
        _tell(f"{name}: give the receiver this secret, it is not shown again")
        print(secret)
    _tell(f"try it: saring subscribers test {name}")


@group.command("list")
def list_(
    json: Annotated[bool, typer.Option("--json", help="A JSON array.")] = False,
) -> None:
    """Show the subscribers, and what waits for each."""
    settings = load_settings()
    found = subscribers_file(settings).read().subscribers
    counts = _counts(settings)
    if json:
        print(json_module.dumps([_row(one, counts) for one in found], indent=2))
        return
    table = Table("subscriber", "desks", "url", "state", "waiting", "parked", "oldest waiting")
    for one in found:
        row = _row(one, counts)
        cells = [row["waiting"], row["parked"], row["oldest_seconds"]]
        state = "disabled" if one.disabled else "rotating" if row["secrets"] != 1 else "enabled"
        table.add_row(
            one.name,
            " ".join(one.desks),
            one.shown_url,
            state,
            *("-" if cell is None else f"{cell:.0f}" for cell in cells),
        )
    Console().print(table)


@group.command()
def rotate(
    name: Name,
    overlap: Annotated[
        str, typer.Option(help="How long the old secret signs too: 90s, 30m, 24h, 7d.")
    ] = "24h",
) -> None:
    """Make a new signing secret and print it, once; both sign during the overlap."""
    secret, seconds = new_secret(), parse_overlap(overlap)
    subscribers_file(load_settings()).change(
        lambda all_: all_.changed(all_.find(name).rotated(secret, time.time(), seconds))
    )
    _tell(f"{name}: the new secret is not shown again; the old one ends in {overlap}")
    print(secret)


@group.command()
def disable(name: Name) -> None:
    """Send nothing for now; what is published for it waits."""
    _set_disabled(name, True)
    _tell(f"{name} is disabled; what is published for it waits until it is enabled")


@group.command()
def enable(name: Name) -> None:
    """Send again, and first what waits."""
    _set_disabled(name, False)
    _tell(f"{name} is enabled")


@group.command()
def remove(name: Name) -> None:
    """Forget a subscriber, its secrets and what waits for it."""
    settings = load_settings()
    _subscribe(settings, subscribers_file(settings).change(lambda all_: all_.removed(name)))
    _tell(f"{name} is removed")


@group.command()
def parked(name: Annotated[str | None, typer.Argument(help="Only this one.")] = None) -> None:
    """List the deliveries that were given up, and why."""
    table = Table("subscriber", "item", "desk", "since", "attempts", "error")
    for one in deliveries.parked(existing_ledger(load_settings()), name):
        since = datetime.fromtimestamp(one.since_ms / 1000, UTC).isoformat(timespec="seconds")
        table.add_row(one.subscriber, one.ref, one.desk, since, str(one.attempts), one.error)
    Console().print(table)


@group.command()
def resend(name: Name) -> None:
    """Send what was given up again, as if it were new."""
    settings = load_settings()
    subscribers_file(settings).read().find(name)
    number = deliveries.resend(existing_ledger(settings), name)
    _tell(f"{name}: {number} to be sent again")


@group.command()
def test(name: Name) -> None:
    """Send one signed ping now and say what came back; exit 1 unless it was taken."""
    subscriber = subscribers_file(load_settings()).read().find(name)
    start = time.monotonic()
    outcome = asyncio.run(_ping(subscriber))
    took = f"after {time.monotonic() - start:.2f} s"
    if isinstance(outcome, Failed):
        _tell(f"{name}: {outcome.error} ({took})")
        raise typer.Exit(1)
    print(f"{name}: answered {outcome.status} ({took})")


async def _ping(subscriber: Subscriber) -> Outcome:
    async with Sender(subscriber) as sender:
        return await sender.send(ping_message(subscriber.name))


def _set_disabled(name: str, disabled: bool) -> None:
    subscribers_file(load_settings()).change(
        lambda all_: all_.changed(all_.find(name).but(disabled=disabled))
    )


def _subscribe(settings: Settings, document: Subscribers) -> None:
    """What is published from now on is kept for them, also before the deliverer looks."""
    try:
        deliveries.set_subscriptions(existing_ledger(settings), document.subscriptions())
    except (NotRunning, LedgerAway) as why:
        _tell(f"the ledger does not know yet ({why}): `saring deliver` tells it when it starts")


def _counts(settings: Settings) -> dict[str, Counts] | None:
    try:
        return deliveries.waiting(existing_ledger(settings))
    except (NotRunning, LedgerAway) as why:
        _tell(f"what waits is not known: {why}")
        return None


def _row(one: Subscriber, counts: dict[str, Counts] | None) -> dict[str, object]:
    waits = (
        {"waiting": None, "parked": None, "oldest_seconds": None}
        if counts is None
        else asdict(counts.get(one.name, _NONE))
    )
    return {
        "name": one.name,
        "desks": one.desks,
        "url": one.shown_url,
        "allow_private": one.allow_private,
        "disabled": one.disabled,
        "secrets": len(one.signing(time.time())),
        **waits,
    }


def _tell(sentence: str) -> None:
    """To standard error: standard output has the secret, or the answer, and nothing else."""
    Console(stderr=True).print(sentence, markup=False, highlight=False, soft_wrap=True)
