"""No log line holds a text, not even when something breaks in the middle of one."""

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from sqlalchemy.exc import IntegrityError

from tasks.models import Content
from workers.entry import Entry
from workers.ledger import open_ledger
from workers.ledger.accept import accept
from workers.logs import configure_logs

SECRET = "rahasia-kucing-belang"


def break_in_the_middle_of_a_text(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'l.sqlite3'}")
    ledger.migrate()
    content = Content(
        source="a",
        id="1",
        kind="post",
        text=SECRET,
        published_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    with ledger.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER broken BEFORE INSERT ON items BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    accept(ledger, [Entry(content, b"", None)])


@pytest.mark.parametrize("terminal", [True, False])
def test_a_traceback_shows_where_and_never_what(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    terminal: bool,
) -> None:
    handlers, level = logging.root.handlers[:], logging.root.level
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    configure_logs("ERROR")
    try:
        with pytest.raises(IntegrityError) as caught:
            break_in_the_middle_of_a_text(tmp_path)
        structlog.get_logger().error("broken", exc_info=caught.value)
        logging.getLogger("other").error("broken too", exc_info=caught.value)
    finally:
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
    logged = capfd.readouterr().err
    assert "IntegrityError" in logged
    assert "accept.py" in logged
    assert SECRET not in logged
    if not terminal:
        assert [json.loads(line)["level"] for line in logged.splitlines()] == ["error", "error"]


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="LOUD"):
        configure_logs("loud")
