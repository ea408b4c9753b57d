"""By which names the desk may be called."""

import asyncio

import httpx
import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from workers.desk.hosts import KnownHosts, known_hosts
from workers.settings import Settings

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@pytest.mark.parametrize(
    ("settings", "more"),
    [
        (Settings(), set()),
        (Settings(desk_host="0.0.0.0"), set()),  # noqa: S104 - compared, not bound
        (Settings(desk_host="::"), set()),
        (Settings(desk_host="192.0.2.4"), {"192.0.2.4"}),
        (Settings(desk_url="https://Meja.Example.go.id:8443/"), {"meja.example.go.id"}),
    ],
)
def test_its_own_names_and_no_other(settings: Settings, more: set[str]) -> None:
    assert known_hosts(settings) == LOOPBACK | more


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8800", 404),
        ("[::1]:8800", 404),
        ("LOCALHOST", 404),
        ("meja.example.go.id", 404),
        ("meja.example.go.id:8443", 404),
        ("jahat.example", 421),
        ("meja.example.go.id.jahat.example", 421),
        ("127.0.0.1.jahat.example:8800", 421),
        ("jahat.example@127.0.0.1", 421),
        ("127.0.0.1@jahat.example", 421),
        ("[::1", 421),
        ("", 421),
    ],
)
def test_a_request_for_another_host_is_refused(host: str, status: int) -> None:
    def refuse(_request: Request) -> Response:
        return PlainTextResponse("no", 421)

    hosts = known_hosts(Settings(desk_url="https://meja.example.go.id"))
    asked = httpx.Request("GET", "http://127.0.0.1/", headers={"host": host})
    answer = asyncio.run(
        httpx.ASGITransport(KnownHosts(Starlette(), hosts, refuse)).handle_async_request(asked)
    )
    assert answer.status_code == status


@pytest.mark.parametrize(
    "url", ["meja.example.go.id", "ftp://meja.example", "https://", "https://contoh.example/meja"]
)
def test_an_address_that_cannot_be_right_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValidationError, match="desk_url"):
        Settings(desk_url=url)
