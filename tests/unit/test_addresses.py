"""Which addresses a webhook may reach, and that only vetted ones are connected to."""

import asyncio
import ipaddress
import socket
import threading
from dataclasses import dataclass, field
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.deliver.addresses import NoAddress, NotPublic, VettedNetwork, is_public

INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104 - asked about, not bound
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",  # metadata of most clouds
    "100.64.0.1",
    "100.100.100.200",  # Alibaba's metadata
    "192.0.0.192",  # Oracle's
    "168.63.129.16",  # Azure's
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",  # IPv4-compatible
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "100::1",
    "2001:0:53aa:64c::1",  # Teredo
    "2001:db8::1",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "2002:808:808::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",  # Amazon's metadata
    "fe80::1",
    "fe80::1%2",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
OUTSIDE = ["8.8.8.8", "193.0.6.139", "2606:4700::1", "2a00:1450:4001::1", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_in_another_form_gains_nothing(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    assert not is_public(str(ipaddress.IPv6Address(0xFFFF << 32 | number)))
    assert not is_public(str(ipaddress.IPv6Address(0x2002 << 112 | number << 80)))
    nat64 = int(ipaddress.IPv6Address("64:ff9b::")) | number
    assert is_public(str(ipaddress.IPv6Address(nat64))) == is_public(str(address))


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not is_public(str(address))


@dataclass
class Wire(httpcore.AsyncNetworkBackend):
    """Records what is connected to; only the addresses in `up` answer."""

    up: set[str]
    tried: list[str] = field(default_factory=list)

    async def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        self.tried.append(host)
        if host not in self.up:
            raise httpcore.ConnectError
        return httpcore.AsyncMockStream([])


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
    """Let the resolver give these answers, one after the other."""
    left = list(answers)

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in left.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def connect(network: VettedNetwork, host: str = "hooks.example") -> None:
    asyncio.run(network.connect_tcp(host, 443, timeout=1.0))


def test_the_vetted_address_is_connected_to_not_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    # The second answer is what a rebinding name gives: nobody asks for it.
    resolving(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    wire = Wire(up={"8.8.8.8"})
    connect(VettedNetwork(allow_private=False, _network=wire))
    assert wire.tried == ["8.8.8.8"]


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.1", "::ffff:169.254.169.254", "fe80::1%1"])
def test_one_address_inside_refuses_the_name(monkeypatch: pytest.MonkeyPatch, inside: str) -> None:
    resolving(monkeypatch, ["8.8.8.8", inside], ["8.8.8.8", inside])
    wire = Wire(up={"8.8.8.8", inside})
    with pytest.raises(NotPublic):
        connect(VettedNetwork(allow_private=False, _network=wire))
    assert wire.tried == []
    connect(VettedNetwork(allow_private=True, _network=wire))
    assert wire.tried == ["8.8.8.8"]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0177.0.0.1",
        "2130706433",
        "0",
        "localhost",
        "::1",
        "::ffff:127.0.0.1",
    ],
)
def test_loopback_is_refused_in_every_spelling(host: str) -> None:
    wire = Wire(up=set())
    # A resolver may not know a spelling; what matters is that nothing is connected to.
    with pytest.raises((NotPublic, NoAddress)):
        connect(VettedNetwork(allow_private=False, _network=wire), host)
    assert wire.tried == []


def test_the_next_address_is_tried_when_one_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving(monkeypatch, ["2606:4700::1", "8.8.8.8", "8.8.4.4"], ["2606:4700::1", "8.8.8.8"])
    wire = Wire(up={"8.8.8.8"})
    connect(VettedNetwork(allow_private=False, _network=wire))
    assert wire.tried == ["2606:4700::1", "8.8.8.8"]
    wire.up.clear()
    with pytest.raises(httpcore.ConnectError):
        connect(VettedNetwork(allow_private=False, _network=wire))


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".example", "a..example"])
def test_a_name_without_address(host: str) -> None:
    with pytest.raises(NoAddress):
        connect(VettedNetwork(allow_private=False), host)


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(30))
    try:
        with pytest.raises(NoAddress):
            asyncio.run(
                VettedNetwork(allow_private=False).connect_tcp("hooks.example", 443, timeout=0.05)
            )
    finally:
        over.set()
