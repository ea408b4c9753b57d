"""What decisions and judgements rest on: whether it is still what was seen, and if not, why.

Each holds the SHA-256 of what the person was shown, and so does its entry in the audit log. An
item that differs from it must have been redacted, one that is gone must have been erased, and the
log must say so: all else is a change that nobody answers for.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final, Literal

from sqlalchemy import Table, select

from workers.ledger.audit import Wanted, entries
from workers.ledger.database import Ledger
from workers.ledger.decisions import digest
from workers.ledger.desk_tables import decisions, judgements
from workers.ledger.numbers import ranges
from workers.ledger.schema import publications

Standing = Literal["as_seen", "redacted", "erased", "changed", "gone", "unlogged", "differs"]
"""as_seen: what was seen is what is stored. redacted, erased: it was, and the log says so.
changed, gone: it was, and the log says nothing. unlogged: the log has no entry of the decision.
differs: the log names another digest."""
FAULTS: Final = frozenset({"changed", "gone", "unlogged", "differs"})
REDACTED: Final = "item.redacted"
ERASED: Final = "retention.erased"
_PAGE: Final = 500
_SHOWN: Final = 20
_TABLES: Final[dict[str, Table]] = {"decision": decisions, "judgement": judgements}


@dataclass(frozen=True, slots=True)
class Fault:
    """A decision or a judgement, by its number, whose evidence is not what it should be."""

    what: str
    id: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many decisions and judgements stand how; the first of those that are faults."""

    standings: Counter[Standing]
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        """Whether every one is as seen, or the log says what became of it."""
        return not FAULTS & self.standings.keys()


@dataclass(slots=True)
class _Log:
    """What the audit log says of evidence: 32 bytes a decision, and little else."""

    named: set[tuple[str, int]] = field(default_factory=set)
    seen: dict[tuple[str, int], bytes] = field(default_factory=dict)
    redacted: dict[str, str] = field(default_factory=dict)
    erased: list[tuple[int, int]] = field(default_factory=list)

    def became(self, evidence: str, now: str) -> bool:
        """Whether redactions, one after the other, made this of that."""
        for _ in range(len(self.redacted)):
            if evidence == now or evidence not in self.redacted:
                break
            evidence = self.redacted[evidence]
        return evidence == now

    def was_erased(self, seq: int) -> bool:
        """Whether the item of this number was erased."""
        at = bisect_right(self.erased, seq, key=itemgetter(0))
        return at > 0 and seq <= self.erased[at - 1][1]


def evidence(ledger: Ledger) -> Evidence:
    """Compare every decision and judgement with the log and with what is stored.

    Prove the chain first: this believes the log. Raises LedgerAway.
    """
    log, standings = _read(ledger), Counter[Standing]()
    faults: list[Fault] = []
    for what, table in _TABLES.items():
        for row in _pages(ledger, table):
            standing = _standing(log, what, row)
            standings[standing] += 1
            if standing in FAULTS and len(faults) < _SHOWN:
                faults.append(Fault(what, row.id, standing))
    return Evidence(standings, tuple(faults))


def _read(ledger: Ledger) -> _Log:
    log = _Log()
    for entry in entries(ledger, Wanted()):
        detail = entry.detail
        if entry.kind == REDACTED:
            log.redacted[detail["before"]] = detail["after"]
        elif entry.kind == ERASED:
            log.erased.extend(ranges(detail["items"]))
        else:
            for what in _TABLES.keys() & detail.keys():
                log.named.add((what, detail[what]))
                if "seen" in detail:
                    log.seen[what, detail[what]] = bytes.fromhex(detail["seen"])
    log.erased.sort()
    return log


def _standing(log: _Log, what: str, row: Any) -> Standing:
    if (what, row.id) not in log.named:
        return "unlogged"
    if log.seen.get((what, row.id), row.evidence) != row.evidence:
        return "differs"
    if row.body is None:
        return "erased" if log.was_erased(row.seq) else "gone"
    seen, now = row.evidence.hex(), digest(row.body)
    if seen == now:
        return "as_seen"
    return "redacted" if log.became(seen, now) else "changed"


def _pages(ledger: Ledger, table: Table) -> Iterator[Any]:
    query = (
        select(table.c.id, table.c.seq, table.c.evidence, publications.c.body)
        .join(publications, publications.c.seq == table.c.seq, isouter=True)
        .order_by(table.c.id)
        .limit(_PAGE)
    )
    after = 0
    while True:
        with ledger.read() as connection:
            rows = connection.execute(query.where(table.c.id > after)).all()
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1].id
