"""Every command and health check of docker-compose.yml, run here as processes without Docker.

Paths, ports and the names of programs are exchanged for those of this machine; the rest is run
as it is written there.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psutil
import pytest
import redis
import yaml
from sqlalchemy import make_url

from workers.broker import connect, find_server, free_port
from workers.ledger import open_ledger
from workers.presence import parts

ROOT: Final = Path(__file__).parents[2]
SERVICES: Final[dict[str, dict[str, Any]]] = yaml.safe_load(
    (ROOT / "docker-compose.yml").read_text()
)["services"]
OURS: Final = [name for name, service in SERVICES.items() if "build" in service]
SARING: Final = [sys.executable, "-m", "workers.cli"]
_CONTAINER_PORTS: Final = {
    "SARING_INTAKE_PORT": "8700",
    "SARING_DESK_PORT": "8800",
    "SARING_FLOWER_PORT": "5555",
}


def test_the_broker_starts_with_its_command_and_its_check_passes(
    tmp_path: Path, until: Callable[..., None]
) -> None:
    make = [str(ROOT / "deploy" / "make-secrets.sh"), "broker"]
    subprocess.run(make, env={"SECRETS_DIR": str(tmp_path), "PATH": os.environ["PATH"]}, check=True)
    port, secret = str(free_port()), str(tmp_path / "valkey.conf")
    command = [secret if word.startswith("/run/") else word for word in broker_command()]
    password = Path(secret).read_text().split()[1]
    check = SERVICES["valkey"]["healthcheck"]["test"][1].replace("$$", "$")
    check = check.replace("/run/secrets/valkey.conf", secret)
    cli = shutil.which("valkey-cli") or shutil.which("redis-cli")
    if cli is None:
        pytest.skip("neither valkey-cli nor redis-cli is installed")
    check = check.replace("valkey-cli", f"{shlex.quote(cli)} -p {port}")
    assert not healthy(["sh", "-c", check], {})
    work = tmp_path / "data"
    work.mkdir()
    with started([*command, "--port", port], {}, work, stop_within=30) as server:
        until(lambda: healthy(["sh", "-c", check], {}), "the broker is healthy")
        with connect(f"redis://:{password}@127.0.0.1:{port}/0") as client:
            kept = dict(client.config_get("append*", "maxmemory*", "save"))
            with pytest.raises(redis.AuthenticationError):
                connect(f"redis://127.0.0.1:{port}/0").ping()
        assert kept["appendonly"] == "yes"
        assert kept["maxmemory-policy"] == "noeviction"
        assert kept["maxmemory"] == str(512 * 1024 * 1024)
        assert kept["save"] == ""
        assert password not in " ".join(psutil.Process(server.pid).cmdline())


def broker_command() -> list[str]:
    """The broker's command, with the server of this machine."""
    first, *rest = SERVICES["valkey"]["command"]
    assert first == "valkey-server"
    return [str(find_server()), *rest]


def test_the_check_of_the_ledger_passes_on_a_real_postgres(postgres_url: str) -> None:
    words = SERVICES["postgres"]["healthcheck"]["test"]
    assert words[:2] == ["CMD", "pg_isready"]
    if shutil.which(words[1]) is None:
        pytest.skip("pg_isready is not installed (Debian: apt-get install postgresql-client)")
    assert healthy(words[1:], {"PGPORT": str(make_url(postgres_url).port)})
    assert not healthy(words[1:], {"PGPORT": str(free_port())})


@pytest.fixture
def composed_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """PostgreSQL, as compose has it; SQLite on a machine without."""
    try:
        url: str = request.getfixturevalue("fresh_postgres")
    except pytest.skip.Exception:
        return f"sqlite:///{tmp_path / 'ledger.sqlite3'}"
    return url


@pytest.mark.parametrize("name", OURS)
def test_our_part_starts_becomes_healthy_and_stops_in_its_grace(
    name: str,
    valkey: redis.Redis,
    valkey_url: str,
    composed_ledger: str,
    tmp_path: Path,
    until: Callable[..., None],
) -> None:
    service = SERVICES[name]
    given = {"saring_broker_url": valkey_url, "saring_ledger_url": composed_ledger}
    # Only what the service declares: a secret that it lacks must be missed here, not there.
    environment = {
        secret.upper(): given.get(secret, "a-secret-for-this-test") for secret in service["secrets"]
    }
    environment |= {
        name: re.sub(r"\$\{\w+:-(.*)\}", r"\1", value)  # nothing is set outside
        for name, value in service.get("environment", {}).items()
    }
    check = [str(word) for word in service["healthcheck"]["test"][1:]]
    for variable in _CONTAINER_PORTS.keys() & environment.keys():
        port = str(free_port())
        check = [word.replace(_CONTAINER_PORTS[variable], port) for word in check]
        environment[variable] = port
    environment["SARING_DATA_DIR"] = str(tmp_path / "data")
    environment["SARING_HEARTBEAT_DIR"] = str(tmp_path / "alive")  # /tmp/alive, says the image
    check = [*(SARING if check[0] == "saring" else [sys.executable]), *check[1:]]
    grace = int(service["stop_grace_period"].removesuffix("s"))
    work = tmp_path / "work"
    work.mkdir()
    if "intake" in service["depends_on"]:
        ledger = open_ledger(composed_ledger)
        ledger.migrate()  # as the intake has done by then
        ledger.engine.dispose()

    assert not healthy(check, environment)
    with started([*SARING, *service["command"]], environment, work, grace) as process:
        if name in {"dispatch", "worker", "deliver"}:  # cheaper to wait for than their check
            until(lambda: process.poll() is not None or parts(valkey), f"{name} is present", 120)
        until(
            lambda: process.poll() is not None or healthy(check, environment),
            f"{name} healthy",
            120,
        )
        assert process.poll() is None, (tmp_path / "output").read_text()
    assert process.returncode in {0, -signal.SIGTERM}, (tmp_path / "output").read_text()
    # In its container all but /tmp and the account key is read-only.
    assert list(work.iterdir()) == []
    written = {path.name for path in (tmp_path / "data").rglob("*") if path.is_file()}
    assert written <= ({"account.json"} if name == "intake" else set())
    assert not [*tmp_path.glob("alive/*")], "who stops by itself is not missed"


@contextmanager
def started(
    command: list[str], environment: dict[str, str], work: Path, stop_within: float
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` in `work`; at the end SIGTERM must end it, and all that it started, in time."""
    with (work.parent / "output").open("wb") as output:
        process = subprocess.Popen(
            command,
            env=surroundings(environment),
            cwd=work,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        process.wait(stop_within)
        assert psutil.wait_procs(family, timeout=5)[1] == [], "left running"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def healthy(check: list[str], environment: dict[str, str]) -> bool:
    """Whether the health check passes."""
    ended = subprocess.run(check, env=surroundings(environment), capture_output=True, check=False)
    return ended.returncode == 0


def surroundings(environment: dict[str, str]) -> dict[str, str]:
    """A container's environment: PATH, what the image sets, and what the service sets."""
    image = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
    return {"PATH": os.environ["PATH"], **image, **environment}
