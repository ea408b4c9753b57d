"""One attempt to deliver: a signed POST to one subscriber, bounded in time and size."""

import asyncio
import ssl
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Self

import anyio
import httpcore

from workers.deliver.addresses import NoAddress, NotPublic, VettedNetwork
from workers.deliver.messages import Message
from workers.deliver.outcome import Limits, Outcome, failure, judge
from workers.deliver.subscribers import Subscriber
from workers.signatures import sign

ANSWER_BYTES: Final = 4096
"""What is read of an answer's body, and dropped; a longer one ends the connection."""
_KEEP_SECONDS = 15.0
_TROUBLE = (
    NotPublic,
    NoAddress,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    # TLS can fail after the handshake too; httpcore lets these through as they are.
    anyio.EndOfStream,
    OSError,  # ssl.SSLError, and TimeoutError: the whole took too long
)


@dataclass(slots=True)
class Sender:
    """Sends to one subscriber, over connections that are kept for the next message.

    Redirects are not followed and the environment's proxies not used: httpcore knows neither.
    """

    subscriber: Subscriber
    limits: Limits = field(default_factory=Limits)
    _network: VettedNetwork = field(init=False)
    _pool: httpcore.AsyncConnectionPool = field(init=False)

    def __post_init__(self) -> None:
        self._network = VettedNetwork(self.subscriber.allow_private)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_trust(),
            keepalive_expiry=_KEEP_SECONDS,
            network_backend=self._network,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.aclose()
        self._network.close()

    async def send(self, message: Message) -> Outcome:
        """Try once. Never raises for what the receiver or the network does."""
        answer: Outcome | None = None
        url = httpcore.URL(self.subscriber.url)
        try:
            async with (
                asyncio.timeout(self.limits.whole),
                self._pool.stream(
                    "POST",
                    url,
                    headers=self._headers(message, url),
                    content=message.body,
                    extensions={"timeout": self._timeouts()},
                ) as response,
            ):
                answer = judge(response)
                await _drop_body(response)
        except _TROUBLE as error:
            # The status is the answer: a body that breaks off later changes nothing.
            return failure(error, self.limits) if answer is None else answer
        return answer

    def _headers(self, message: Message, url: httpcore.URL) -> list[tuple[str, str]]:
        now = int(time.time())
        host = url.host.decode()
        host = f"[{host}]" if ":" in host else host  # httpcore would forget the brackets
        return [
            ("host", host if url.port is None else f"{host}:{url.port}"),
            ("user-agent", "saring"),
            ("accept", "*/*"),
            ("content-type", "application/cloudevents+json"),
            ("webhook-id", message.id),
            ("webhook-timestamp", str(now)),
            (
                "webhook-signature",
                sign(self.subscriber.signing(now), message.id, now, message.body),
            ),
        ]

    def _timeouts(self) -> dict[str, float]:
        limits = self.limits
        return {"connect": limits.connect, "write": limits.write, "read": limits.read}


@cache
def _trust() -> ssl.SSLContext:
    """The usual authorities, and those of SSL_CERT_FILE; once, for reading them takes a while."""
    return httpcore.default_ssl_context()


async def _drop_body(response: httpcore.Response) -> None:
    """Read a short body to its end: then the connection can be used again."""
    size = 0
    async for chunk in response.aiter_stream():
        size += len(chunk)
        if size > ANSWER_BYTES:
            return
