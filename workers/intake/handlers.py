"""What happens to a request: who calls, may it come in now, what does it hold, is it on disk."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial, wraps
from hashlib import sha256
from typing import Final

import orjson
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from workers.account_key import AccountKey
from workers.door import Refused, admit_value
from workers.entry import Entry
from workers.intake.authority import Authority, Caller
from workers.intake.body import Held, Room, expand, read_body
from workers.intake.commit import GroupCommit
from workers.intake.formats import Piece, cut
from workers.intake.pressure import Limits, Monitor, refuse
from workers.intake.problems import BadRequest
from workers.intake.rates import Rates
from workers.intake.replies import Admitted, problem_response, push_answer
from workers.intake.turns import Turns
from workers.ledger import Ledger, LedgerAway
from workers.ledger.pushes import Key, KeyReused, Push, key_hash
from workers.ledger.schema import TERMINAL
from workers.ledger.views import item_status
from workers.problems import Problem, problem

log = structlog.get_logger()

SLICE: Final = 10
"""Items that are checked and masked in one turn; other callers' turns come in between."""
SMALL_BODY: Final = 8 * 1024
"""Bytes that take less time to check and mask than to hand to another thread and back."""
_AWAY_SECONDS: Final = 5

_Handler = Callable[["Handlers", Request], Awaitable[Response]]


def _answered(handler: _Handler) -> _Handler:
    """Whatever goes wrong in `handler` becomes a problem document."""

    @wraps(handler)
    async def answer(self: "Handlers", request: Request) -> Response:
        try:
            return await handler(self, request)
        except BadRequest as bad:
            return problem_response(bad)
        except LedgerAway as away:
            return problem_response(
                BadRequest("ledger_away", f"{away}; send it all again", _AWAY_SECONDS)
            )
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except Exception as error:  # noqa: BLE001 - logged, and answered as what it is
            # Without the message: it may quote what was sent.
            log.error(  # noqa: TRY400 - a traceback would end with that message
                "request_failed", error=type(error).__name__, at=_place(error)
            )
            return problem_response(BadRequest("internal", "the intake failed; it is in its log"))

    return answer


@dataclass(frozen=True, slots=True)
class Handlers:
    """The routes of the intake, and all that they need."""

    ledger: Ledger
    authority: Authority
    rates: Rates
    limits: Limits
    monitor: Monitor
    room: Room
    turns: Turns
    commits: GroupCommit
    key: AccountKey

    @_answered
    async def push(self, request: Request) -> Response:
        """POST /v1/items."""
        caller = self._authorise(request)
        self._check_load(caller)
        with self.room.hold(caller.name) as held:
            body = await read_body(request, held)
            admitted = await self._admit(caller, request, body, held)
            push = self._push(caller, admitted, body)
            try:
                answer = await self.commits.commit(caller.name, push)
            except KeyReused:
                raise BadRequest(
                    "key_reused", "this key came before with another body; nothing was taken"
                ) from None
        self._count(push.entries)
        response = Response(answer.body, answer.status, media_type="application/json")
        if answer.status >= 400:
            response.headers["content-type"] = "application/problem+json"
        if answer.replayed:
            response.headers["idempotent-replayed"] = "true"
        return response

    @_answered
    async def item(self, request: Request) -> Response:
        """GET /v1/items/{source}/{id}."""
        caller = self._authorise(request)
        caller.check(b"", time.time())
        source, item_id = request.path_params["source"], request.path_params["id"]
        found = None
        if caller.may_read(source):
            found = await asyncio.to_thread(item_status, self.ledger, source, item_id)
        if found is None:  # one answer for both: nobody learns what others have sent
            raise BadRequest("not_found", "there is no such item among those you may see")
        state = found.state if found.state in TERMINAL else "accepted"
        times = {"accepted_at": found.accepted_at, "finished_at": found.finished_at}
        shown = {name: None if ms is None else _iso(ms) for name, ms in times.items()}
        return Response(
            orjson.dumps({"ref": found.ref, "state": state, **shown}),
            media_type="application/json",
        )

    def _authorise(self, request: Request) -> Caller:
        named = request.query_params.getlist("source")
        if len(named) > 1:
            raise BadRequest("bad_header", "?source= is there more than once")
        try:
            return self.authority.authorise(
                request.headers, named[0] if named else None, time.time()
            )
        except (ValueError, OSError) as error:
            # It names file and field, never a value.
            log.error("sources_unreadable", why=str(error))  # noqa: TRY400 - no place in our code
            raise BadRequest(
                "sources_unreadable", "who may push is not known just now", _AWAY_SECONDS
            ) from None

    def _check_load(self, caller: Caller) -> None:
        self._check_rate(caller)
        refusal = refuse(self.monitor.load, self.limits, caller.may_push_as)
        if refusal is not None:
            raise BadRequest("overloaded", refusal.detail, refusal.retry_after)

    def _check_rate(self, caller: Caller, items: int = 0) -> None:
        """Charge `items`, if the source may send at all just now."""
        if caller.source is None:
            return
        now = time.monotonic()
        seconds = self.rates.check(caller.source, now)
        if seconds is not None:
            raise BadRequest("rate_exceeded", "this source sends faster than it may", seconds)
        self.rates.charge(caller.source, items, now)

    async def _admit(
        self, caller: Caller, request: Request, body: bytes, held: Held
    ) -> list[Admitted]:
        key = self.key.current()

        def prepare() -> tuple[list[Piece], list[Admitted]]:
            caller.check(body, time.time())
            plain = expand(body, request.headers.get("content-encoding"), held)
            pieces = cut(plain, request.headers.get("content-type"), request.headers)
            return pieces, _admit_slice(pieces[:SLICE], key, caller)

        if len(body) <= SMALL_BODY and "content-encoding" not in request.headers:
            pieces, admitted = prepare()
        else:
            pieces, admitted = await self.turns.run(caller.name, prepare)
        self._check_rate(caller, len(pieces))  # again: others may have come in meanwhile
        for start in range(SLICE, len(pieces), SLICE):
            some = pieces[start : start + SLICE]
            admitted += await self.turns.run(caller.name, partial(_admit_slice, some, key, caller))
        return admitted

    def _push(self, caller: Caller, admitted: list[Admitted], body: bytes) -> Push:
        entries = [one.outcome for one in admitted if isinstance(one.outcome, Entry)]
        key = None
        if caller.key is not None:
            key = Key(key_hash(caller.name, caller.key), sha256(body).digest())
        return Push(entries, partial(push_answer, admitted), key)

    def _count(self, entries: Sequence[Entry]) -> None:
        for source, number in Counter(entry.content.source for entry in entries).items():
            self.monitor.accepted(source, number)


def _admit_slice(pieces: Sequence[Piece], key: bytes, caller: Caller) -> list[Admitted]:
    return [Admitted(piece.pointer, _outcome(piece, key, caller)) for piece in pieces]


def _outcome(piece: Piece, key: bytes, caller: Caller) -> Entry | tuple[Problem, ...]:
    if piece.problem is not None:
        return (piece.problem,)
    try:
        entry = admit_value(piece.value, key)
    except Refused as refused:
        return refused.problems
    if not caller.may_push_as(entry.content.source):
        return (problem("not_yours", "source"),)
    return entry


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")


def _place(error: BaseException) -> str:
    """File and line where it was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
