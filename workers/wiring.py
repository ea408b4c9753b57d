"""From settings to the real things: only here and in `wiring_alone` are they put together."""

from dataclasses import dataclass
from pathlib import Path

import redis
from sqlalchemy import make_url

from tasks.ports import Ports
from workers.adapters.ledger_factchecks import LedgerFactChecks
from workers.adapters.ledger_publisher import LedgerPublisher
from workers.adapters.valkey_announcer import ValkeyAnnouncer
from workers.adapters.valkey_memory import ValkeyMemory
from workers.adapters.valkey_stories import ValkeyStories
from workers.broker import connect
from workers.ledger import Ledger, open_ledger
from workers.ledger.release import ledger_id
from workers.queue import Progress
from workers.run import NotRunning, broker_url, ledger_url
from workers.settings import Settings
from workers.wiring_alone import opinion_in


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
    memory = ValkeyMemory(client, announcer.ledger_id)
    return Outside(
        settings=settings,
        ledger=ledger,
        client=client,
        progress=Progress(client, memory.guard),
        announcer=announcer,
        ports=Ports(
            stories=ValkeyStories(client, guard=memory.guard),
            publisher=LedgerPublisher(ledger, announcer),
            language=settings.language,
            opinion=opinion_in(settings.embedder_dir),
            factchecks=LedgerFactChecks(ledger),
        ),
    )
