"""The command line: `saring --help`."""

import sys

import typer
from pydantic import ValidationError
from rich.console import Console

from tasks.stage import Unavailable
from workers.broker import NoServer
from workers.cli import (
    alive,
    deliver,
    demo,
    develop,
    factchecks,
    narratives,
    parts,
    push,
    results,
    sources,
    status,
    subscribers,
    trying,
)
from workers.push import PushFailed
from workers.run import NotRunning
from workers.supervisor import StartFailed
from workers.system import AlreadyRunning

app = typer.Typer(
    name="saring",
    help="Sort public posts and news for the desks of a public-information office.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (
    demo,
    parts,
    deliver,
    sources,
    subscribers,
    factchecks,
    push,
    trying,
    results,
    narratives,
    status,
    alive,
    develop,
):
    module.add_to(app)

_FOR_PEOPLE = (
    NotRunning,
    StartFailed,
    AlreadyRunning,
    NoServer,
    PushFailed,
    Unavailable,
    OSError,
    ValidationError,
    ValueError,
)


def main() -> None:
    """Run the command line; an error that a person can mend is one clear line, and exit 1."""
    try:
        app()
    except BrokenPipeError:
        # The reader of our output went away (`saring results | head`): that is no error.
        sys.stderr.close()
        sys.exit(0)
    except _FOR_PEOPLE as error:
        Console(stderr=True).print(f"saring: {_sentence(error)}", style="red", markup=False)
        sys.exit(1)


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError) and error.title == "Settings":
        return "; ".join(
            f"SARING_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}"
            for one in error.errors(include_url=False)
        )
    return str(error)
