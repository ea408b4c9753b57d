"""`saring audit` and `saring retention`, as they are typed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import typer
from sqlalchemy import text, update
from typer.testing import CliRunner, Result

from tests.desks import Said, publish
from workers.adapters.valkey_announcer import STREAM
from workers.cli import audit, retention
from workers.ledger import Ledger, open_ledger
from workers.ledger.audit import append, head
from workers.ledger.decisions import decide
from workers.ledger.published import published
from workers.ledger.schema import items
from workers.run import NotRunning
from workers.settings import load_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings of this test alone."""
    monkeypatch.setenv("SARING_DATA_DIR", str(tmp_path))
    for name in ("SARING_LEDGER_URL", "SARING_BROKER_URL", "SARING_RETENTION_DAYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SARING_LANGUAGE", "en")
    load_settings.cache_clear()
    yield tmp_path
    load_settings.cache_clear()


@pytest.fixture
def here(folder: Path) -> Ledger:
    """The ledger that the commands find, with an item that was decided on."""
    ledger = open_ledger(f"sqlite:///{folder / 'ledger.sqlite3'}")
    ledger.migrate()
    publish(ledger, Said("complaint"), Said("question", narrative="n-2"))
    one = published(ledger, "pantau", "no-1")
    assert one is not None
    decide(ledger, one.seq, "handled", "staff/ab12", one.seen)
    return ledger


def call(*arguments: str) -> Result:
    app = typer.Typer()
    audit.add_to(app)
    retention.add_to(app)
    return CliRunner().invoke(app, list(arguments))


def old(ledger: Ledger, item: str = "no-1") -> None:
    with ledger.write() as connection:
        connection.execute(update(items).where(items.c.id == item).values(accepted_at=0))


def test_a_whole_log_is_proved(here: Ledger) -> None:
    kept = call("audit", "head").stdout.strip()
    assert kept == str(head(here))
    done = call("audit", "verify", "--head", kept, "--evidence")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (
        0,
        f"It holds: 1 entries. Anchor: {kept}",
    )
    assert "1  what was seen is what is stored" in done.stdout
    as_json = json.loads(call("audit", "verify", "--json", "--evidence").stdout)
    assert as_json["holds"] is True
    assert as_json["evidence"] == {"sound": True, "as_seen": 1, "faults": []}


def test_a_broken_log_is_named_in_a_sentence(here: Ledger) -> None:
    with here.write() as connection:
        append(connection, "program", "retention.run", "items")
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET actor = 'staff/cd34' WHERE number = 1"))
    done = call("audit", "verify", "--evidence")
    assert done.exit_code == 1
    assert done.stdout == "BROKEN at entry 1: its fields do not give its hash.\n"
    assert json.loads(call("audit", "verify", "--json").stdout) == {
        "holds": False,
        "number": 1,
        "why": "altered",
    }
    assert call("audit", "verify", "--from", "2").exit_code == 0


def test_evidence_that_was_changed_is_a_failure(here: Ledger) -> None:
    with here.write() as connection:
        connection.execute(text("UPDATE publications SET body = replace(body, 'surat', 'akta')"))
    done = call("audit", "verify", "--evidence")
    assert done.exit_code == 1
    assert "decision 1: CHANGED since, and the log says nothing" in done.stdout


def test_an_anchor_that_is_none_is_refused(here: Ledger) -> None:
    for said in ("1", "x:00", "1:00", "1:zz"):
        assert str(call("audit", "verify", "--head", said).exception).startswith("--head: give")


def test_an_empty_log_has_no_anchor(folder: Path) -> None:
    open_ledger(f"sqlite:///{folder / 'ledger.sqlite3'}").migrate()
    assert isinstance(call("audit", "head").exception, ValueError)
    assert call("audit", "verify").stdout == "It holds: 0 entries. Anchor: none yet\n"


def test_entries_are_shown_as_lines_or_json(here: Ledger) -> None:
    (line,) = call("audit", "show", "--kind", "decision", "--since", "1h").stdout.splitlines()
    assert line.startswith("1  ")
    assert "staff/ab12  decision.handled  pantau/no-1  decision=1 desk=service" in line
    (entry,) = call("audit", "show", "--jsonl").stdout.splitlines()
    assert json.loads(entry)["kind"] == "decision.handled"
    assert call("audit", "show", "--actor", "program").stdout == ""
    assert call("audit", "show", "--subject", "pantau/no-2").stdout == ""


def test_a_dry_run_says_what_would_go_and_touches_nothing(here: Ledger) -> None:
    old(here)
    done = call("retention", "run", "--dry-run")
    assert "       1  items: published" in done.stdout
    assert published(here, "pantau", "no-1") is not None


def test_a_run_erases_and_proves_it(
    here: Ledger, valkey: redis.Redis, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARING_BROKER_URL", valkey_url)
    load_settings.cache_clear()
    valkey.xadd(STREAM, {"desk": "x", "event": "{}"}, id="1-0")
    old(here)
    done = call("retention", "run")
    assert done.exit_code == 0, done.stdout
    assert "1 items that came before" in done.stdout
    assert "0 texts of the index, 1 events of the stream" in done.stdout
    assert "Proved: no row and no text in the files is left." in done.stdout
    assert published(here, "pantau", "no-1") is None
    assert call("retention", "prove").exit_code == 0
    assert "erased since, and the log says so" in call("audit", "verify", "--evidence").stdout
    again = json.loads(call("retention", "run", "--json").stdout)
    assert (again["items"], again["proof"]["texts"]) == (0, 0)


def test_without_a_broker_a_run_wants_to_be_told_so(here: Ledger) -> None:
    assert isinstance(call("retention", "run").exception, NotRunning)
    done = call("retention", "run", "--without-broker")
    assert "The broker was not touched" in done.stdout


def test_what_is_left_is_said_and_a_failure(here: Ledger) -> None:
    old(here)
    done = call("retention", "prove")
    assert done.exit_code == 1
    assert "Left: 1 items past their time" in done.stdout


def test_another_period_is_a_setting(here: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    old(here)
    monkeypatch.setenv("SARING_RETENTION_DAYS", "40000")
    load_settings.cache_clear()
    assert "items: published" not in call("retention", "run", "--dry-run").stdout
