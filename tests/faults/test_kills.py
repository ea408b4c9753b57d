"""kill -9 in the middle of a push: nothing is lost, nothing is published twice."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.running import check_all_published_once, write_posts


def test_a_killed_worker_loses_nothing_and_publishes_nothing_twice(
    start_up: Any, tmp_path: Path, until: Callable[..., None]
) -> None:
    posts = write_posts(tmp_path / "posts.jsonl", 2000)
    with start_up(SARING_LEASE_SECONDS="5") as up:
        with subprocess.Popen(
            [sys.executable, "-m", "workers.cli", "push", str(posts)], env=up.environment
        ) as push:
            until(lambda: up.status().states["published"] > 0, "the first are published")
            os.kill(up.workers()[0].pid, signal.SIGKILL)
            assert push.wait(120) == 0
        until(up.all_done, "all items are done", 120.0)
        check_all_published_once(up, 2000)
        until(lambda: sum(up.status().restarts.values()) == 1, "the restart is counted")
        until(lambda: len(up.workers()) == 2, "both workers run again")
        shown = json.loads(up.saring("status", "--json").stdout)
        assert shown["states"]["published"] == 2000
        assert shown["restarts"] == {"worker-1": 1}


def test_a_killed_broker_comes_back_and_nothing_is_lost(
    start_up: Any, tmp_path: Path, until: Callable[..., None]
) -> None:
    posts = write_posts(tmp_path / "posts.jsonl", 1000)
    with start_up(SARING_LEASE_SECONDS="5") as up:
        with subprocess.Popen(
            [sys.executable, "-m", "workers.cli", "push", str(posts)], env=up.environment
        ) as push:
            until(lambda: up.status().states["published"] > 0, "the first are published")
            (broker,) = [one for one in up.process.children() if "valkey" in one.name()]
            broker.kill()
            assert push.wait(120) == 0
        until(lambda: up.answers() and up.all_done(), "all items are done", 120.0)
        check_all_published_once(up, 1000)
        until(lambda: up.status().restarts == {"broker": 1}, "the restart is counted")
        for name in ("worker-1", "worker-2"):
            log = (up.data_dir / "logs" / f"{name}.log").read_text()
            assert log.count("worker_begins_anew") == 1, log[-2000:]
