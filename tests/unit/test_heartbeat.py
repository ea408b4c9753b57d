"""The file by which a part is seen to live, and how it is read."""

import time
from pathlib import Path

import pytest

from workers import heartbeat
from workers.heartbeat import BEAT_SECONDS, Heartbeat, last_beat


class Uptime:
    """In the place of `time`: what the machine's own clock says."""

    def __init__(self) -> None:
        self.seconds = 5_000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def uptime(monkeypatch: pytest.MonkeyPatch) -> Uptime:
    made = Uptime()
    monkeypatch.setattr(heartbeat, "time", made)
    return made


def test_a_beat_grows_old_until_the_next(tmp_path: Path, uptime: Uptime) -> None:
    assert last_beat(tmp_path / "alive", "dispatch") is None
    beating = Heartbeat(tmp_path / "alive" / "dispatch")
    beating.beat()
    uptime.seconds += BEAT_SECONDS / 2
    beating.beat()  # too soon: it costs nothing
    assert last_beat(tmp_path / "alive", "dispatch") == BEAT_SECONDS / 2
    uptime.seconds += BEAT_SECONDS
    beating.beat()
    assert last_beat(tmp_path / "alive", "dispatch") == 0
    beating.end()
    uptime.seconds += BEAT_SECONDS
    beating.beat()
    assert last_beat(tmp_path / "alive", "dispatch") is None


def test_a_beat_counts_in_the_very_moment_it_is_made(tmp_path: Path, uptime: Uptime) -> None:
    uptime.seconds = 5_000.0006
    Heartbeat(tmp_path / "dispatch").beat()
    assert last_beat(tmp_path, "dispatch") == 0


def test_of_several_workers_the_liveliest_counts_and_one_can_be_named(
    tmp_path: Path, uptime: Uptime
) -> None:
    Heartbeat(tmp_path / "worker-1").beat()
    uptime.seconds += 100
    Heartbeat(tmp_path / "worker-12").beat()
    assert last_beat(tmp_path, "worker") == 0
    assert last_beat(tmp_path, "worker-1") == 100
    assert last_beat(tmp_path, "work") is None


def test_a_beat_from_before_the_boot_is_none(tmp_path: Path, uptime: Uptime) -> None:
    Heartbeat(tmp_path / "dispatch").beat()
    uptime.seconds = 60.0
    assert last_beat(tmp_path, "dispatch") is None


def test_a_part_that_cannot_write_goes_on(tmp_path: Path) -> None:
    (tmp_path / "alive").touch()
    Heartbeat(tmp_path / "alive" / "dispatch").beat()
    (tmp_path / "dispatch").touch()
    assert last_beat(tmp_path, "dispatch") is None, "made just now, and still empty"


def test_the_clock_on_the_wall_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Heartbeat(tmp_path / "dispatch").beat()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    age = last_beat(tmp_path, "dispatch")
    assert age is not None
    assert age < 60
