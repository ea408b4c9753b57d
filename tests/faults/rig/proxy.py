"""A TCP proxy between the parts and a server: it can freeze, reset, slow down and refuse."""

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import Final

_CHUNK: Final = 65536
_RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: closing sends a reset."""


@dataclass
class Proxy:
    """Forwards a port of loopback to another. To be used as a context manager."""

    target: int
    port: int = 0
    delay: float = 0.0
    """Seconds that each chunk waits, either way."""
    _open: threading.Event = field(default_factory=threading.Event)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _ready: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self._open.set()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._over = asyncio.Event()

    def __enter__(self) -> "Proxy":
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def freeze(self) -> None:
        """Half-open from now on: nothing passes, nothing is closed, new ones hang too."""
        self._open.clear()

    def thaw(self) -> None:
        """Let new connections pass; those that hung through the freeze stay dead for ever."""
        self._loop.call_soon_threadsafe(self._bury)
        self._open.set()

    def reset(self) -> None:
        """Cut every connection with a reset."""
        self._loop.call_soon_threadsafe(self._cut)

    def _bury(self) -> None:
        self._writers.clear()

    def _cut(self) -> None:
        for writer in self._writers:
            raw = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()
        self._writers.clear()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._meet, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
            # Both are known before the first byte passes.
            pair = {writer, back}
            self._writers |= pair
            await asyncio.gather(self._pump(reader, back, pair), self._pump(there, writer, pair))
            self._writers -= pair
        writer.close()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        pair: set[asyncio.StreamWriter],
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                while not self._open.is_set():
                    await asyncio.sleep(0.02)  # between two looks
                if self._writers.isdisjoint(pair):
                    await asyncio.Event().wait()  # it hung through a freeze: for ever
                if self.delay > 0:
                    await asyncio.sleep(self.delay)
                writer.write(data)
                await writer.drain()
        writer.close()
