"""The HTTP intake: 202 only after the ledger has committed."""

import asyncio
import hmac
import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.account_key import AccountKey
from workers.door import Refused
from workers.intake.body import BadRequest, admit_all, conflict, read_body
from workers.intake.commit import GroupCommit
from workers.ledger import Ledger, LedgerAway
from workers.ledger.accept import Entry, Receipt
from workers.settings import Settings

_RENEWAL_SECONDS = 3600


class Exposed(Exception):
    """The intake would be open to the network without a token."""


@dataclass(slots=True)
class _Intake:
    settings: Settings
    ledger: Ledger
    commits: GroupCommit
    key: AccountKey

    async def push(self, request: Request) -> Response:
        try:
            self._authorise(request)
            body = await read_body(request)
            admitted = admit_all(
                body, request.headers.get("content-type", "application/json"), self.key.current()
            )
            entries = [one for one in admitted if isinstance(one, Entry)]
            receipts = await self.commits.commit(entries) if entries else []
        except BadRequest as bad:
            return _problem(bad.status, bad.title, bad.detail)
        except LedgerAway as away:
            return _problem(
                503, "Ledger away", f"{away}; nothing was taken, send it again", retry=5
            )
        return _answer(admitted, receipts)

    async def live(self, _request: Request) -> Response:
        return Response(b"ok\n", media_type="text/plain")

    def _authorise(self, request: Request) -> None:
        token = self.settings.intake_token
        if token is None:
            return
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(sent.encode(), token.get_secret_value().encode()):
            raise BadRequest(401, "Unauthorised", "send the header Authorization: Bearer <token>")


def create_intake(settings: Settings, ledger: Ledger) -> Starlette:
    """The intake as an ASGI app. Raises Exposed when it would be open without a token."""
    if settings.intake_token is None and not _is_loopback(settings.intake_host):
        raise Exposed(
            f"SARING_INTAKE_HOST={settings.intake_host} is reachable from elsewhere: "
            "set SARING_INTAKE_TOKEN (or mount the secret saring_intake_token)"
        )
    commits = GroupCommit(ledger)
    key = AccountKey(settings.data_dir / "keys" / "account.json")
    intake = _Intake(settings, ledger, commits, key)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        renewal = asyncio.create_task(_renew(key))
        yield
        renewal.cancel()
        commits.close()

    routes = [
        Route("/v1/items", intake.push, methods=["POST"]),
        Route("/healthz", intake.live, methods=["GET"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _renew(key: AccountKey) -> None:
    """Replace the account key in time, also when nobody pushes."""
    while True:
        key.current()
        await asyncio.sleep(_RENEWAL_SECONDS)


def serve(settings: Settings, ledger: Ledger) -> None:
    """Serve until SIGTERM or SIGINT. Raises Exposed, OSError (address in use)."""
    app = create_intake(settings, ledger)
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
        limit_concurrency=512,
        server_header=False,
    )
    family = socket.AF_INET6 if ":" in settings.intake_host else socket.AF_INET
    with socket.create_server(
        (settings.intake_host, settings.intake_port), family=family, backlog=1024
    ) as listener:
        uvicorn.Server(config).run(sockets=[listener])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _answer(admitted: list[Entry | Refused], receipts: list[Receipt]) -> Response:
    waiting = iter(receipts)
    rows = []
    for index, one in enumerate(admitted):
        if isinstance(one, Entry):
            receipt = next(waiting)
            if receipt.status != "conflict":
                rows.append({"index": index, "ref": receipt.ref, "status": receipt.status})
                continue
            one = conflict(receipt.digest, receipt.known_digest)  # noqa: PLW2901 - a refusal too
        problems = [asdict(problem) for problem in one.problems]
        rows.append({"index": index, "status": "refused", "problems": problems})
    totals = {
        status: sum(row["status"] == status for row in rows)
        for status in ("accepted", "already_known", "refused")
    }
    if totals["refused"] == len(rows):
        return _problem(422, "Nothing accepted", "every item was refused", items=rows)
    return _json(202, {**totals, "items": rows})


def _problem(
    status: int, title: str, detail: str, retry: int | None = None, **more: object
) -> Response:
    response = _json(status, {"title": title, "status": status, "detail": detail, **more})
    response.headers["content-type"] = "application/problem+json"
    if retry is not None:
        response.headers["retry-after"] = str(retry)
    return response


def _json(status: int, value: object) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")
