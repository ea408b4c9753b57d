"""The desk as an ASGI app and as a process."""

import socket
from collections.abc import Awaitable, Callable
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from workers.desk import (
    account,
    alerts,
    amplify,
    api,
    appeals,
    audit,
    clarify,
    deciding,
    home,
    item,
    left_alone,
    login,
    narrative,
    oversight,
    people,
    procedures,
    queue,
    redact,
    referral,
    report,
    review,
    service,
    showing,
)
from workers.desk import answer as questions
from workers.desk.hosts import KnownHosts, known_hosts
from workers.desk.page import SECURITY_HEADERS, Desk, Page, Visit, answer, problem
from workers.desk.rendering import STATIC, Rendering
from workers.ledger import Ledger
from workers.settings import Settings

AREAS: Final = (
    home,
    queue,
    item,
    deciding,
    left_alone,
    api,
    login,
    account,
    people,
    report,
    clarify,
    amplify,
    questions,
    procedures,
    service,
    oversight,
    narrative,
    alerts,
    review,
    referral,
    appeals,
    redact,
    audit,
)
"""The modules that hold the pages, each in its `PAGES`. A new area is one file and one line."""


def pages() -> tuple[Page, ...]:
    """Every page of the desk."""
    return tuple(page for area in AREAS for page in area.PAGES)


def create_desk(settings: Settings, ledger: Ledger) -> Starlette:
    """The desk as an ASGI app. Raises ValueError for words or templates that cannot be read."""
    desk = Desk(settings, ledger, Rendering())

    def refusal(request: Request, status: int, name: str) -> Response:
        response = problem(Visit(desk, request, None, {}), status, name)
        response.headers.update(SECURITY_HEADERS)
        return response

    async def no_route(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        return refusal(request, status, "problem.not_found")

    async def broken(request: Request, _error: Exception) -> Response:
        # Starlette raises it again for the log, when this is answered.
        return refusal(request, 500, "problem.broken")

    def wrong_host(request: Request) -> Response:
        return refusal(request, 421, "problem.host")

    app = Starlette(
        routes=[
            *(Route(one.path, _endpoint(desk, one), methods=[one.method]) for one in pages()),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(KnownHosts, hosts=known_hosts(settings), refuse=wrong_host)],
        exception_handlers={HTTPException: no_route, Exception: broken},
    )
    app.router.redirect_slashes = False
    return app


def serve(settings: Settings, ledger: Ledger) -> None:
    """Serve until SIGTERM or SIGINT. Raises ValueError, OSError (address in use)."""
    showing.warm()
    config = uvicorn.Config(
        create_desk(settings, ledger),
        loop="uvloop",
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=10,
        server_header=False,
        # Whose X-Forwarded-For is believed; tries to log in are counted by that address.
        forwarded_allow_ips=settings.desk_proxies,
    )
    family = socket.AF_INET6 if ":" in settings.desk_host else socket.AF_INET
    with socket.create_server(
        (settings.desk_host, settings.desk_port), family=family, backlog=128
    ) as listener:
        uvicorn.Server(config).run(sockets=[listener])


def _endpoint(desk: Desk, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await answer(desk, page, request)

    return endpoint
