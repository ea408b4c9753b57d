"""`saring doctor` against real servers: what is right is good, what is wrong is named."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.flows import make_it_stand, own_clock
from tests.items import entry
from workers.account_key import LIFE_SECONDS
from workers.doctor import Finding, examine
from workers.doctor.broker import examine_broker, skew
from workers.doctor.examine import examine_parts
from workers.doctor.finding import Level
from workers.doctor.ledger import examine_ledger
from workers.doctor.machine import examine_account_key, examine_files
from workers.ledger import Ledger
from workers.ledger.accept import accept
from workers.ledger.database import now_ms
from workers.ledger.staff import add_staff
from workers.presence import Part
from workers.settings import Settings


def levels(found: Iterator[Finding]) -> dict[str, Level]:
    return {one.check: one.level for one in found}


@pytest.fixture(params=["valkey", "redis_client"])
def broker(request: pytest.FixtureRequest) -> redis.Redis:
    client: redis.Redis = request.getfixturevalue(request.param)
    return client


def test_our_own_broker_is_good(broker: redis.Redis) -> None:
    assert set(levels(examine_broker(broker)).values()) == {"good"}


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("appendonly", "no", "yes"),
        ("appendfsync", "no", "everysec"),
        ("maxmemory-policy", "allkeys-lru", "noeviction"),
    ],
)
def test_a_setting_that_loses_items_is_bad(
    broker: redis.Redis, name: str, wrong: str, right: str
) -> None:
    broker.config_set(name, wrong)
    try:
        (found,) = (one for one in examine_broker(broker) if one.check == f"broker {name}")
        assert (found.level, found.remedy) == ("bad", f"set it to {right}")
    finally:
        broker.config_set(name, right)


def test_keys_of_others_are_seen(broker: redis.Redis) -> None:
    broker.set("saring:begun:1:group", 1)
    assert levels(examine_broker(broker))["broker database"] == "good"
    broker.set("sesi:warga", 1)
    assert levels(examine_broker(broker))["broker database"] == "doubtful"


def test_a_new_ledger_lacks_people_and_fact_checks_and_nothing_else(ledger: Ledger) -> None:
    found = levels(examine_ledger(ledger))
    assert {check for check, level in found.items() if level != "good"} >= {"staff", "fact-checks"}
    # The tests' PostgreSQL runs without fsync, and the doctor sees it.
    bad = {check for check, level in found.items() if level == "bad"}
    assert bad == (set() if ledger.engine.dialect.name == "sqlite" else {"ledger fsync"})
    add_staff(ledger, "sari", "Sari", ["desk"])
    assert levels(examine_ledger(ledger))["staff"] == "good"


def test_an_item_that_waits_for_long_is_seen(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(ledger, [entry(1)])
    assert levels(examine_ledger(ledger))["oldest item"] == "good"
    monkeypatch.setattr("workers.ledger.views.now_ms", lambda: now_ms() + 3_600_000)
    assert levels(examine_ledger(ledger))["oldest item"] == "bad"


def test_a_pipeline_that_stands_is_bad_and_says_of_what(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert levels(examine_ledger(ledger))["pipeline"] == "good"
    make_it_stand(ledger, own_clock(monkeypatch))
    (found,) = (one for one in examine_ledger(ledger) if one.check == "pipeline")
    assert found.level == "bad"
    assert "20 items failed while 0 passed" in found.says
    assert "ValueError" in found.says
    assert "restart the workers" in found.remedy


@pytest.mark.parametrize(("seconds", "level"), [(0, "good"), (-3, "doubtful"), (3600, "bad")])
def test_clocks_are_compared(seconds: float, level: Level) -> None:
    assert skew("clock", time.time() + seconds).level == level


def test_parts_that_are_missing_or_of_other_code_are_named() -> None:
    names = ("intake@a", "dispatch@a", "worker-1@a", "deliver@a")
    missing, other = examine_parts(Part(name, "a", 1, 0.0, "0.0.1") for name in names)
    assert (missing.level, missing.says) == ("bad", "not running: desk")
    assert "0.0.1" in other.says


def test_files_that_others_may_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    (tmp_path / "keys" / "sources.json").touch(mode=0o644)
    tmp_path.chmod(0o700)
    assert levels(examine_files(tmp_path)) == {"private files": "good"}
    tmp_path.chmod(0o755)
    (found,) = examine_files(tmp_path)
    assert found.level == "bad"
    assert "keys/sources.json" in found.says


def test_a_key_that_outlived_its_time_is_bad(tmp_path: Path) -> None:
    key = tmp_path / "account.json"
    assert examine_account_key(key).level == "good"
    key.touch()
    assert examine_account_key(key).level == "good"
    old = time.time() - LIFE_SECONDS - 2 * 86_400
    os.utime(key, (old, old))
    assert examine_account_key(key).level == "bad"


def test_where_nothing_runs_it_says_what_to_start(tmp_path: Path) -> None:
    found = {one.check: one for one in examine(Settings(data_dir=tmp_path))}
    assert found["broker"].level == found["ledger"].level == "bad"
    assert "saring up" in found["ledger"].remedy
