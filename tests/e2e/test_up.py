"""The main job on real parts: push, sort, publish; twice; and with a worker killed in between."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from workers.run import read_run

PLACES = ("Talang Bambu", "Muara Lalan", "Sungai Rengas", "Tanjung Keramat", "Pulau Gading")
THINGS = ("jalan rusak", "air mati", "lampu padam", "antrean panjang", "sampah menumpuk", "pasar")
MARK = "kucingbelangtiga"  # a word that must never be seen outside the ledger and its outputs


def write_posts(path: Path, number: int, seed: int = 7) -> Path:
    """`number` different posts, as an upstream would push them."""
    chance = random.Random(seed)  # noqa: S311 - any varied text will do
    with path.open("w") as file:
        for index in range(number):
            words = f"{chance.choice(THINGS)} di {chance.choice(PLACES)} sejak hari ke-{index}"
            post = {
                "source": f"pantau-{index % 3}",
                "id": f"p-{index}",
                "kind": "post",
                "text": f"Mohon dibantu, {words} {MARK} @tetangga_{index}",
                "author": f"warga_{index}",
                "platform": "x",
                "published_at": "2026-11-21T07:00:00+07:00",
            }
            file.write(json.dumps(post) + "\n")
    return path


def check_all_published_once(up: Any, number: int) -> None:
    states = up.status().states
    assert states == {
        "ready": 0,
        "leased": 0,
        "published": number,
        "duplicate": 0,
        "quarantined": 0,
    }
    refs = [f"{one['source']}/{one['id']}" for one in up.results()]
    assert len(refs) == len(set(refs)) == number


def test_pushed_items_are_published_once_and_pushing_again_publishes_nothing(
    start_up: Any, tmp_path: Path, until: Callable[..., None]
) -> None:
    posts = write_posts(tmp_path / "posts.jsonl", 300)
    with start_up() as up:
        first = up.saring("push", str(posts))
        assert (first.returncode, "300 accepted" in first.stderr) == (0, True), first.stderr
        until(up.all_done, "all items are done")
        check_all_published_once(up, 300)
        again = up.saring("push", str(posts))
        assert (again.returncode, "300 known already" in again.stderr) == (0, True)
        check_all_published_once(up, 300)
    with start_up() as up:  # the data survive a restart
        check_all_published_once(up, 300)


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
        until(lambda: up.status().restarts.get("broker") == 1, "the restart is counted")


def test_the_same_on_debian_redis_and_postgresql(
    start_up: Any,
    tmp_path: Path,
    redis_url: str,
    fresh_postgres: str,
    until: Callable[..., None],
) -> None:
    posts = write_posts(tmp_path / "posts.jsonl", 300)
    with start_up(SARING_BROKER_URL=redis_url, SARING_LEDGER_URL=fresh_postgres) as up:
        assert up.saring("push", str(posts)).returncode == 0
        until(up.all_done, "all items are done")
        check_all_published_once(up, 300)
        assert not (up.data_dir / "broker").exists()
        assert not (up.data_dir / "ledger.sqlite3").exists()


def test_celery_and_flower_work_as_usual_and_show_no_text(
    start_up: Any, tmp_path: Path, until: Callable[..., None]
) -> None:
    posts = write_posts(tmp_path / "posts.jsonl", 100)
    with start_up() as up:
        assert up.saring("push", str(posts)).returncode == 0
        until(up.all_done, "all items are done")
        inspect = subprocess.run(
            [sys.executable, "-m", "celery", "-A", "workers.app", "inspect", "registered"],
            env=up.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert inspect.returncode == 0, inspect.stderr
        stages = ("normalise", "group", "enrich", "classify", "route", "publish")
        assert all(f"saring.{stage}" in inspect.stdout for stage in stages)
        run = read_run(up.data_dir)
        assert run is not None
        auth = ("saring", run.flower_password.get_secret_value())

        def flower(path: str) -> httpx.Response:
            return httpx.get(f"{run.flower_url}{path}", auth=auth, timeout=10.0)

        until(
            lambda: (
                {task["name"] for task in flower("/api/tasks").json().values()}
                == {f"saring.{stage}" for stage in stages}
            ),
            "Flower has seen the six tasks",
        )
        assert httpx.get(f"{run.flower_url}/api/tasks", timeout=10.0).status_code == 401
        assert len(flower("/api/workers?refresh=1").json()) == 2
        check_flower_shows_a_chain_without_text(flower)


def check_flower_shows_a_chain_without_text(flower: Callable[[str], httpx.Response]) -> None:
    listed = flower("/api/tasks")
    tasks = {uuid: flower(f"/api/task/info/{uuid}").json() for uuid in listed.json()}
    roots = [one for one in tasks.values() if one["name"] == "saring.normalise"]
    assert roots
    for root in roots:
        chained = [one for one in tasks.values() if one["root_id"] == root["uuid"]]
        assert len(chained) == 6
        assert sum(one["parent_id"] in tasks for one in chained) == 5
        for one in chained:
            assert "items, batch" in one["args"]
    seen = listed.text + json.dumps(tasks) + flower("/tasks").text + flower("/workers").text
    for word in (MARK, "tetangga_", "warga_", "Talang", "Mohon"):
        assert word not in seen


def test_a_second_up_on_the_same_data_says_so(start_up: Any) -> None:
    with start_up() as up:
        second = up.saring("up")
        assert second.returncode == 1
        assert "saring runs already" in second.stderr


def test_without_a_running_saring_the_commands_say_what_to_do(tmp_path: Path) -> None:
    environment = {**os.environ, "SARING_DATA_DIR": str(tmp_path)}
    for command in (["status"], ["push", "-"], ["results"]):
        done = subprocess.run(
            [sys.executable, "-m", "workers.cli", *command],
            input="",
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1, command
        assert "saring up" in done.stderr, command
        assert "Traceback" not in done.stderr, command
