"""The HTTP intake as an app and as a process."""

import asyncio
import contextlib
import ctypes
import gc
import logging
import resource
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import orjson
import redis
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.account_key import AccountKey
from workers.intake import pages
from workers.intake.authority import Authority
from workers.intake.body import Room
from workers.intake.commit import GroupCommit
from workers.intake.handlers import Handlers
from workers.intake.openapi import openapi
from workers.intake.pressure import Limits, Monitor
from workers.intake.problems import BadRequest
from workers.intake.protocol import BoundedHttp
from workers.intake.rates import Rates
from workers.intake.replies import problem_response
from workers.intake.turns import Turns
from workers.ledger import Ledger, LedgerAway
from workers.ledger.pushes import forget_answers
from workers.secretfile import SecretFile
from workers.settings import Settings
from workers.sources import Sources

log = structlog.get_logger()

_UPKEEP_SECONDS: Final = 3600
_HEAP: Final = {-8: 1, -3: 128 * 1024, -1: 128 * 1024}
"""mallopt(3): M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD."""
_SWITCH_SECONDS: Final = 0.001
"""How long a thread may keep the interpreter: the event loop waits this long behind masking."""


def create_intake(settings: Settings, ledger: Ledger, broker: redis.Redis) -> Starlette:
    """The intake as an ASGI app. Raises ValueError for a sources document that cannot be read."""
    sources = SecretFile(settings.sources_path, settings.sources, Sources, "SARING_SOURCES")
    if not sources.read().sources and settings.intake_token is None:
        log.warning("nobody_may_push", remedy="saring sources add, or set SARING_INTAKE_TOKEN")
    limits = Limits(
        settings.backlog_limit, settings.age_limit_seconds, settings.broker_memory_limit
    )
    handlers = Handlers(
        ledger=ledger,
        authority=Authority(sources, settings.intake_token),
        rates=Rates(),
        limits=limits,
        monitor=Monitor(ledger, broker, limits),
        room=Room(),
        turns=Turns(),
        commits=GroupCommit(ledger),
        key=AccountKey(settings.data_dir / "keys" / "account.json"),
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        handlers.monitor.start()
        upkeep = asyncio.create_task(_upkeep(handlers))
        yield
        upkeep.cancel()
        handlers.monitor.stop()
        handlers.turns.close()
        handlers.commits.close()

    app = Starlette(
        routes=[
            Route("/v1/items", handlers.push, methods=["POST"]),
            Route("/v1/items/{source}/{id:path}", handlers.item, methods=["GET"]),
            *_pages(),
        ],
        lifespan=lifespan,
        exception_handlers={HTTPException: _no_route},
    )
    app.router.redirect_slashes = False
    return app


def serve(settings: Settings, ledger: Ledger, broker: redis.Redis) -> None:
    """Serve until SIGTERM or SIGINT. Raises ValueError, OSError (address in use)."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    _keep_little()
    app = create_intake(settings, ledger, broker)
    # What is loaded by now stays: to look through all of it again and again takes 0.1 s each time.
    gc.collect()
    gc.freeze()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a file for each connection
    # It warns of each request that is no HTTP: whoever sends those must not fill our disk.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=BoundedHttp,
        ws="none",
        log_config=None,
        access_log=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
        server_header=False,
    )
    family = socket.AF_INET6 if ":" in settings.intake_host else socket.AF_INET
    with socket.create_server(
        (settings.intake_host, settings.intake_port), family=family, backlog=1024
    ) as listener:
        uvicorn.Server(config).run(sockets=[listener])


def _keep_little() -> None:
    """Give back what a large body took (glibc), instead of keeping it for the next.

    By itself each thread fills a heap of its own, and after the first large body even larger ones
    come from those heaps, where small things that stay keep them from ever being given back.
    """
    with contextlib.suppress(AttributeError):  # another C library has no mallopt
        for option, value in _HEAP.items():
            ctypes.CDLL(None).mallopt(option, value)


def _pages() -> list[Route]:
    """What anybody may read: health, and the documentation."""
    document = orjson.dumps(openapi())
    docs, problems = pages.docs_page(), pages.problems_page()  # now, not before somebody's eyes
    always: dict[str, Callable[[], Response]] = {
        "/healthz": lambda: Response(b"ok\n", media_type="text/plain"),
        "/openapi.json": lambda: Response(document, media_type="application/json"),
        "/docs": lambda: _page(docs),
        "/problems": lambda: _page(problems),
    }

    async def problem_page(request: Request) -> Response:
        page = pages.problem_page(request.path_params["type"])
        return _nowhere() if page is None else _page(page)

    return [
        *(Route(path, _endpoint(make), methods=["GET"]) for path, make in always.items()),
        Route("/problems/{type}", problem_page, methods=["GET"]),
    ]


def _endpoint(make: Callable[[], Response]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        return make()

    return answer


def _page(html: bytes) -> Response:
    headers = {
        "content-security-policy": pages.CONTENT_SECURITY_POLICY,
        "x-content-type-options": "nosniff",
    }
    return Response(html, media_type="text/html", headers=headers)


def _nowhere() -> Response:
    return problem_response(BadRequest("not_found", "there is nothing at this address"))


async def _no_route(_request: Request, error: Exception) -> Response:
    """What Starlette's router could not place, as a problem too."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for these
    if error.status_code != 405:
        return _nowhere()
    response = problem_response(BadRequest("method_not_allowed", "this address has other methods"))
    response.headers.update(error.headers or {})
    return response


async def _upkeep(handlers: Handlers) -> None:
    """Replace the account key in time, also when nobody pushes, and forget old answers."""
    while True:
        handlers.key.current()
        with contextlib.suppress(LedgerAway):  # there is another time
            await asyncio.to_thread(forget_answers, handlers.ledger)
        await asyncio.sleep(_UPKEEP_SECONDS)
