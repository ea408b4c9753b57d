"""What a clock that jumped left behind: times that saring never sets, found and put right.

Items and leases carry times of whichever machine wrote them. Set back by an hour, its clock calls
due in an hour what is due now.
"""

from typing import Final

from sqlalchemy import ColumnElement, Connection, or_, select, update

from workers.ledger.database import Ledger, now_ms
from workers.ledger.leases import FAR_MS, ready_sources
from workers.ledger.schema import items

AT_ONCE: Final = 0
"""A `due_at` that is past whatever the clock says."""
LONG_ENDED_MS: Final = 5 * 60_000
"""No dispatcher leaves a lease that ended for so long, unless it was away itself."""
_SKEW_MS: Final = 2_000
"""What the clocks of two machines may differ by: it is soon over."""
_CHUNK: Final = 1000


def straighten(ledger: Ledger) -> int:
    """Make due at once what only a clock that jumped holds back; returns how many items.

    That is what nobody ever put off (its `due_at` is when it was accepted) and still lies ahead,
    and what lies further ahead than saring puts anything off. What lies ahead for a reason stays,
    if the jump was not too small to tell: it comes within FAR_MS. Raises LedgerAway.
    """
    now = now_ms()
    with ledger.read() as connection:
        found = [
            seq for source in ready_sources(connection) for seq in _ahead(connection, source, now)
        ]
    for start in range(0, len(found), _CHUNK):
        some = items.c.seq.in_(found[start : start + _CHUNK])
        # Those that a dispatcher is claiming just now are past over: they are on their way.
        free = select(items.c.seq).where(some, *_held_back(now)).with_for_update(skip_locked=True)
        with ledger.write() as connection:
            connection.execute(update(items).where(items.c.seq.in_(free)).values(due_at=AT_ONCE))
    return len(found)


def astray(ledger: Ledger) -> set[str]:
    """Batches whose lease is one of another clock: it ended long ago, or ends too far ahead.

    Their end says nothing of how long they have been away. A lease that ends at AT_ONCE was ended
    on purpose. Raises LedgerAway.
    """
    now, until = now_ms(), items.c.lease_until
    strange = until.between(AT_ONCE + 1, now - LONG_ENDED_MS) | (until > now + FAR_MS)
    with ledger.read() as connection:
        query = select(items.c.batch_id).where(items.c.state == "leased", strange).distinct()
        return set(connection.scalars(query))


def _ahead(connection: Connection, source: str, now: int) -> list[int]:
    query = select(items.c.seq).where(items.c.source == source, *_held_back(now))
    return list(connection.scalars(query))


def _held_back(now: int) -> list[ColumnElement[bool]]:
    never_put_off = items.c.due_at == items.c.accepted_at
    return [
        items.c.state == "ready",
        items.c.due_at > now + _SKEW_MS,
        or_(never_put_off, items.c.due_at > now + FAR_MS),
    ]
