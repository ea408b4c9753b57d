"""Connections to the public internet only: no subscriber's URL reaches into our own network."""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import httpcore

_GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
# What `is_global` of some Python 3.11 to 3.13 lets pass.
_NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata service
        "192.88.99.0/24",  # 6to4 relays
        "168.63.129.16/32",  # Azure's service inside each virtual machine
        "2001::/23",  # protocol assignments, Teredo
        "2002::/16",  # 6to4: an IPv4 address in another form
        "3fff::/20",  # documentation
    )
)


class NotPublic(Exception):
    """The host has an address that is not on the public internet, or is none."""


class NoAddress(Exception):
    """The host name has no address, or the resolver does not answer."""


def is_public(address: str) -> bool:
    """Whether the address belongs to a single host on the public internet.

    An IPv4 address inside an IPv6 one counts as itself (NAT64), or is refused (mapped, 6to4,
    Teredo). Raises ValueError for what is no address.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip not in _GLOBAL_UNICAST:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in _NOT_PUBLIC)


@dataclass(slots=True)
class VettedNetwork(httpcore.AsyncNetworkBackend):
    """Resolves a name once, vets every address, and connects to what was vetted.

    So a name that resolves differently a moment later gains nothing. TLS still verifies the
    name: httpcore takes it from the URL. Unix sockets are not offered at all.
    """

    allow_private: bool
    # Of its own: a resolver that hangs for one subscriber must not hold up another.
    _resolvers: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(2, thread_name_prefix="resolve")
    )
    _network: httpcore.AsyncNetworkBackend = field(default_factory=httpcore.AnyIOBackend)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers.

        Raises NotPublic, NoAddress, httpcore.ConnectError, httpcore.ConnectTimeout.
        """
        addresses = await self._resolve(host, port, timeout)
        if not self.allow_private and not all(map(is_public, addresses)):
            raise NotPublic
        *others, last = addresses
        for address in others:
            try:
                return await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(last, port, timeout, local_address, socket_options)

    def close(self) -> None:
        """Let go of the resolver's threads."""
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    async def _resolve(self, host: str, port: int, timeout: float | None) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                found = await loop.run_in_executor(
                    self._resolvers,
                    lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM),
                )
        except (OSError, UnicodeError) as error:  # a TimeoutError is an OSError
            raise NoAddress from error
        return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
