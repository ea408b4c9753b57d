"""Turns: of many that would do the same, one does it."""

from sqlalchemy import delete, insert, select

from workers.ledger.database import Ledger, now_ms
from workers.ledger.schema import facts


def claim_turn(ledger: Ledger, name: str, again_ms: int) -> bool:
    """Whether it is our turn to do the thing of this name; then nobody's for `again_ms`.

    Raises LedgerAway.
    """
    return _set(ledger, name, again_ms, only_if_due=True)


def postpone_turn(ledger: Ledger, name: str, again_ms: int) -> None:
    """Let it be nobody's turn for so long. Raises LedgerAway."""
    _set(ledger, name, again_ms, only_if_due=False)


def _set(ledger: Ledger, name: str, again_ms: int, *, only_if_due: bool) -> bool:
    mine, now = facts.c.name == name, now_ms()
    with ledger.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("LOCK TABLE facts IN SHARE ROW EXCLUSIVE MODE")
        until = connection.scalar(select(facts.c.value).where(mine))
        if only_if_due and until is not None and int(until) > now:
            return False
        connection.execute(delete(facts).where(mine))
        connection.execute(insert(facts), {"name": name, "value": str(now + again_ms)})
        return True
