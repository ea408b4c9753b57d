"""The library of fact-checks in the ledger: every revision is kept, the last one is in force."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from tasks.factcheck import FactCheck, Library
from workers.ledger.accept import insert_into
from workers.ledger.database import Ledger, now_ms
from workers.ledger.schema import factchecks, facts

_VERSION = "factchecks_version"


@dataclass(frozen=True, slots=True)
class Revision:
    """A fact-check as it was imported once; times are in ms. A withdrawn one is not in force."""

    check: FactCheck
    revision: int
    imported_at: int
    withdrawn_at: int | None
    withdrawn_reason: str | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import does, by id. `returned` are those of `changed` that were withdrawn before;
    `still_withdrawn` those of `same` that stay so.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    returned: tuple[str, ...]
    still_withdrawn: tuple[str, ...]


def compare(ledger: Ledger, checks: Iterable[FactCheck]) -> Changes:
    """What importing these would do. Raises LedgerAway."""
    with ledger.read() as connection:
        return _changes(_last(connection), checks)


def store(ledger: Ledger, checks: Iterable[FactCheck]) -> Changes:
    """Import all of them or none; the same again changes nothing, not even the version.

    Changed content is a new revision, and in force again if it was withdrawn. Raises LedgerAway.
    """
    by_id = {one.id: one for one in checks}
    with ledger.write() as connection:
        _alone(connection)
        held, now = _last(connection), now_ms()
        changes = _changes(held, by_id.values())
        rows = [
            {
                "id": name,
                "revision": held[name].revision + 1 if name in held else 1,
                "imported_at": now,
                "body": by_id[name].model_dump_json(),
            }
            for name in (*changes.new, *changes.changed)
        ]
        if rows:
            connection.execute(insert(factchecks), rows)
            _renew_version(connection)
    return changes


def withdraw(ledger: Ledger, name: str, reason: str) -> None:
    """Take a fact-check out of the library; its record stays, with the reason.

    Raises ValueError if it is not in force, LedgerAway.
    """
    with ledger.write() as connection:
        _alone(connection)
        held = _last(connection).get(name)
        if held is None or held.withdrawn_at is not None:
            state = "no fact-check" if held is None else "already withdrawn:"
            raise ValueError(f"{state} {name}; `saring factchecks list` names those in force")
        connection.execute(
            update(factchecks)
            .where(factchecks.c.id == name, factchecks.c.revision == held.revision)
            .values(withdrawn_at=now_ms(), withdrawn_reason=reason)
        )
        _renew_version(connection)


def revisions(ledger: Ledger, name: str) -> list[Revision]:
    """Every revision of a fact-check, the first one first; none of an unknown one."""
    wanted = select(factchecks).where(factchecks.c.id == name).order_by(factchecks.c.revision)
    with ledger.read() as connection:
        return [_revision(row) for row in connection.execute(wanted)]


def library_version(ledger: Ledger) -> str:
    """The version of the library in force; reads one row."""
    with ledger.read() as connection:
        return _version(connection)


def library(ledger: Ledger) -> Library:
    """The library in force. Its version is the stored one: code may word the same anew."""
    with ledger.read() as connection:
        version = _version(connection)
        return Library(version=version, checks=Library.of(_in_force(connection)).checks)


def _changes(held: Mapping[str, Revision], checks: Iterable[FactCheck]) -> Changes:
    by_id = {one.id: one for one in checks}
    known = {name: held[name] for name in by_id if name in held}
    changed = tuple(name for name, old in known.items() if old.check != by_id[name])
    same = tuple(name for name in known if name not in set(changed))
    return Changes(
        new=tuple(name for name in by_id if name not in held),
        changed=changed,
        same=same,
        returned=tuple(name for name in changed if known[name].withdrawn_at is not None),
        still_withdrawn=tuple(name for name in same if known[name].withdrawn_at is not None),
    )


def _alone(connection: Connection) -> None:
    """Nobody else imports meanwhile; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE factchecks IN EXCLUSIVE MODE")


def _last_rows() -> Select[tuple[object, ...]]:
    last = select(factchecks.c.id, func.max(factchecks.c.revision).label("revision"))
    of = last.group_by(factchecks.c.id).subquery()
    return select(factchecks).join(
        of, (factchecks.c.id == of.c.id) & (factchecks.c.revision == of.c.revision)
    )


def _last(connection: Connection) -> dict[str, Revision]:
    return {row.id: _revision(row) for row in connection.execute(_last_rows())}


def _in_force(connection: Connection) -> list[FactCheck]:
    return [one.check for one in _last(connection).values() if one.withdrawn_at is None]


def _revision(row: Row[tuple[object, ...]]) -> Revision:
    return Revision(
        FactCheck.model_validate_json(row.body),
        row.revision,
        row.imported_at,
        row.withdrawn_at,
        row.withdrawn_reason,
    )


def _version(connection: Connection) -> str:
    stored = connection.scalar(select(facts.c.value).where(facts.c.name == _VERSION))
    return Library.of(()).version if stored is None else str(stored)


def _renew_version(connection: Connection) -> None:
    version = Library.of(_in_force(connection)).version
    statement = insert_into(connection, facts).values(name=_VERSION, value=version)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[facts.c.name], set_={"value": statement.excluded.value}
        )
    )
