"""Who waits for the broker or the ledger is alive and not ready; who hangs is not alive."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.running import SARING, clean_environment
from workers.broker import EmbeddedBroker, answers, connect, prepare_broker
from workers.heartbeat import last_beat
from workers.ledger import open_ledger
from workers.presence import parts

AWAY_SECONDS: Final = 40.0
PARTS: Final = ("dispatch", "worker")


@dataclass(slots=True)
class Place:
    """A folder with parts, and a broker that can be killed."""

    folder: Path
    environment: dict[str, str]
    broker: EmbeddedBroker
    until: Callable[..., None]
    server: subprocess.Popen[bytes] | None = None

    def serve(self) -> None:
        """Start the broker, again."""
        self.server = subprocess.Popen(self.broker.command, stdout=subprocess.DEVNULL)
        self.until(lambda: answers(self.broker.url), "the broker answers")

    def kill(self) -> None:
        """As a crash does."""
        if self.server is not None:
            self.server.kill()
            self.server.wait()

    @contextmanager
    def part(self, name: str) -> Iterator[subprocess.Popen[bytes]]:
        """One part as a process."""
        process = subprocess.Popen([*SARING, name], env=self.environment)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait(60)

    def all_present(self) -> bool:
        """Whether the parts announce themselves: cheaper than the probe."""
        with connect(self.broker.url) as client:
            found = {part.name.partition("@")[0] for part in parts(client)}
        return found >= {*PARTS}

    def all_beat(self) -> bool:
        """What `saring alive` looks at."""
        ages = [last_beat(self.folder / "alive", name) for name in PARTS]
        return all(age is not None and age < 30 for age in ages)

    def says(self, *words: str) -> bool:
        """Whether the probe passes."""
        ended = subprocess.run(
            [*SARING, *words], env=self.environment, capture_output=True, check=False
        )
        return ended.returncode == 0


@pytest.fixture
def place(tmp_path: Path, until: Callable[..., None]) -> Iterator[Place]:
    broker = prepare_broker(tmp_path / "broker")
    environment = clean_environment(
        SARING_DATA_DIR=str(tmp_path),
        SARING_BROKER_URL=broker.url,
        SARING_LEDGER_URL=f"sqlite:///{tmp_path / 'ledger.sqlite3'}",
    )
    ledger = open_ledger(environment["SARING_LEDGER_URL"])
    ledger.migrate()
    ledger.engine.dispose()
    made = Place(tmp_path, environment, broker, until)
    made.serve()
    yield made
    made.kill()


@pytest.mark.timeout(600)
def test_parts_outlive_a_broker_that_is_away_and_are_ready_after_it(
    place: Place, until: Callable[..., None]
) -> None:
    assert not any(place.says("alive", name) for name in PARTS)
    with ExitStack() as stack:
        started = [stack.enter_context(place.part(name)) for name in PARTS]
        until(place.all_present, "all are there", 120)
        assert all(place.says("ready", name) and place.says("alive", name) for name in PARTS)

        place.kill()
        over = time.monotonic() + AWAY_SECONDS
        assert not any(place.says("ready", name) for name in PARTS)
        until(lambda: time.monotonic() > over or not place.all_beat(), "it was away", 60)
        assert all(place.says("alive", name) for name in PARTS)
        place.serve()
        until(place.all_present, "all are there again", 60)
        assert all(place.says("ready", name) and place.says("alive", name) for name in PARTS)
        assert [part.poll() for part in started] == [None, None], "none was started again"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", [*PARTS, "deliver"])
def test_who_hangs_is_not_alive_and_who_goes_on_is(
    name: str, place: Place, until: Callable[..., None]
) -> None:
    with place.part(name) as process:
        until(lambda: place.says("alive", name), f"{name} is alive", 120)
        process.send_signal(signal.SIGSTOP)
        until(lambda: not place.says("alive", name, "--within", "8"), f"{name} hangs", 60)
        process.send_signal(signal.SIGCONT)
        until(lambda: place.says("alive", name, "--within", "8"), f"{name} goes on", 60)
    assert not place.says("alive", name), "it stopped by itself"
