"""The library of pages about procedures: every revision is kept, the last one holds."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Select, func, insert, select

from tasks.procedures import Procedure
from workers.ledger.audit import PROGRAM, append
from workers.ledger.database import Ledger, now_ms
from workers.ledger.decisions import Overtaken, Refused
from workers.ledger.desk_tables import procedures


@dataclass(frozen=True, slots=True)
class ProcedureRevision:
    """A page as somebody saved it once; a withdrawn one is in nobody's answer."""

    procedure: Procedure
    revision: int
    staff: str
    """`staff/...`, or `program` for an import."""
    at_ms: int
    withdrawn: bool


def procedure_library(ledger: Ledger) -> tuple[Procedure, ...]:
    """The pages in force, by id. Raises LedgerAway."""
    return tuple(one.procedure for one in all_procedures(ledger) if not one.withdrawn)


def all_procedures(ledger: Ledger) -> list[ProcedureRevision]:
    """The last revision of every page, by id; withdrawn ones too."""
    with ledger.read() as connection:
        rows = connection.execute(_last().order_by(procedures.c.id))
        return list(map(_revision, rows))


def procedure_history(ledger: Ledger, name: str) -> list[ProcedureRevision]:
    """Every revision of a page, the last one first; none of an unknown one."""
    wanted = select(procedures).where(procedures.c.id == name)
    with ledger.read() as connection:
        rows = connection.execute(wanted.order_by(procedures.c.revision.desc()))
        return list(map(_revision, rows))


def save_procedure(ledger: Ledger, procedure: Procedure, staff: str, seen: int) -> int:
    """Save a page as its next revision, in force again if it was withdrawn; returns its number.

    `seen` is the revision that was changed, 0 for a new page. The same content is no revision.
    Raises Overtaken if there is a later one, Refused if a new page bears the id of another.
    """
    with ledger.write() as connection:
        held = _alone(connection, procedure.id)
        if held is not None and seen == 0:
            raise Refused(f"id: there is a page {procedure.id} already: choose another id")
        _not_overtaken(held, seen)
        if held is not None and held.procedure == procedure and not held.withdrawn:
            return held.revision
        return _write(connection, procedure, staff, held, withdrawn=False)


def withdraw_procedure(ledger: Ledger, name: str, staff: str, seen: int) -> int:
    """Take a page out of the library; its revisions stay. Returns the number of the new one.

    Raises Overtaken if there is a later revision than `seen`, Refused if there is no such page.
    """
    with ledger.write() as connection:
        held = _alone(connection, name)
        if held is None or held.withdrawn:
            raise Refused(f"there is no page {name} in force")
        _not_overtaken(held, seen)
        return _write(connection, held.procedure, staff, held, withdrawn=True)


def import_procedures(ledger: Ledger, pages: Iterable[Procedure]) -> tuple[list[str], list[str]]:
    """Save all of them or none; returns the ids that are new, and those that changed.

    A withdrawn page whose content is the same stays withdrawn. Raises LedgerAway.
    """
    new: list[str] = []
    changed: list[str] = []
    with ledger.write() as connection:
        for one in pages:
            held = _alone(connection, one.id)
            if held is None or held.procedure != one:
                _write(connection, one, PROGRAM, held, withdrawn=False)
                (new if held is None else changed).append(one.id)
    return new, changed


def _write(
    connection: Connection,
    procedure: Procedure,
    staff: str,
    held: ProcedureRevision | None,
    *,
    withdrawn: bool,
) -> int:
    revision = 1 if held is None else held.revision + 1
    connection.execute(
        insert(procedures).values(
            id=procedure.id,
            revision=revision,
            body=procedure.model_dump_json(),
            staff=staff,
            at=now_ms(),
            withdrawn=withdrawn,
        )
    )
    kind = "procedure.withdrawn" if withdrawn else "procedure.saved"
    append(connection, staff, kind, procedure.id, {"revision": revision})
    return revision


def _alone(connection: Connection, name: str) -> ProcedureRevision | None:
    """The last revision of a page, while nobody else writes one; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE procedures IN EXCLUSIVE MODE")
    row = connection.execute(_last().where(procedures.c.id == name)).first()
    return None if row is None else _revision(row)


def _not_overtaken(held: ProcedureRevision | None, seen: int) -> None:
    if seen != (0 if held is None else held.revision):
        raise Overtaken("this page was changed since you opened it: look at it again")


def _last() -> Select[tuple[object, ...]]:
    newest = select(procedures.c.id, func.max(procedures.c.revision).label("revision"))
    of = newest.group_by(procedures.c.id).subquery()
    same = (procedures.c.id == of.c.id) & (procedures.c.revision == of.c.revision)
    return select(procedures).join(of, same)


def _revision(row: Row[tuple[object, ...]]) -> ProcedureRevision:
    return ProcedureRevision(
        procedure=Procedure.model_validate_json(row.body),
        revision=row.revision,
        staff=row.staff,
        at_ms=row.at,
        withdrawn=row.withdrawn,
    )
