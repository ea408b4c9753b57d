"""Proving the audit log: every entry is there, in its place, as it was written.

Each hash is over all fields of its entry and the hash before it (as in Schneier and Kelsey,
Secure Audit Logs, 1999, without their keys). So whoever changes, removes, moves or inserts an entry
breaks the chain at that place, unless they write all that follows anew or cut it off: only an
anchor that is kept elsewhere shows that.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, text

from workers.ledger.audit import START, Anchor, entry_hash
from workers.ledger.database import Ledger

Why = Literal["missing", "unlinked", "altered", "anchor", "cut"]
"""missing: there is no entry of this number. unlinked: it does not name the hash before it.
altered: its fields do not give its hash. anchor: it is not the one of the anchor. cut: the anchor
speaks of entries that are not there any more."""
_PAGE: Final = 2000


class Raw(NamedTuple):
    """An entry as its bytes say, of whatever type they are by now."""

    number: Any
    at: Any
    actor: Any
    kind: Any
    subject: Any
    detail: Any
    previous: Any
    hash: Any


@dataclass(frozen=True, slots=True)
class Verified:
    """The chain holds: how many entries, and the last of them."""

    entries: int
    head: Anchor | None


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry at which the chain breaks, and how."""

    number: int
    why: Why


@dataclass(slots=True)
class Follower:
    """Goes along a chain, one entry after the other, and remembers only the last."""

    number: int = 0
    hash: bytes = START
    anchors: dict[int, str] = field(default_factory=dict)

    def step(self, entry: Raw) -> Broken | None:
        """How the chain breaks at the next entry; None if it holds."""
        number = self.number + 1
        if entry.number != number:
            return Broken(number, "missing")
        if entry.previous != self.hash:
            return Broken(number, "unlinked")
        if _hash(entry) != entry.hash:
            return Broken(number, "altered")
        if self.anchors.get(number, entry.hash.hex()) != entry.hash.hex():
            return Broken(number, "anchor")
        self.number, self.hash = number, entry.hash
        return None

    def end(self) -> Broken | None:
        """What is wrong where there is no further entry; None if nothing is."""
        return (
            Broken(self.number + 1, "cut") if max(self.anchors, default=0) > self.number else None
        )


def follow(follower: Follower, entries: Iterable[Raw]) -> Broken | None:
    """The first break of a chain; None if it holds to its end."""
    for entry in entries:
        broken = follower.step(entry)
        if broken is not None:
            return broken
    return follower.end()


def verify(
    ledger: Ledger,
    start: int = 1,
    anchors: Iterable[Anchor] = (),
    progress: Callable[[int], None] | None = None,
) -> Verified | Broken:
    """Prove the chain from the entry `start` on; the hash before that one is taken as it is.

    Reads page by page, so that a log of any length needs the same memory and stops nobody.
    `progress` is told the number reached. Raises LedgerAway, ValueError for an anchor that lies
    before `start`.
    """
    expected = {anchor.number: anchor.hash for anchor in anchors}
    if min(expected, default=start) < start:
        raise ValueError("--head: this entry lies before the one of --from")
    follower = Follower(anchors=expected)
    if start > 1:
        before = next(_raw(ledger, start - 2), None)
        if before is None or before.number != start - 1:
            return Broken(start - 1, "missing")
        follower.number, follower.hash = start - 1, before.hash
    # From the very first, whatever its number: an entry may have been put before number 1.
    found = _raw(ledger, start - 1 if start > 1 else None, progress)
    broken = follow(follower, found)
    if broken is not None:
        return broken
    last = Anchor(follower.number, follower.hash.hex()) if follower.number else None
    return Verified(follower.number - start + 1, last)


def _raw(
    ledger: Ledger, after: int | None, progress: Callable[[int], None] | None = None
) -> Iterator[Raw]:
    """The entries by number, those over `after`, as bytes: who tampers does not keep to types."""
    while True:
        with ledger.read() as connection:
            rows = connection.execute(_query(connection, after), {"after": after}).all()
        yield from map(Raw._make, rows)
        if len(rows) < _PAGE or not isinstance(rows[-1].number, int):
            return
        after = rows[-1].number
        if progress is not None:
            progress(after)


def _query(connection: Connection, after: int | None) -> Any:
    # SQLite: a byte that is no UTF-8 would be an error of the driver, not a finding.
    sqlite = connection.dialect.name == "sqlite"
    words = ", ".join(
        f"CAST({name} AS BLOB)" if sqlite else f"convert_to({name}, 'UTF8')"
        for name in ("actor", "kind", "subject", "detail")
    )
    where = "" if after is None else "WHERE number > :after"
    return text(
        f"SELECT number, at, {words}, previous, hash FROM audit {where} "  # noqa: S608 - our words
        f"ORDER BY number LIMIT {_PAGE}"
    )


def _hash(entry: Raw) -> bytes | None:
    """The hash that the fields give; None for fields that no entry can have."""
    words = (entry.actor, entry.kind, entry.subject, entry.detail)
    if not isinstance(entry.at, int) or not isinstance(entry.hash, bytes):
        return None
    try:
        actor, kind, subject, detail = (word.decode() for word in words)
        return entry_hash(entry.number, entry.at, actor, kind, subject, detail, entry.previous)
    except (AttributeError, UnicodeDecodeError):
        return None
