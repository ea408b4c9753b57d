"""The run file: what `saring up` started here, so that other commands find it."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr, field_serializer

from workers.mendable import Mendable
from workers.settings import Settings


class NotRunning(Mendable):
    """Nothing runs here and no address was given; the message says what to do."""


class Run(BaseModel):
    """Addresses of one running `saring up`, readable by its own user only."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    pid: int
    broker_url: SecretStr
    ledger_url: SecretStr
    intake_url: str
    intake_token: SecretStr
    flower_url: str
    flower_password: SecretStr
    desk_url: str = ""

    @field_serializer("broker_url", "ledger_url", "intake_token", "flower_password")
    def _reveal(self, secret: SecretStr) -> str:
        return secret.get_secret_value()


def run_file(data_dir: Path) -> Path:
    """Where the run file of a data directory lies."""
    return data_dir / "run.json"


def write_run(data_dir: Path, run: Run) -> None:
    """Write the run file, mode 0600."""
    path = run_file(data_dir)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(run.model_dump_json(indent=2))


def read_run(data_dir: Path) -> Run | None:
    """The run file of `data_dir`, or None where nothing runs."""
    try:
        run = Run.model_validate_json(run_file(data_dir).read_text())
        os.kill(run.pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        return None
    except PermissionError:
        raise NotRunning(
            f"{run_file(data_dir)} belongs to another user; run this as the user of `saring up`"
        ) from None
    return run


def broker_url(settings: Settings) -> str:
    """The broker in use: the setting, or the one `saring up` started here.

    Raises NotRunning with the remedy.
    """
    if settings.broker_url is not None:
        return settings.broker_url.get_secret_value()
    run = read_run(settings.data_dir)
    if run is None:
        raise NotRunning(
            f"no broker: start `saring up` (data in {settings.data_dir}), or set SARING_BROKER_URL"
        )
    return run.broker_url.get_secret_value()


def ledger_url(settings: Settings) -> str:
    """The ledger in use: the setting, the one `saring up` uses here, or the embedded file."""
    if settings.ledger_url is None:
        run = read_run(settings.data_dir)
        if run is not None:
            return run.ledger_url.get_secret_value()
    return settings.ledger


def intake_url(settings: Settings) -> str:
    """The intake in use. Raises NotRunning with the remedy."""
    if settings.intake_url is not None:
        return settings.intake_url.rstrip("/")
    run = read_run(settings.data_dir)
    if run is None:
        raise NotRunning(
            f"no intake: start `saring up` (data in {settings.data_dir}), or set SARING_INTAKE_URL"
        )
    return run.intake_url


def desk_url(settings: Settings) -> str:
    """How people reach the desk: the setting, or the one that `saring up` started here."""
    if settings.desk_url is not None:
        return settings.desk_url
    run = read_run(settings.data_dir)
    if run is not None and run.desk_url:
        return run.desk_url
    return f"http://{host_of(settings.desk_host)}:{settings.desk_port}"


def link_url(settings: Settings, secret: str) -> str:
    """A one-time link. The secret is in its fragment: no server, proxy or Referer sees it."""
    return f"{desk_url(settings)}/link#{secret}"


def host_of(address: str) -> str:
    """An address on which a part listens -> how this machine reaches it, as part of a URL."""
    local = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - read, not bound
    return local.get(address, f"[{address}]" if ":" in address else address)
