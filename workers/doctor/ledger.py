"""The ledger: does it answer, keep what it is given, and know this code?"""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select

from workers.doctor.broker import skew
from workers.doctor.finding import Finding, good, graded
from workers.ledger import Ledger, views
from workers.ledger.deliveries import waiting
from workers.ledger.desk_tables import staff
from workers.ledger.factchecks import library
from workers.ledger.flow import REMEDY, stopped

_SQLITE_WANTED = {"journal_mode": "wal", "foreign_keys": "1"}
_POSTGRESQL_WANTED = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def examine_ledger(ledger: Ledger) -> Iterator[Finding]:
    """Raises LedgerAway when it does not answer."""
    if ledger.behind():
        yield Finding("ledger schema", "bad", "older than this code", "run `saring migrate`")
        return
    yield good("ledger schema", "as this code knows it")
    yield from _kept(ledger)
    yield _flow(ledger)
    yield from _work(ledger)
    checks = len(library(ledger).checks)
    if checks:
        yield good("fact-checks", f"{checks} in force")
    else:
        yield Finding(
            "fact-checks", "doubtful", "none: no hoax is known", "run `saring factchecks import`"
        )
    with ledger.read() as connection:
        people = connection.scalar(
            select(func.count()).select_from(staff).where(staff.c.disabled_at.is_(None))
        )
    if people:
        yield good("staff", f"{people} may log in at the desk")
    else:
        yield Finding(
            "staff", "doubtful", "nobody can log in at the desk", "run `saring staff add`"
        )


def ledger_file(ledger: Ledger) -> Path | None:
    """The file of an SQLite ledger; None for a server."""
    url = ledger.engine.url
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _kept(ledger: Ledger) -> Iterator[Finding]:
    sqlite = ledger.engine.dialect.name == "sqlite"
    with ledger.read() as connection:
        if not sqlite:
            clock = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())")
            theirs = float(clock.scalar_one())
            yield skew("clock of the ledger", theirs)
        for name, wanted in (_SQLITE_WANTED if sqlite else _POSTGRESQL_WANTED).items():
            asked = f"PRAGMA {name}" if sqlite else f"SHOW {name}"
            held = str(connection.exec_driver_sql(asked).scalar())
            if held == wanted:
                yield good(f"ledger {name}", held)
            else:
                yield Finding(
                    f"ledger {name}", "bad", f"{held}: a 202 may be lost", f"set it to {wanted}"
                )


def _flow(ledger: Ledger) -> Finding:
    found = stopped(ledger)
    if found is None:
        return good("pipeline", "runs")
    return Finding("pipeline", "bad", f"stopped {found.says()}", REMEDY)


def _work(ledger: Ledger) -> Iterator[Finding]:
    oldest = views.oldest_waiting_seconds(ledger)
    if oldest is None:
        yield good("oldest item", "nothing waits")
    else:
        level = graded(oldest, 300, 1800)
        remedy = "" if level == "good" else "see whether dispatcher and workers run; add workers"
        yield Finding("oldest item", level, f"waits for {oldest:.0f} s", remedy)
    held = views.counts(ledger)["quarantined"]
    if held:
        yield Finding("quarantine", "doubtful", f"{held} items", "look at `saring quarantine list`")
    else:
        yield good("quarantine", "empty")
    for name, one in waiting(ledger).items():
        if one.parked:
            yield Finding(
                f"webhooks to {name}",
                "doubtful",
                f"{one.parked} given up",
                f"mend the receiver, then `saring subscribers resend {name}`",
            )
