"""`saring demo` as a person runs it, and what it leaves behind: nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tasks.models import Publication
from tests.running import ready_for_ctrl_c

DEMO = [sys.executable, "-m", "workers.cli", "demo"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A folder of its own; its path also marks the processes that belong to the demo."""
    inherited = {name: value for name, value in os.environ.items() if "SARING" not in name}
    return {**inherited, "SARING_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "120"}


def test_files_of_the_demo_are_private(environment: dict[str, str]) -> None:
    subprocess.run(DEMO, env=environment, capture_output=True, timeout=120, check=True)
    folder = Path(environment["SARING_DATA_DIR"])
    assert [path for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077 != 0] == []


def left_of(environment: dict[str, str]) -> list[str]:
    """Command lines of processes that run with the demo's folder."""
    mark = environment["SARING_DATA_DIR"]
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("SARING_DATA_DIR", "").startswith(mark):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue  # it ended while we looked
    return found


def test_the_demo_shows_every_desk_and_leaves_nothing(
    environment: dict[str, str], until: Callable[..., None]
) -> None:
    done = subprocess.run(
        DEMO, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for heading in ("tinjau", "klarifikasi", "pengawasan", "layanan", "jawab", "gaungkan"):
        assert f"Meja {heading}" in done.stdout
    for figure in ("diterima", "diterbitkan", "salinan", "ditolak", "dikarantina", "p50 / p95"):
        assert figure in done.stdout
    lines = (Path(environment["SARING_DATA_DIR"]) / "demo" / "published.jsonl").read_text()
    publications = [Publication.model_validate_json(line) for line in lines.splitlines()]
    assert len(publications) == 190
    assert sum(one.duplicate_of is not None for one in publications) >= 25
    assert {one.desk for one in publications} >= {"review", "service", "answer", "none"}
    hoaxes = [one for one in publications if any(c.decision == "confirm" for c in one.claims)]
    assert {one.claims[0].claim_id for one in hoaxes} == {"lal-01", "lal-02", "lal-03", "lal-04"}
    assert {one.language for one in hoaxes} >= {"ind", "jav", "sun"}
    assert all(one.acts[0].act == "false_claim" or one.desk == "review" for one in hoaxes)
    late = done.stdout.partition("Hoaks yang datang kemudian")[2]
    assert late.count("lal-02: Salah") == 3
    until(lambda: left_of(environment) == [], "no process is left")


def test_english_is_a_setting(environment: dict[str, str]) -> None:
    done = subprocess.run(
        DEMO,
        env={**environment, "SARING_LANGUAGE": "en"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0
    assert "Review desk (a person decides)" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_in_the_middle_leaves_nothing(
    environment: dict[str, str], until: Callable[..., None], number: signal.Signals
) -> None:
    with subprocess.Popen(
        DEMO,
        env=environment,
        stdout=subprocess.DEVNULL,
        preexec_fn=ready_for_ctrl_c,  # noqa: PLW1509 - pytest has one thread here
    ) as process:
        until(lambda: any("celery" in line for line in left_of(environment)), "workers start")
        process.send_signal(number)
        assert process.wait(60) == 130
    until(lambda: left_of(environment) == [], "no process is left")


def test_a_part_that_cannot_start_is_named_and_nothing_is_left(
    environment: dict[str, str], tmp_path: Path, until: Callable[..., None]
) -> None:
    broken: Any = tmp_path / "broken" / "flower"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise SystemExit('flower is broken today')\n")
    done = subprocess.run(
        DEMO,
        env={**environment, "PYTHONPATH": str(broken.parent)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert ": ended with 1; the end of" in done.stderr
    assert "flower is broken today" in done.stderr
    assert "Traceback" not in done.stderr
    until(lambda: left_of(environment) == [], "no process is left")


def test_a_killed_supervisor_takes_its_parts_with_it(
    environment: dict[str, str], until: Callable[..., None]
) -> None:
    with subprocess.Popen(
        [*DEMO, "--stay"], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "Ctrl-C" in line:
                break
        process.kill()
    until(lambda: left_of(environment) == [], "no process is left", 60.0)
