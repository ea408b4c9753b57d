"""The table that `make faults` prints."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.faults.rig.verdict import Verdict


def show(verdicts: Sequence[Verdict]) -> None:
    """Print a row for each, in the order of the matrix."""
    table = Table(title="Nothing is lost", title_justify="left")
    for name in ("", "fault", "broker/ledger"):
        table.add_column(name)
    for name in ("injected", "items", "lost", "seen twice", "recovered", "bound"):
        table.add_column(name, justify="right")
    for one in sorted(verdicts, key=lambda one: (one.row, one.setup)):
        recovered = "not" if one.recovered is None else f"{one.recovered:.1f} s"
        table.add_row(
            str(one.row),
            one.fault,
            one.setup,
            str(one.injected),
            str(one.items),
            str(one.lost),
            str(one.twice),
            recovered,
            f"{one.within:.0f} s",
            style="" if one.sound else "red",
        )
    Console(width=130).print(table)
