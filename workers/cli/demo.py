"""`saring demo`: the main job once, on real parts, with the sample set."""

import shutil
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from tasks.models import Publication
from workers.cli.demo_report import Outcome, late_table, show
from workers.cli.demo_words import WORDS, DemoWords
from workers.cli.parts import part_settings, stoppable
from workers.client import Client
from workers.factchecks.importing import read_whole
from workers.ledger import Ledger, open_ledger, views
from workers.ledger.factchecks import store
from workers.ledger.quarantine import quarantined
from workers.ledger.schema import TERMINAL
from workers.push import Pusher
from workers.samples import BROKEN, FACTCHECKS, ITEMS, LATE
from workers.settings import Settings
from workers.supervisor import StartFailed
from workers.system import System, running

_WITHIN_SECONDS: Final = 45
_LOOK_SECONDS: Final = 0.05
_INTERRUPTED: Final = 130


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(demo)


def demo(
    stay: Annotated[
        bool, typer.Option("--stay", help="Keep everything running at the end.")
    ] = False,
    all_items: Annotated[bool, typer.Option("--all", help="Show every item of each desk.")] = False,
) -> None:
    """Run the main job on 200 sample items and show what came out, then stop everything."""
    here = part_settings()
    settings = here.embedded(here.data_dir / "demo")
    words, console = WORDS[settings.language], Console()
    shutil.rmtree(settings.data_dir, ignore_errors=True)
    done = False
    with stoppable(), ExitStack() as stack:
        with console.status(words.starting):
            system = stack.enter_context(running(settings))
        secret = system.run.flower_password.get_secret_value()
        flower = f"{words.flower}: {system.run.flower_url} (saring / {secret})"
        console.print(flower, soft_wrap=True)
        outcome = _run(system, settings, words, console)
        output = settings.data_dir / "published.jsonl"
        output.write_text("".join(f"{one.model_dump_json()}\n" for one in outcome.publications))
        show(outcome, words, console, None if all_items else 5)
        console.print(late_table(_late(system, settings), words))
        console.print(f"{words.written}: {output}", soft_wrap=True)
        done = True
        if not stay:
            console.print(words.stopped)
        else:
            console.print(flower, words.stay, sep="\n", soft_wrap=True)
            system.watch()
    if not done:
        raise typer.Exit(_INTERRUPTED)


def _run(system: System, settings: Settings, words: DemoWords, console: Console) -> Outcome:
    ledger = open_ledger(settings.ledger)
    store(ledger, read_whole(FACTCHECKS))
    run = system.run
    client = Client(run.intake_url, token=run.intake_token.get_secret_value())
    pusher = Pusher(client)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    begun = time.monotonic()
    with client, Progress(*columns, console=console) as progress:
        lines = list(_sample_lines())
        pushing = progress.add_task(words.pushing, total=len(lines))
        sorting = progress.add_task(words.processing, total=None)
        for tally in pusher.push(lines):
            progress.update(pushing, completed=tally.reached)
            progress.update(sorting, total=tally.accepted, completed=_finished(ledger))
        _wait(
            system,
            ledger,
            pusher.tally.accepted,
            lambda done: progress.update(sorting, completed=done),
        )
    seconds = time.monotonic() - begun
    waited = list(views.latencies_ms(ledger).values())
    ranks = statistics.quantiles(waited, n=20) if len(waited) > 1 else [0.0] * 19
    return Outcome(
        tally=pusher.tally,
        publications=list(views.results(ledger)),
        quarantined=quarantined(ledger),
        seconds=seconds,
        p50_ms=ranks[9],
        p95_ms=ranks[18],
    )


def _late(system: System, settings: Settings) -> list[tuple[Publication, int]]:
    """What becomes of a hoax that comes when all is quiet, and after how many milliseconds."""
    ledger = open_ledger(settings.ledger)
    found: list[tuple[Publication, int]] = []
    with Client(system.run.intake_url, token=system.run.intake_token.get_secret_value()) as client:
        for line in LATE.read_bytes().splitlines():
            before = _finished(ledger)
            deque(Pusher(client).push([line]), maxlen=0)
            _wait(system, ledger, before + 1, lambda _done: None)
            last = deque(views.results(ledger), maxlen=1)[0]
            found.append((last, views.latencies_ms(ledger)[last.ref]))
    return found


def _sample_lines() -> Iterator[bytes]:
    for path in (ITEMS, BROKEN):
        yield from path.read_bytes().splitlines()


def _wait(system: System, ledger: Ledger, accepted: int, advance: Callable[[int], None]) -> None:
    """Until every accepted item has a terminal state. Raises StartFailed when it takes too long."""
    deadline = time.monotonic() + _WITHIN_SECONDS
    while (done := _finished(ledger)) < accepted:
        advance(done)
        system.check()
        if time.monotonic() > deadline:
            raise StartFailed(
                f"only {done} of {accepted} items were done after {_WITHIN_SECONDS} s; "
                f"see {system.supervisor.log_dir}"
            )
        time.sleep(_LOOK_SECONDS)  # a look at the ledger, which has nothing to wait on
    advance(done)


def _finished(ledger: Ledger) -> int:
    found = views.counts(ledger)
    return sum(found[state] for state in TERMINAL)
