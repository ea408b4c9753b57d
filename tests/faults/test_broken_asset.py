"""Every item fails in classify: the pipeline stands and says so, and goes on when it is mended."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.running import check_all_published_once, write_posts
from workers.ledger.quarantine import Choice, replay
from workers.limit import FEW, SPAN

WORKERS_BREAK: Final = """
import os, sys

if "worker" in sys.orig_argv and os.path.exists(os.environ["BROKEN"]):
    import tasks.classify
    from tasks.stage import ItemError

    def broken(batch, ports):
        raise {reason}("the weights of classify cannot be read")

    tasks.classify.classify = broken
"""
"""Put into the way of workers that start while there is a file."""


def break_workers(folder: Path, reason: str) -> dict[str, str]:
    """Settings under which workers that start while the file `broken` is there have no weights."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WORKERS_BREAK.format(reason=reason))
    (folder / "broken").touch()
    return {"PYTHONPATH": str(folder), "BROKEN": str(folder / "broken")}


def logged(up: Any, event: str) -> list[Any]:
    lines = (up.data_dir / "logs" / "dispatch.log").read_text().splitlines()
    return [json.loads(line) for line in lines if f'"{event}"' in line]


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("reason", "servers"), [("ValueError", False), ("ItemError", True)])
def test_a_broken_asset_stops_the_pipeline_until_it_is_mended(
    start_up: Any,
    tmp_path: Path,
    until: Callable[..., None],
    request: pytest.FixtureRequest,
    reason: str,
    servers: bool,
) -> None:
    posts = write_posts(tmp_path / "posts.jsonl", 600)
    later = write_posts(tmp_path / "later.jsonl", 700, seed=8)
    later.write_text("\n".join(later.read_text().splitlines()[600:]))
    settings = break_workers(tmp_path / "site", reason)
    if servers:
        settings["SARING_BROKER_URL"] = request.getfixturevalue("fresh_redis")
        settings["SARING_LEDGER_URL"] = request.getfixturevalue("fresh_postgres")
    with start_up(**settings) as up:
        assert up.saring("push", str(posts)).returncode == 0
        until(lambda: up.status().stopped is not None, "it stands", 60.0)
        until(lambda: up.status().states["leased"] <= 1, "what was on its way came back", 60.0)
        assert up.saring("push", str(later)).returncode == 0, "the intake goes on"
        quarantined = up.status().states["quarantined"]
        assert quarantined < SPAN * FEW + 64 if reason == "ItemError" else quarantined == 0
        check_it_says_so(up, reason)

        (tmp_path / "site" / "broken").unlink()
        for worker in up.workers():
            os.kill(worker.pid, signal.SIGTERM)
        until(lambda: up.answers() and up.status().stopped is None, "it goes on", 120.0)
        until(up.all_done, "all items are done", 120.0)
        assert up.status().states["quarantined"] == quarantined, "not one more"
        replay(up.outside.ledger, Choice(), "bobot sudah diperbaiki", 100)
        until(up.all_done, "what was quarantined before is done", 120.0)
        check_all_published_once(up, 700)
        until(lambda: len(logged(up, "pipeline_resumed")) == 1, "the log says that it goes on")
        assert len(logged(up, "pipeline_stopped")) == 1


def check_it_says_so(up: Any, reason: str) -> None:
    (said,) = logged(up, "pipeline_stopped")
    assert said["level"] == "error"
    assert said["failing"] >= FEW
    shown = up.saring("status").stdout
    assert "stopped" in shown
    assert "goes on by itself" in shown
    assert ("weights of classify" if reason == "ItemError" else "ValueError") in shown
    doctor = up.saring("doctor")
    assert doctor.returncode == 1
    assert "pipeline" in doctor.stdout
