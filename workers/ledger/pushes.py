"""What the intake commits: items, and the answer to repeat when the same push comes again."""

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, update

from workers.ledger.accept import Entry, Receipt, insert_into, take
from workers.ledger.database import Ledger, now_ms
from workers.ledger.schema import answers

ANSWER_DAYS: Final = 7
"""How long an answer is remembered."""
_ANSWER_MS = ANSWER_DAYS * 24 * 3600 * 1000
_CHUNK = 1000


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
class Push:
    """The entries of one request, and how its answer follows from their receipts.

    `answer` runs inside the transaction: what it raises undoes the whole group.
    """

    entries: Sequence[Entry]
    answer: Callable[[list[Receipt]], Answer]
    key: Key | None = None


def key_hash(caller: str, key: str) -> bytes:
    """The hash under which a caller's key is remembered; no two pairs share one."""
    parts = [part.encode() for part in (caller, key)]
    return hashlib.sha256(b"".join(len(part).to_bytes(8) + part for part in parts)).digest()


def commit(
    ledger: Ledger, pushes: Sequence[Push], now: int | None = None
) -> list[Answer | KeyReused]:
    """Take all pushes in one transaction; return each one's answer once it is on disk.

    As if they came one by one: a push whose key is remembered takes nothing and gets the
    first's answer again, or KeyReused when its body is another. Raises LedgerAway; then nothing
    was taken.
    """
    if not any(push.entries or push.key is not None for push in pushes):
        return [push.answer([]) for push in pushes]
    moment = now_ms() if now is None else now
    results: list[Answer | KeyReused] = []
    made: dict[bytes, _Remembered] = {}
    with ledger.write() as connection:
        remembered = _reserve(connection, pushes, moment)
        receipts = iter(take(connection, list(_new_entries(pushes, remembered)), moment))
        for push in pushes:
            key = push.key
            if key is not None and key.hash in remembered:
                results.append(remembered[key.hash].again(key.request))
                continue
            answer = push.answer(list(islice(receipts, len(push.entries))))
            results.append(answer)
            if key is not None:
                made[key.hash] = remembered[key.hash] = _Remembered(key.request, answer)
        _remember(connection, made)
    return results


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


@dataclass(frozen=True, slots=True)
class _Remembered:
    request: bytes
    answer: Answer

    def again(self, request: bytes) -> Answer | KeyReused:
        if request != self.request:
            return KeyReused()
        return Answer(self.answer.status, self.answer.body, replayed=True)


def _new_entries(
    pushes: Sequence[Push], remembered: Mapping[bytes, _Remembered]
) -> Iterator[Entry]:
    seen = set(remembered)
    for push in pushes:
        if push.key is None:
            yield from push.entries
        elif push.key.hash not in seen:
            seen.add(push.key.hash)
            yield from push.entries


def _reserve(connection: Connection, pushes: Sequence[Push], now: int) -> dict[bytes, _Remembered]:
    """Make the keys ours until the end of the transaction; return those answered before.

    An intake that comes with the same key meanwhile waits here, and finds our answer.
    """
    first: dict[bytes, bytes] = {}
    for push in pushes:
        if push.key is not None:
            first.setdefault(push.key.hash, push.key.request)
    if not first:
        return {}
    statement = insert_into(connection, answers).values(status=0, body=b"")
    statement = statement.on_conflict_do_update(
        index_elements=[answers.c.key],
        set_=statement.excluded,
        where=answers.c.expires_at <= now,
    )
    rows = [
        {"key": key, "request": request, "expires_at": now + _ANSWER_MS}
        for key, request in sorted(first.items())  # in one order, so that no two wait for another
    ]
    ours = {bytes(key) for key in connection.scalars(statement.returning(answers.c.key), rows)}
    return _answered(connection, [key for key in first if key not in ours])


def _answered(connection: Connection, keys: list[bytes]) -> dict[bytes, _Remembered]:
    if not keys:
        return {}
    return {
        bytes(row.key): _Remembered(
            bytes(row.request), Answer(row.status, zlib.decompress(row.body))
        )
        for row in connection.execute(select(answers).where(answers.c.key.in_(keys)))
    }


def _remember(connection: Connection, made: Mapping[bytes, _Remembered]) -> None:
    if not made:
        return
    connection.execute(
        update(answers).where(answers.c.key == bindparam("ours")),
        [
            {"ours": key, "status": one.answer.status, "body": zlib.compress(one.answer.body)}
            for key, one in made.items()
        ],
    )
