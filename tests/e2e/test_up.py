"""The main job on real parts: push, sort, publish; twice; and with a worker killed in between."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.running import MARK, answers, check_all_published_once, write_posts
from workers.run import read_run


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
    check_no_handle_is_in_any_file(up.data_dir)


def check_no_handle_is_in_any_file(data_dir: Path) -> None:
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    names = {path.name for path in files}
    assert {"ledger.sqlite3", "intake.log", "worker-1.log", "account.json"} <= names
    for path in files:  # the broker's append-only file is among them
        held = path.read_bytes()
        assert b"warga_" not in held, path
        assert b"tetangga_" not in held, path


def test_the_same_on_debian_redis_and_postgresql(
    start_up: Any,
    tmp_path: Path,
    fresh_redis: str,
    fresh_postgres: str,
    until: Callable[..., None],
) -> None:
    posts = write_posts(tmp_path / "posts.jsonl", 300)
    with start_up(SARING_BROKER_URL=fresh_redis, SARING_LEDGER_URL=fresh_postgres) as up:
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


def test_the_first_start_prints_a_link_that_opens_the_desk_and_the_next_ones_none(
    start_up: Any, tmp_path: Path, until: Callable[..., None]
) -> None:
    password = "kopi susu tetangga jauh"
    with start_up() as up:
        (secret,) = re.findall(r"/link#([\w-]+)", (tmp_path / "up.log").read_text())
        with httpx.Client(base_url=desk_url(up)) as browser:
            page = browser.get("/link")
            csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
            assert csrf is not None
            form = {"csrf": csrf[1], "code": secret, "password": password, "again": password}
            assert browser.post("/link", data=form).status_code == 303
            check_the_desk_comes_back_when_killed(up, until)
            assert browser.get("/people").status_code == 200, "still logged in"
        listed = up.saring("staff", "list", "--json")
        assert [one["state"] for one in json.loads(listed.stdout)] == ["active"]
        new = up.saring("staff", "link", "admin").stdout.strip()
        assert new.startswith(f"{desk_url(up)}/link#")
    for log in (tmp_path / "data" / "logs").iterdir():
        assert secret not in log.read_text(), log
    with start_up():
        assert "/link#" not in (tmp_path / "up.log").read_text()


def desk_url(up: Any) -> str:
    """Where the desk is, as `saring up` keeps it for other commands."""
    run = read_run(up.data_dir)
    assert run is not None
    assert f"desk    {run.desk_url}\n" in (up.data_dir.parent / "up.log").read_text()
    return run.desk_url


def check_the_desk_comes_back_when_killed(up: Any, until: Callable[..., None]) -> None:
    (desk,) = [one for one in up.process.children() if one.cmdline()[-1] == "desk"]
    desk.kill()
    until(lambda: up.status().restarts.get("desk") == 1, "the restart is counted", 60.0)
    until(lambda: answers(desk_url(up)), "the desk answers again", 60.0)


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
