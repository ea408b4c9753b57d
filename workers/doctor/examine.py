"""All checks, in the order in which one would look."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import redis
from sqlalchemy.exc import SQLAlchemyError

from tasks.publish import CODE_VERSION
from tasks.stage import Unavailable
from workers import presence
from workers.broker import connect
from workers.doctor.broker import examine_broker
from workers.doctor.finding import Finding, good
from workers.doctor.ledger import examine_ledger, ledger_file
from workers.doctor.machine import (
    examine_account_key,
    examine_disk,
    examine_files,
    examine_overcommit,
)
from workers.ledger import open_ledger
from workers.run import NotRunning, broker_url, ledger_url, read_run
from workers.settings import Settings

NEEDED = ("intake", "dispatch", "worker", "deliver", "desk")
"""Parts without which something waits. `intake@host` is one named intake."""


def examine(settings: Settings) -> Iterator[Finding]:
    """What each check finds. A part that is away is a finding, not an error."""
    yield from _examined("broker", lambda: _broker(settings))
    yield from _examined("ledger", lambda: _ledger(settings))
    if settings.data_dir.exists():
        yield examine_disk("disk of the data", settings.data_dir)
        yield from examine_files(settings.data_dir)
        yield examine_account_key(settings.data_dir / "keys" / "account.json")


def _broker(settings: Settings) -> Iterator[Finding]:
    with connect(broker_url(settings)) as client:
        yield from examine_broker(client)
        yield from examine_parts(presence.parts(client))
        restarted = sum(presence.restarts(client).values())
        if restarted:
            yield Finding(
                "restarts", "doubtful", f"parts were restarted {restarted} times", "see their logs"
            )
    if settings.broker_url is None and read_run(settings.data_dir) is not None:
        yield examine_overcommit()


def _ledger(settings: Settings) -> Iterator[Finding]:
    ledger = open_ledger(ledger_url(settings))
    try:
        file = ledger_file(ledger)
        if file is not None and not file.exists():
            yield Finding("ledger", "bad", "there is none yet", "start `saring up`")
            return
        yield from examine_ledger(ledger)
        if file is not None and file.parent.resolve() != settings.data_dir.resolve():
            yield examine_disk("disk of the ledger", file.parent)
    finally:
        ledger.engine.dispose()


def examine_parts(running: Iterable[presence.Part]) -> Iterator[Finding]:
    """Whether all that is needed runs, and all of it the same code."""
    found = list(running)
    kinds = Counter(part.name.partition("@")[0].partition("-")[0] for part in found)
    missing = [kind for kind in NEEDED if not kinds[kind]]
    if missing:
        yield Finding(
            "parts", "bad", f"not running: {', '.join(missing)}", "start `saring up`, or that part"
        )
    else:
        yield good("parts", ", ".join(f"{number} {kind}" for kind, number in kinds.items()))
    others = sorted({part.version for part in found} - {CODE_VERSION, ""})
    if others:
        yield Finding(
            "versions",
            "doubtful",
            f"parts of {', '.join(others)} beside this {CODE_VERSION}",
            "finish the upgrade: consumers first",
        )
    else:
        yield good("versions", f"all of {CODE_VERSION}")


def _examined(name: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except (Unavailable, NotRunning) as error:
        yield Finding(name, "bad", str(error), "start it, or see its log")
    except (redis.RedisError, SQLAlchemyError) as error:
        yield Finding(name, "bad", f"does not answer ({type(error).__name__})", "see its log")
