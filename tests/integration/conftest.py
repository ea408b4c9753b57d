"""Single parts of saring as processes, against real servers."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from workers.broker import free_port

StartIntake = Callable[..., Any]


def clean_environment(**settings: str) -> dict[str, str]:
    """This environment without saring's settings, and with these."""
    inherited = {name: value for name, value in os.environ.items() if "SARING" not in name}
    return {**inherited, **settings}


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
            **settings,
        )
        url = f"http://127.0.0.1:{port}"
        process = subprocess.Popen([sys.executable, "-m", "workers.cli", "intake"], env=environment)
        try:
            until(lambda: process.poll() is not None or _answers(url), "the intake answers")
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) in (0, -signal.SIGTERM)

    return start


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=2.0).is_success
    except httpx.HTTPError:
        return False
