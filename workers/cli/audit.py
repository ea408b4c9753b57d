"""`saring audit`: prove the log of who did what, show it, print the anchor to keep."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any, Final

import orjson
import typer
from rich.console import Console
from rich.progress import Progress

from workers.cli.results import parse_since
from workers.desk.rendering import texts, when
from workers.ledger import Ledger
from workers.ledger.audit import Anchor, Wanted, entries
from workers.ledger.audit import head as last_entry
from workers.ledger.chain import Broken, Verified
from workers.ledger.chain import verify as verified
from workers.ledger.evidence import Evidence
from workers.ledger.evidence import evidence as evidence_of
from workers.settings import load_settings
from workers.wiring import existing_ledger

_HEADS: Final = "An anchor that was kept, as `saring audit head` printed it; any number of them."
_group = typer.Typer(help="Prove the log of who did what, and show it.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(_group, name="audit")


@_group.command()
def verify(
    start: Annotated[int, typer.Option("--from", help="The first entry to prove.", min=1)] = 1,
    head: Annotated[list[str] | None, typer.Option(help=_HEADS)] = None,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Compare what people decided on, too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Prove that nothing in the log was changed; else exit 1, naming the first broken entry."""
    ledger = existing_ledger(load_settings())
    anchors = [_anchor(one) for one in head or ()]
    with _progress(ledger) as progress:
        chain = verified(ledger, start, anchors, progress)
    # What a broken log says of evidence proves nothing.
    found = evidence_of(ledger) if evidence and isinstance(chain, Verified) else None
    if as_json:
        print(orjson.dumps(_as_json(chain, found)).decode())
    else:
        for line in _sentences(chain, found):
            print(line)
    if isinstance(chain, Broken) or (found is not None and not found.sound):
        raise typer.Exit(1)


@_group.command()
def show(
    since: Annotated[str | None, typer.Option(help="30m, 7d, or ISO 8601.")] = None,
    subject: Annotated[str | None, typer.Option(help="Such as an item: SOURCE/ID.")] = None,
    kind: Annotated[str | None, typer.Option(help="Such as decision, or decision.moved.")] = None,
    actor: Annotated[str | None, typer.Option(help="staff/..., or program.")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One entry (JSON) a line.")] = False,
) -> None:
    """Show entries, oldest first."""
    settings = load_settings()
    since_ms = None if since is None else int(parse_since(since).timestamp() * 1000)
    for one in entries(existing_ledger(settings), Wanted(kind, subject, actor, since_ms)):
        if jsonl:
            sys.stdout.write(orjson.dumps(asdict(one)).decode() + "\n")
            continue
        said = " ".join(f"{name}={value}" for name, value in one.detail.items())
        time = when(one.at_ms, settings.language)
        sys.stdout.write(f"{one.number}  {time}  {one.actor}  {one.kind}  {one.subject}  {said}\n")


@_group.command()
def head() -> None:
    """Print the last entry as NUMBER:HASH. Keep it where who runs the ledger cannot write."""
    last = last_entry(existing_ledger(load_settings()))
    if last is None:
        raise ValueError(_text("empty"))
    print(last)


def _anchor(said: str) -> Anchor:
    try:
        return Anchor.parse(said)
    except ValueError:
        raise ValueError("--head: give NUMBER:HASH as `saring audit head` printed it") from None


@contextmanager
def _progress(ledger: Ledger) -> Iterator[Any]:
    last = last_entry(ledger)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("audit", total=0 if last is None else last.number)
        yield lambda number: bar.update(task, completed=number)


def _sentences(chain: Verified | Broken, found: Evidence | None) -> Iterator[str]:
    if isinstance(chain, Broken):
        yield _text("broken", n=chain.number, why=_text(f"why_{chain.why}"))
        return
    last = _text("none") if chain.head is None else str(chain.head)
    yield _text("whole", n=chain.entries, head=last)
    if found is not None:
        for standing, number in sorted(found.standings.items()):
            yield f"{number:>8}  {_text(f'evidence_{standing}')}"
        for fault in found.faults:
            yield f"{fault.what} {fault.id}: {_text(f'evidence_{fault.standing}')}"


def _as_json(chain: Verified | Broken, found: Evidence | None) -> dict[str, Any]:
    said: dict[str, Any] = {"holds": isinstance(chain, Verified), **asdict(chain)}
    if found is not None:
        faults = [asdict(fault) for fault in found.faults]
        said["evidence"] = {"sound": found.sound, **found.standings, "faults": faults}
    return said


def _text(name: str, **values: Any) -> str:
    return texts()[f"audit.{name}"][load_settings().language].format(**values)
