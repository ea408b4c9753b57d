"""`saring sources`: who may push, and what proves it."""

import json
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import SecretStr, ValidationError
from rich.console import Console
from rich.table import Table

from workers.cli.spans import parse_overlap
from workers.secretfile import SecretFile, in_words
from workers.settings import load_settings
from workers.signatures import new_secret
from workers.sources import (
    BURST,
    ITEMS_PER_SECOND,
    Credential,
    Source,
    Sources,
    added,
    disabled,
    new_token,
    rotated,
    token_credential,
)

_Name = Annotated[str, typer.Argument(help="The name of the source: a-z, 0-9, dot, dash.")]

_commands = typer.Typer(help="Who may push, and what proves it.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(_commands, name="sources")


@_commands.command()
def add(
    name: _Name,
    token: Annotated[
        bool, typer.Option("--token", help="A bearer token, for senders that cannot sign.")
    ] = False,
    secret_file: Annotated[
        Path | None,
        typer.Option(help="Take the signing secret that the sender made; - is standard input."),
    ] = None,
    push_as: Annotated[
        list[str] | None,
        typer.Option("--as", help="A source that its items may name, or PREFIX*; repeatable."),
    ] = None,
    rate: Annotated[float, typer.Option(help="Items a second, lasting.")] = ITEMS_PER_SECOND,
    burst: Annotated[int, typer.Option(help="Items at once.")] = BURST,
    read: Annotated[
        bool, typer.Option("--read/--no-read", help="Whether it may read what became of its items.")
    ] = True,
) -> None:
    """Add a source. Its new secret (or token) is printed once, alone on standard output."""
    if token and secret_file is not None:
        raise ValueError("--token and --secret-file: choose one")
    value = new_token(name) if token else _secret(secret_file)
    credentials = (token_credential(value) if token else Credential(value=SecretStr(value)),)
    try:
        source = Source(
            name=name,
            may_push_as=tuple(push_as) if push_as else (name,),
            may_read=read,
            items_per_second=rate,
            burst=burst,
            secrets=() if token else credentials,
            tokens=credentials if token else (),
        )
    except ValidationError as error:
        raise ValueError(in_words(error)) from None
    _file().change(lambda sources: added(sources, source))
    if secret_file is None:
        print(value)
        _say(f"What proves that it is {name}: shown only now, so keep it.")
    _explain(source)


@_commands.command("list")
def list_sources(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> None:
    """List the sources; never their secrets."""
    found = _file().read().sources
    now = time.time()
    if as_json:
        print(json.dumps([_shown(source, now) for source in found], indent=2))
    else:
        Console().print(_table(found, now))


@_commands.command()
def rotate(
    name: _Name,
    overlap: Annotated[
        str, typer.Option(help="How long the old one is good as well: 90s, 30m, 12h, 7d.")
    ] = "24h",
) -> None:
    """Give a source a new secret (or token), printed once, alone on standard output."""
    seconds, now = parse_overlap(overlap), time.time()
    made: list[str] = []

    def edit(sources: Sources) -> Sources:
        changed, new = rotated(sources, name, now, seconds)
        made.append(new)
        return changed

    _file().change(edit)
    print(*made)
    _say(f"The old one of {name} is good until {_time(now + seconds)}; any before that ended now.")


@_commands.command()
def disable(name: _Name) -> None:
    """Let a source in no more, and keep its entry."""
    _file().change(lambda sources: disabled(sources, name, True))


@_commands.command()
def enable(name: _Name) -> None:
    """Let a disabled source in again."""
    _file().change(lambda sources: disabled(sources, name, False))


def _file() -> SecretFile[Sources]:
    settings = load_settings()
    return SecretFile(settings.sources_path, settings.sources, Sources, "SARING_SOURCES")


def _secret(file: Path | None) -> str:
    if file is None:
        return new_secret()
    # Never an argument: every user of the machine can see those in the list of processes.
    return (sys.stdin.read() if file == Path("-") else file.read_text()).strip()


def _explain(source: Source) -> None:
    if source.tokens:
        _say("It sends the header Authorization: Bearer with that token to /v1/items.")
    else:
        _say(f"It signs as Standard Webhooks say and sends to /v1/items?source={source.name}.")


def _say(words: str) -> None:
    print(words, file=sys.stderr)


def _table(sources: Iterable[Source], now: float) -> Table:
    table = Table("source", "pushes as", "reads", "rate", "burst", "kind", "old until", "disabled")
    for column in table.columns[:2]:
        column.overflow = "fold"  # a name is shown whole
    for source in sources:
        row = _shown(source, now)
        table.add_row(
            source.name,
            ", ".join(source.may_push_as),
            "yes" if source.may_read else "no",
            f"{source.items_per_second:g}/s",
            str(source.burst),
            row["kind"],
            ", ".join(row["old_until"]),
            "yes" if source.disabled else "",
        )
    return table


def _shown(source: Source, now: float) -> dict[str, Any]:
    """A source without what proves it."""
    credentials = (*source.secrets, *source.tokens)
    return {
        **source.model_dump(exclude={"secrets", "tokens"}),
        "kind": "token" if source.tokens else "signed",
        "old_until": [
            _time(one.ends_at)
            for one in credentials
            if one.ends_at is not None and now < one.ends_at
        ],
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
