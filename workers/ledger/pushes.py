"""What the intake commits: items, and the answer to repeat when the same push comes again."""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from workers.entry import Entry
from workers.ledger.accept import Receipt, insert_into, take
from workers.ledger.database import Ledger, now_ms
from workers.ledger.schema import answers

ANSWER_DAYS: Final = 7
"""How long an answer is remembered."""
_ANSWER_MS = ANSWER_DAYS * 24 * 3600 * 1000
_CHUNK = 1000
_UNFINISHED: Final = 0
"""The status of a key whose last part has not come."""


class KeyReused(Exception):
    """The key came before with another body."""


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a push the same as one before: `key_hash` of its key, and its body's digest."""

    hash: bytes
    request: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets. `replayed`: the answer to an earlier push, word for word."""

    status: int
    body: bytes
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Entries of a request that is too large for one transaction; more of it follows."""

    entries: Sequence[Entry]
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class Push:
    """The entries of one request, or the last of them, and how its answer follows from their
    receipts.

    `answer` runs inside the transaction: what it raises undoes the whole group.
    """

    entries: Sequence[Entry]
    answer: Callable[[list[Receipt]], Answer]
    key: Key | None = None


Outcome = Answer | list[Receipt] | KeyReused
"""Of a push its answer, of a part its receipts or, if its key is remembered, the answer."""


def key_hash(caller: str, key: str) -> bytes:
    """The hash under which a caller's key is remembered; no two pairs share one."""
    parts = [part.encode() for part in (caller, key)]
    return hashlib.sha256(b"".join(len(part).to_bytes(8) + part for part in parts)).digest()


def commit(ledger: Ledger, pushes: Sequence[Push | Part], now: int | None = None) -> list[Outcome]:
    """Take all pushes in one transaction; return each one's outcome once it is on disk.

    As if they came one by one: a push whose key is remembered takes nothing and gets the
    first's answer again, or KeyReused when its body is another. A key is remembered from its first
    part on; until the last has come, the same body may begin anew. Raises LedgerAway; then nothing
    was taken.
    """
    if not any(push.entries or push.key is not None for push in pushes):
        return [push.answer([]) if isinstance(push, Push) else [] for push in pushes]
    moment = now_ms() if now is None else now
    outcomes: list[Outcome] = []
    made: dict[bytes, Answer] = {}
    with ledger.write() as connection:
        keys = _reserve(connection, pushes, moment)
        new = [keys.begin(push) for push in pushes]
        entries = [
            entry
            for push, is_new in zip(pushes, new, strict=True)
            if is_new
            for entry in push.entries
        ]
        receipts = iter(take(connection, entries, moment))
        for push, is_new in zip(pushes, new, strict=True):
            if not is_new:
                assert push.key is not None  # noqa: S101 - else it is new
                outcomes.append(keys.again(push.key))
                continue
            taken = list(islice(receipts, len(push.entries)))
            if isinstance(push, Part):
                outcomes.append(taken)
                continue
            answer = push.answer(taken)
            outcomes.append(answer)
            if push.key is not None:
                made[push.key.hash] = keys.answers[push.key.hash] = answer
        _remember(connection, made)
    return outcomes


def forget_answers(ledger: Ledger, now: int | None = None) -> int:
    """Delete expired answers, some at a time; return how many. Raises LedgerAway."""
    expired = answers.c.expires_at <= (now_ms() if now is None else now)
    some = select(answers.c.key).where(expired).limit(_CHUNK).with_for_update(skip_locked=True)
    forgotten = 0
    while True:
        with ledger.write() as connection:
            keys = connection.scalars(some).all()
            connection.execute(delete(answers).where(answers.c.key.in_(keys)))
        forgotten += len(keys)
        if len(keys) < _CHUNK:
            return forgotten


@dataclass(slots=True)
class _Keys:
    """What is known of the keys of a group: the body each came with, and the answer it got."""

    requests: dict[bytes, bytes] = field(default_factory=dict)
    answers: dict[bytes, Answer] = field(default_factory=dict)
    _finished: set[bytes] = field(default_factory=set)

    def begin(self, push: Push | Part) -> bool:
        """Whether `push` takes its entries, given those before it in the group."""
        key = push.key
        if key is None:
            return True
        if self.requests.setdefault(key.hash, key.request) != key.request:
            return False
        if key.hash in self.answers or key.hash in self._finished:
            return False
        if isinstance(push, Push):
            self._finished.add(key.hash)
        return True

    def again(self, key: Key) -> Answer | KeyReused:
        """The outcome of a push that takes nothing."""
        if self.requests[key.hash] != key.request:
            return KeyReused()
        return replace(self.answers[key.hash], replayed=True)


def _reserve(connection: Connection, pushes: Sequence[Push | Part], now: int) -> _Keys:
    """Make the keys ours until the end of the transaction; return what came with those before.

    An intake that comes with the same key meanwhile waits here, and finds our answer.
    """
    first: dict[bytes, bytes] = {}
    for push in pushes:
        if push.key is not None:
            first.setdefault(push.key.hash, push.key.request)
    if not first:
        return _Keys()
    statement = insert_into(connection, answers).values(status=_UNFINISHED, body=b"")
    statement = statement.on_conflict_do_update(
        index_elements=[answers.c.key],
        set_=statement.excluded,
        where=(answers.c.expires_at <= now)
        | ((answers.c.status == _UNFINISHED) & (answers.c.request == statement.excluded.request)),
    )
    rows = [
        {"key": key, "request": request, "expires_at": now + _ANSWER_MS}
        for key, request in sorted(first.items())  # in one order, so that no two wait for another
    ]
    ours = {bytes(key) for key in connection.scalars(statement.returning(answers.c.key), rows)}
    held = _Keys()
    for row in _rows(connection, [key for key in first if key not in ours]):
        held.requests[bytes(row.key)] = bytes(row.request)
        if row.status != _UNFINISHED:
            held.answers[bytes(row.key)] = Answer(row.status, zlib.decompress(row.body))
    return held


def _rows(connection: Connection, keys: list[bytes]) -> Iterable[Row[Any]]:
    if not keys:
        return ()
    return connection.execute(select(answers).where(answers.c.key.in_(keys)))


def _remember(connection: Connection, made: Mapping[bytes, Answer]) -> None:
    if not made:
        return
    connection.execute(
        update(answers).where(answers.c.key == bindparam("ours")),
        [
            {"ours": key, "status": answer.status, "body": zlib.compress(answer.body)}
            for key, answer in made.items()
        ],
    )
