"""`saring bench` as a person starts it: complete figures, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tasks.pipeline import PIPELINE
from tests.running import ready_for_ctrl_c

ITEMS = 64
COMMAND = ["-m", "workers.cli", "bench", "--items", str(ITEMS), "--json"]
ONE_ROUND = ["-c", f"from bench.run import bench; bench({ITEMS}, as_json=True, rounds=1)"]


@contextmanager
def bench(arguments: list[str], folder: Path) -> Iterator["subprocess.Popen[str]"]:
    environment = {name: value for name, value in os.environ.items() if "SARING" not in name}
    with subprocess.Popen(
        [sys.executable, *arguments],
        env={**environment, "SARING_DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=ready_for_ctrl_c,  # noqa: PLW1509 - pytest has one thread here
    ) as process:
        yield process


def family(process: psutil.Process) -> set[psutil.Process]:
    try:
        return set(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return set()


def check_nothing_is_left(seen: set[psutil.Process], folder: Path) -> None:
    left = [one for one in seen if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert not left
    assert list(folder.iterdir()) == []


def check_rows(found: Any) -> None:
    rows = {row["name"]: row for row in found["cpu_ms_per_item"]}
    stages = [stage.name for stage in PIPELINE]
    assert [name for name, row in rows.items() if row["part_of"] == "stages"] == stages
    for name in (*stages, "stages", "accept", "claim", "record", "ledger", "queue", "sum"):
        assert 0 < rows[name]["low"] <= rows[name]["median"] <= rows[name]["high"], name
    assert {"broker", "intake", "Flower"} < rows.keys()


def test_a_bench_has_every_row_and_leaves_no_process(tmp_path: Path) -> None:
    seen: set[psutil.Process] = set()
    with bench(ONE_ROUND, tmp_path) as process:
        while process.poll() is None:
            seen |= family(psutil.Process(process.pid))
            time.sleep(0.1)  # between two looks
        output, errors = process.communicate()
    assert process.returncode == 0, errors
    found = json.loads(output)
    assert (found["items"], found["rounds"], found["workers"]) == (ITEMS, 1, 2)
    assert found["items_per_second"]["low"] > 0
    assert 1 <= found["items_per_batch"]["low"] <= ITEMS
    assert 0 < found["latency_p50_ms"]["low"] <= found["latency_p95_ms"]["high"]
    check_rows(found)
    assert len(seen) >= 9  # broker, intake, dispatcher, deliverer, Flower, two workers, pools
    check_nothing_is_left(seen, tmp_path)


def test_ctrl_c_in_the_middle_leaves_no_process(tmp_path: Path, until: Callable[..., None]) -> None:
    with bench(COMMAND, tmp_path) as process:
        running = psutil.Process(process.pid)
        until(lambda: len(family(running)) >= 8, "all parts run", 60.0)
        seen = family(running)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        seen |= family(running)
    assert (process.returncode, output) == (130, ""), errors
    check_nothing_is_left(seen, tmp_path)
