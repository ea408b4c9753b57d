"""The command line: `saring --help`."""

import sys
from importlib import import_module
from typing import Final

import typer
from pydantic import ValidationError
from rich.console import Console

from tasks.stage import Unavailable
from workers.mendable import Mendable

_COMMANDS: Final = {
    "demo": ("demo",),
    "parts": ("up", "intake", "dispatch", "worker", "desk", "flower", "migrate"),
    "deliver": ("deliver",),
    "sources": ("sources",),
    "staff": ("staff",),
    "subscribers": ("subscribers",),
    "push": ("push",),
    "trying": ("try",),
    "results": ("results",),
    "quarantine": ("quarantine",),
    "narratives": ("narratives", "reindex"),
    "report": ("report",),
    "alerts": ("alerts",),
    "factchecks": ("factchecks",),
    "procedures": ("procedures",),
    "relate": ("relate",),
    "thresholds": ("thresholds",),
    "corrections": ("corrections",),
    "status": ("status",),
    "doctor": ("doctor",),
    "audit": ("audit",),
    "retention": ("retention",),
    "alive": ("alive",),
    "ready": ("ready",),
    "develop": ("train", "evaluate", "bench", "schema"),
}
"""The modules and their commands, in the order of the help. A part that starts, or starts again,
loads its own alone: all of them take three times as long."""
_FOR_PEOPLE: Final = (Mendable, Unavailable, OSError, ValidationError, ValueError)


def program(command: str = "") -> typer.Typer:
    """The command line: the module of `command`, or all where there is no such command."""
    app = typer.Typer(
        name="saring",
        help="Sort public posts and news for the desks of a public-information office.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_group)
    alone = [name for name, commands in _COMMANDS.items() if command in commands]
    for name in alone or _COMMANDS:
        import_module(f"workers.cli.{name}").add_to(app)
    return app


def _group() -> None:
    # With it a lone command is still called by its name.
    pass


def main() -> None:
    """Run the command line; an error that a person can mend is one clear line, and exit 1."""
    app = program(sys.argv[1] if len(sys.argv) > 1 else "")
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
