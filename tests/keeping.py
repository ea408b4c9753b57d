"""The ledger against a simple model: a state machine, which knows nothing of SQL."""

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import delete, select

from tasks.models import Batch
from tasks.stage import ItemError, Unavailable
from tests.clocks import HOUR, MINUTE, Clock
from tests.items import entry, finished
from workers.ledger import Ledger, clocks, leases, quarantine, release
from workers.ledger.accept import accept
from workers.ledger.desk_tables import queue
from workers.ledger.schema import ItemState, items, outbox, publications
from workers.retry import Lost

LEASE: Final = 60.0
SOURCES: Final = ("kanal", "pantau", "warta")
TEXTS: Final = ("air keruh sejak pagi", "lampu jalan padam")
OPEN: Final = ("ready", "leased")
Failure = Literal["item", "away", "lost", "other"]
FAILURES: Final[dict[Failure, Exception]] = {
    "item": ItemError("tidak ada isi"),
    "away": Unavailable("away"),
    "lost": Lost("died"),
    "other": RuntimeError(),
}
NUMBER: Final = st.integers(0, 999)
"""Which of those there are, counted round."""
PUSHED: Final = st.tuples(
    st.sampled_from(SOURCES), st.integers(0, 9), st.sampled_from([*[TEXTS[0]] * 4, TEXTS[1]])
)


@dataclass(slots=True)
class Known:
    """What the model holds of an item."""

    ref: str
    text: str
    due: int
    accepted: int
    state: ItemState = "ready"
    attempts: int = 0
    deferrals: int = 0
    batch: str | None = None
    until: int | None = None
    finished: int | None = None
    announce: int | None = None
    dropped: bool = False

    @property
    def source(self) -> str:
        return self.ref.partition("/")[0]

    def goes(self, state: ItemState, due: int | None = None) -> None:
        """It is with no batch any more."""
        self.state, self.batch, self.until = state, None, None
        self.due = self.due if due is None else due

    def fails(self, failure: Failure, now: int) -> None:
        """The table of what becomes of a failure, said once more."""
        if failure == "item" or (failure in ("lost", "other") and self.attempts == 4):
            self.goes("quarantined")
            self.finished = now
        elif failure == "away":
            self.goes("ready", now + 1000 * min(300, 2**self.deferrals))
            self.deferrals += 1
        else:
            self.goes("ready", now + (1000 * 2**self.attempts if self.attempts else 0))
            self.attempts += 1


class Keeping(RuleBasedStateMachine):
    """Upstreams, dispatchers, workers and an operator, on one ledger."""

    ledger: ClassVar[Ledger]
    clock: ClassVar[Clock]
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        with self.ledger.write() as connection:
            for table in (queue, outbox, publications, items):
                connection.execute(delete(table))
        self.known: dict[int, Known] = {}
        self.batches: list[Batch] = []

    @initialize(pushed=st.lists(PUSHED, min_size=6, max_size=12))
    def begins(self, pushed: list[tuple[str, int, str]]) -> None:
        self.is_pushed(pushed)

    @rule(pushed=st.lists(PUSHED, min_size=1, max_size=12))
    def is_pushed(self, pushed: list[tuple[str, int, str]]) -> None:
        texts = {one.ref: one.text for one in self.known.values()}
        expected: list[tuple[str, str]] = []
        for source, number, text in pushed:
            ref = f"{source}/no-{number}"
            held = texts.setdefault(ref, text) if ref in texts else None
            status = "accepted" if held is None else "already_known" if held == text else "conflict"
            texts.setdefault(ref, text)
            expected.append((ref, status))
        receipts = accept(
            self.ledger, [entry(number, source, text) for source, number, text in pushed]
        )
        assert [(one.ref, one.status) for one in receipts] == expected
        numbers = self._numbers()
        new = [ref for ref, status in expected if status == "accepted"]
        assert sorted(numbers[ref] for ref in new) == [numbers[ref] for ref in new], "as they came"
        now = self.clock.now
        self.known |= {numbers[ref]: Known(ref, texts[ref], now, now) for ref in new}

    @rule(batches=st.integers(1, 4), size=st.sampled_from([1, 2, 5, 64]))
    def claims(self, batches: int, size: int) -> None:
        now = self.clock.now
        due = {
            seq: one for seq, one in self.known.items() if one.state == "ready" and one.due <= now
        }
        found = leases.claim(self.ledger, batches, size, LEASE)
        taken = [item.seq for batch in found for item in batch.items]
        assert len(taken) == len(set(taken)), "no item is in two batches"
        assert set(taken) <= due.keys(), "what is claimed was ready and due"
        assert (len(found) > 0) == (len(due) > 0), "something goes on if anything is due"
        assert len(found) <= batches
        for batch in found:
            tries = {due[item.seq].attempts for item in batch.items}
            assert tries == {batch.attempt - 1}
            assert len(batch.items) <= (size if batch.attempt == 1 else 1), "who failed goes alone"
        self._oldest_first(set(taken), due)
        self._in_turn(set(taken), due, batches, size)
        for batch in found:
            for item in batch.items:
                one = due[item.seq]
                assert (item.ref, item.content.text) == (one.ref, f"{one.text} {one.ref[-1]}")
                one.state, one.batch, one.until = "leased", batch.id, now + int(LEASE * 1000)
        self.batches += found
        self.seen["claimed"] += len(taken)

    @rule(which=NUMBER, some=st.sets(NUMBER, max_size=3), failure=st.sampled_from([*FAILURES]))
    def gives_back(self, which: int, some: set[int], failure: Failure) -> None:
        """Of the latest batches or of one long forgotten."""
        batch = self._batch(which)
        if batch is None:
            return
        seqs = [item.seq for at, item in enumerate(batch.items) if not some or at in some]
        settled = leases.give_back(
            self.ledger, batch.id, [(seq, FAILURES[failure]) for seq in seqs]
        )
        held = [self.known[seq] for seq in seqs if self.known[seq].batch == batch.id]
        for one in held:
            one.fails(failure, self.clock.now)
        lost = sum(one.state == "quarantined" for one in held)
        assert (settled.again, settled.quarantined) == (len(held) - lost, lost)
        self.seen["late"] += len(seqs) - len(held)

    @rule(which=NUMBER)
    def cannot_be_read(self, which: int) -> None:
        """Nor can that: it goes to quarantine at once."""
        self.claims(2, 2)
        self.gives_back(4 * which + 1, set(), "item")

    @rule(which=NUMBER)
    def fails_to_the_end(self, which: int) -> None:
        """What rarely comes about by chance: one item that nobody can process."""
        for _ in range(5):
            self.clock.now += MINUTE
            self.claims(4, 1)
            self.gives_back(which, set(), "other")

    @rule(which=NUMBER, copies=st.sets(st.integers(0, 4), max_size=2), twice=st.booleans())
    def publishes(self, which: int, copies: set[int], twice: bool) -> None:
        """A worker publishes, perhaps after its lease, perhaps what another has published."""
        batch = self._batch(which)
        if batch is None:
            return
        done = [
            finished(item, "pantau/no-99" if at in copies else None)
            for at, item in enumerate(batch.items)
        ]
        new = release.record(self.ledger, done)
        open_ones = {item.seq for item in batch.items if self.known[item.seq].state in OPEN}
        assert new.keys() == open_ones
        for at, item in enumerate(batch.items):
            if item.seq in new:
                one = self.known[item.seq]
                one.goes("duplicate" if at in copies else "published")
                one.finished, one.announce = self.clock.now, self.clock.now + release.GRACE_MS
        if twice:
            assert release.record(self.ledger, done) == {}
        self.seen["published"] += len(new)

    @rule(which=NUMBER)
    def could_not_send(self, which: int) -> None:
        batch = self._batch(which)
        if batch is None:
            return
        leases.release(self.ledger, [batch])
        for one in self.known.values():
            if one.batch == batch.id:
                one.goes("ready")

    @rule(failure=st.sampled_from(["lost", "away"]), later=st.booleans())
    def takes_back(self, failure: Failure, later: bool) -> None:
        """As the dispatcher does with what is overdue."""
        if later:
            self.clock.now += int(LEASE * 1000) + 1
        now, late = self.clock.now, leases.overdue(self.ledger)
        expected = {
            seq: one
            for seq, one in self.known.items()
            if one.until is not None and not now <= one.until <= now + leases.FAR_MS
        }
        assert {seq: batch for batch, seqs in late.items() for seq in seqs} == {
            seq: one.batch for seq, one in expected.items()
        }
        for batch, seqs in late.items():
            leases.give_back(self.ledger, batch, [(seq, FAILURES[failure]) for seq in seqs])
        for one in expected.values():
            one.fails(failure, now)
        self.seen["overdue"] += len(expected)

    @rule(ms=st.sampled_from([1, 900, 5_000, MINUTE, 2 * MINUTE, HOUR, -HOUR]))
    def time_passes(self, ms: int) -> None:
        """Or somebody sets the clock back."""
        self.clock.now += ms
        now, mended = self.clock.now, clocks.straighten(self.ledger)
        held = [
            one
            for one in self.known.values()
            if one.state == "ready"
            and one.due > now + 2_000
            and (one.due == one.accepted or one.due > now + leases.FAR_MS)
        ]
        assert mended == len(held)
        for one in held:
            one.due = clocks.AT_ONCE
        self.seen["mended"] += mended

    @rule(source=st.sampled_from([None, None, *SOURCES]), rate=st.sampled_from([0.5, 10.0]))
    def is_replayed(self, source: str | None, rate: float) -> None:
        waiting = self._quarantined(source)
        refs = quarantine.replay(
            self.ledger, quarantine.Choice(source=source), "sudah diperbaiki", rate
        )
        assert refs == [one.ref for one in waiting]
        for place, one in enumerate(waiting):
            one.goes("ready", self.clock.now + int(place * 1000 / rate))
            one.attempts = one.deferrals = 0
            one.finished = None
        self.seen["replayed"] += len(refs)

    @rule(which=NUMBER)
    def is_given_up(self, which: int) -> None:
        waiting = self._quarantined(None)
        if not waiting:
            return
        one = waiting[which % len(waiting)]
        choice = quarantine.Choice(refs=[one.ref])
        assert quarantine.drop(self.ledger, choice, "kiriman rusak") == [one.ref]
        one.dropped = True
        self.seen["dropped"] += 1

    @rule(later=st.booleans(), forget=st.booleans())
    def announces(self, later: bool, forget: bool) -> None:
        """The dispatcher announces what is overdue; it may die before it can say so."""
        if later:
            self.clock.now += release.GRACE_MS
        found = release.unannounced(self.ledger)
        now = self.clock.now
        expected = {
            seq
            for seq, one in self.known.items()
            if one.announce is not None and not now < one.announce <= now + MINUTE
        }
        assert found.keys() == expected
        if not forget:
            release.announced(self.ledger, found)
            for seq in found:
                self.known[seq].announce = None
        self.seen["announced"] += len(found)

    @invariant()
    def the_ledger_is_as_the_model_says(self) -> None:
        """Each item is in one state, with one live lease at most, published once or not."""
        with self.ledger.read() as connection:
            rows = {row.seq: row for row in connection.execute(select(items))}
            published = set(connection.scalars(select(publications.c.seq)))
            waits = {row.seq: row.due_at for row in connection.execute(select(outbox))}
        assert rows.keys() == self.known.keys()
        for seq, one in self.known.items():
            row = rows[seq]
            assert (row.state, row.attempts, row.deferrals) == (
                one.state,
                one.attempts,
                one.deferrals,
            ), one
            assert (row.batch_id, row.lease_until) == (one.batch, one.until), one
            assert (row.accepted_at, row.finished_at) == (one.accepted, one.finished), one
            assert one.state != "ready" or row.due_at == one.due, one
            assert (row.content == "", row.dropped_at is not None) == (one.dropped, one.dropped)
        ended = {seq for seq, one in self.known.items() if one.state in ("published", "duplicate")}
        assert published == ended
        assert waits == {
            seq: one.announce for seq, one in self.known.items() if one.announce is not None
        }

    def _oldest_first(self, taken: set[int], due: dict[int, Known]) -> None:
        """Of those of a source that never failed, and of those that did, the first were taken."""
        for source in SOURCES:
            for failed in (False, True):
                line = [seq for seq, one in due.items() if one.source == source]
                line = [seq for seq in line if (due[seq].attempts > 0) == failed]
                line.sort(key=lambda seq: (due[seq].due, seq))
                assert {*line[: len(taken & set(line))]} == taken & set(line)

    def _in_turn(self, taken: set[int], due: dict[int, Known], batches: int, size: int) -> None:
        failed = {seq for seq, one in due.items() if one.attempts > 0}
        assert len(taken & failed) <= max(1, batches // 2), "the healthy have half of the room"
        if failed:
            return  # they take turns too
        assert len(taken) == min(len(due), batches * size), "no room is left"
        counts = Counter(due[seq].source for seq in taken)
        for source in {due[seq].source for seq in due.keys() - taken}:
            assert counts[source] + 1 >= max(counts.values()), "who has some left had its turns"

    def _batch(self, which: int) -> Batch | None:
        """Mostly one of the last; where there is none, somebody claims first."""
        if not self.batches:
            self.claims(4, 5)
        if not self.batches:
            return None
        few = self.batches[-3:] if which % 4 else self.batches
        return few[which % len(few)]

    def _quarantined(self, source: str | None) -> list[Known]:
        waiting = [
            (one.finished or 0, seq)
            for seq, one in self.known.items()
            if one.state == "quarantined" and not one.dropped and source in (None, one.source)
        ]
        return [self.known[seq] for _, seq in sorted(waiting)]

    def _numbers(self) -> dict[str, int]:
        with self.ledger.read() as connection:
            rows = connection.execute(select(items.c.seq, items.c.source, items.c.id))
            return {f"{row.source}/{row.id}": row.seq for row in rows}
