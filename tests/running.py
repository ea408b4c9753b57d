"""`saring up` as a person starts it, in a folder of its own, and posts to push into it."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tasks.stage import Unavailable
from workers.broker import free_port
from workers.run import read_run
from workers.settings import Settings
from workers.status import Status, snapshot
from workers.wiring import Outside, wire

TOKEN = "token-untuk-uji"
OPERATOR = {"authorization": f"Bearer {TOKEN}"}
"""What a test sends to an intake that was started with this operator's token."""
_LINES_SHOWN = 25
SARING = [sys.executable, "-m", "workers.cli"]


def clean_environment(**settings: str) -> dict[str, str]:
    """This environment without saring's settings, and with these."""
    inherited = {name: value for name, value in os.environ.items() if "SARING" not in name}
    return {**inherited, **settings}


@dataclass(frozen=True, slots=True)
class Up:
    """A running `saring up`: run commands against it, look at its processes."""

    environment: dict[str, str]
    process: psutil.Process
    data_dir: Path
    outside: Outside

    def saring(self, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command of saring against it."""
        return subprocess.run(
            [*SARING, *arguments],
            input=text,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def status(self) -> Status:
        """What `saring status` shows, without the second that starting a command takes."""
        return snapshot(self.outside)

    def results(self) -> list[Any]:
        """`saring results --jsonl`, parsed."""
        return [json.loads(line) for line in self.saring("results", "--jsonl").stdout.splitlines()]

    def workers(self) -> list[psutil.Process]:
        """The main processes of the Celery workers."""
        return [
            one
            for one in self.process.children(recursive=False)
            if "worker" in one.cmdline() and "celery" in one.cmdline()
        ]

    def answers(self) -> bool:
        """Whether broker and ledger can be reached."""
        try:
            self.status()
        except Unavailable:
            return False
        return True

    def all_done(self) -> bool:
        """Whether every accepted item has reached a terminal state."""
        states = self.status().states
        return states["ready"] == 0 and states["leased"] == 0


def _look_into(data_dir: Path) -> Outside:
    run = read_run(data_dir)
    assert run is not None
    return wire(Settings(data_dir=data_dir, broker_url=run.broker_url, ledger_url=run.ledger_url))


def _show_ends(logs: Path) -> None:
    """Print the last lines of each part's log: pytest shows them with the failure."""
    for log in sorted(logs.glob("*.log")):
        lines = log.read_text(errors="replace").splitlines()
        print(f"--- {log.name}", *lines[-_LINES_SHOWN:], sep="\n")  # noqa: T201 - for whoever reads the failure


StartUp = Callable[..., Any]


@pytest.fixture
def start_up(tmp_path: Path, until: Callable[..., None]) -> StartUp:
    """A context manager that runs `saring up`; at its end nothing of it may be left."""

    @contextmanager
    def start(**settings: str) -> Iterator[Up]:
        environment = clean_environment(
            SARING_DATA_DIR=str(tmp_path / "data"),
            SARING_INTAKE_PORT="0",
            SARING_FLOWER_PORT="0",
            SARING_DESK_PORT="0",
            **settings,
        )
        log = tmp_path / "up.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*SARING, "up"], env=environment, stdout=output, stderr=output
            )
        family = psutil.Process(process.pid)
        tree: list[psutil.Process] = []
        try:
            until(
                lambda: process.poll() is not None or "Ctrl-C" in log.read_text(),
                "saring up says where it is",
                150.0,
            )
            assert process.poll() is None, log.read_text()
            tree = family.children(recursive=True)
            yield Up(environment, family, tmp_path / "data", _look_into(tmp_path / "data"))
            tree += family.children(recursive=True)
        except BaseException:
            _show_ends(tmp_path / "data" / "logs")
            raise
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(60)
        assert code == 0, log.read_text()
        left = [one for one in tree if one.is_running() and one.status() != "zombie"]
        assert not left

    return start


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


StartIntake = Callable[..., Any]


@pytest.fixture
def start_intake(tmp_path: Path, valkey_url: str, until: Callable[..., None]) -> StartIntake:
    """A context manager that runs `saring intake` and yields its URL."""

    @contextmanager
    def start(ledger_url: str, **settings: str) -> Iterator[str]:
        port = str(free_port())
        environment = clean_environment(
            SARING_DATA_DIR=str(tmp_path / "data"),
            SARING_BROKER_URL=valkey_url,
            SARING_LEDGER_URL=ledger_url,
            SARING_INTAKE_PORT=port,
            **{"SARING_INTAKE_TOKEN": TOKEN, **settings},
        )
        url = f"http://127.0.0.1:{port}"
        process = subprocess.Popen([sys.executable, "-m", "workers.cli", "intake"], env=environment)
        try:
            until(lambda: process.poll() is not None or answers(url), "the intake answers")
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) in (0, -signal.SIGTERM)

    return start


def answers(url: str) -> bool:
    """Whether the part at `url` says that it lives."""
    try:
        return httpx.get(f"{url}/healthz", timeout=2.0).is_success
    except httpx.HTTPError:
        return False


def ready_for_ctrl_c() -> None:
    # A test run in the background of a shell ignores SIGINT, and its children would too.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
