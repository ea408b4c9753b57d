"""`saring retention`: erase what is older than its period, and prove that it is gone."""

from dataclasses import asdict
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress

from workers import retention
from workers.adapters.valkey_erasing import ValkeyErasing
from workers.broker import connect
from workers.desk.rendering import texts, when
from workers.keeper import clean
from workers.ledger import retention as erasing
from workers.run import NotRunning, broker_url
from workers.settings import Settings, load_settings
from workers.wiring import existing_ledger

_group = typer.Typer(help="Erase what is older than its period.", no_args_is_help=True)
_REWRITE = "Write the database's tables anew afterwards; nobody can use it meanwhile."
_JSON = typer.Option("--json", help="One JSON object.")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(_group, name="retention")


@_group.command()
def run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    rewrite: Annotated[bool, typer.Option("--rewrite", help=_REWRITE)] = False,
    without_broker: Annotated[
        bool, typer.Option("--without-broker", help="Though its index and stream keep them.")
    ] = False,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Erase items older than SARING_RETENTION_DAYS; exit 1 if something is left. Safe to repeat."""
    settings = load_settings()
    ledger, before = existing_ledger(settings), retention.before(settings.retention_days)
    plan = erasing.plan(ledger, before)
    if dry_run:
        _say(asdict(plan), as_json, _plan_lines(settings, plan, before))
        return
    broker = None if without_broker else _broker(settings)
    if broker is not None:
        clean(ledger, broker)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=sum(plan.items.values()))
        done = retention.run(
            ledger,
            broker,
            before,
            progress=lambda number: bar.update(task, completed=number),
            rewrite=rewrite,
        )
    lines = [_text(settings, "erased", n=done.items, before=when(before, settings.language))]
    lines += [f"{one.ref}: {_text(settings, 'held', by=one.by)}" for one in plan.held]
    if done.index is None:
        lines.append(_text(settings, "no_broker"))
    else:
        lines.append(_text(settings, "broker", index=done.index, events=done.events))
    if ledger.engine.dialect.name == "postgresql":
        lines.append(_text(settings, "postgresql"))
    _say(asdict(done), as_json, [*lines, *_proof_lines(settings, done.proof)])
    if not done.proof.clean:
        raise typer.Exit(1)


@_group.command()
def prove(as_json: Annotated[bool, _JSON] = False) -> None:
    """Look for what should be gone, in the tables and in SQLite's files; exit 1 if it is there."""
    settings = load_settings()
    ledger = existing_ledger(settings)
    proof = retention.prove(ledger, retention.before(settings.retention_days))
    _say(asdict(proof), as_json, _proof_lines(settings, proof))
    if not proof.clean:
        raise typer.Exit(1)


def _broker(settings: Settings) -> ValkeyErasing:
    try:
        return ValkeyErasing(connect(broker_url(settings)))
    except NotRunning as error:
        raise NotRunning(f"{error}; or add --without-broker") from None


def _plan_lines(settings: Settings, plan: erasing.Plan, before: int) -> list[str]:
    lines = [_text(settings, "would", before=when(before, settings.language))]
    lines += [f"{number:>8}  items: {state}" for state, number in plan.items.items()]
    lines += [f"{number:>8}  {table}" for table, number in plan.rows.items()]
    return lines + [f"{one.ref}: {_text(settings, 'held', by=one.by)}" for one in plan.held]


def _proof_lines(settings: Settings, proof: retention.Proof) -> list[str]:
    if proof.clean:
        known = "clean" if proof.texts is not None else "clean_rows"
        return [_text(settings, known, held=proof.held)]
    values = {**asdict(proof), "texts": proof.texts if proof.texts is not None else "?"}
    lines = [_text(settings, "left", **values)]
    return lines if proof.flushed else [*lines, _text(settings, "not_flushed")]


def _say(value: dict[str, Any], as_json: bool, lines: list[str]) -> None:
    print(orjson.dumps(value).decode() if as_json else "\n".join(lines))


def _text(settings: Settings, name: str, **values: Any) -> str:
    return texts()[f"retention.{name}"][settings.language].format(**values)
