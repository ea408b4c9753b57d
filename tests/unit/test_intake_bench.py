"""What `saring bench intake` prints: its arithmetic, and that a missing item is said aloud."""

from io import StringIO

from rich.console import Console

from bench.crowd import Crowd, Load
from bench.flood import Fairness
from bench.intake import Report, as_object, show
from bench.machine import Machine


def report(missing: int) -> Report:
    return Report(
        Machine("A Processor", 2, "3.11.0", "2026-11-23"),
        Crowd(
            [Load("single items", 1000, 4.0, [float(n) for n in range(1, 1001)], 3)], 1000, missing
        ),
        [Fairness("at the default rate", [10.0] * 200, [15.0] * 200, 4000, 90)],
    )


def test_the_figures_are_those_of_the_run() -> None:
    found = as_object(report(missing=0))
    (load,) = found["loads"]
    assert (load["items_per_second"], load["put_off"]) == (250.0, 3)
    assert (round(load["p50_ms"]), round(load["p99_ms"])) == (500, 991)
    (fair,) = found["fairness"]
    assert fair["p99_ratio"] == 1.5


def test_an_item_that_was_answered_and_is_not_there_is_said_aloud() -> None:
    for missing, words in ((0, "none is missing"), (2, "2 ARE MISSING")):
        console = Console(file=StringIO(), width=120)
        show(report(missing), console)
        assert isinstance(console.file, StringIO)
        assert words in console.file.getvalue()
