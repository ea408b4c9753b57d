"""The desk in a test: items that wait at its desks, and people who are logged in."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import uvicorn
from selectolax.lexbor import LexborHTMLParser

from tasks.models import (
    ActFinding,
    Classification,
    Enrichment,
    Grouping,
    Item,
    Normalised,
    Publication,
    Routing,
)
from tasks.policy import DESKS_OF_ACTS, PRIORITIES
from tasks.publish import publication
from tasks.words import Act, Target
from tests.items import entry
from workers.desk import create_desk
from workers.ledger import Ledger
from workers.ledger.accept import accept
from workers.ledger.desk_tables import ROLES, Role
from workers.ledger.leases import claim
from workers.ledger.release import record
from workers.ledger.staff import Staff, add_staff, open_session, session
from workers.settings import Settings

_numbers = count(1)
WRITTEN = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """What a published item says; the rest follows from its act."""

    act: Act = "question"
    text: str = "Bagaimana cara mengurus surat pindah?"
    probability: float = 0.9
    target: Target = "none"
    narrative: str = "n-1"
    copy_of: str | None = None
    account: bytes | None = None
    platform: str | None = "x"
    written: datetime = WRITTEN
    more: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the publication that are to be otherwise."""


def publish(ledger: Ledger, *items: Said, first: int = 1) -> list[Publication]:
    """Publish these, numbered from `first`; returns what was published, in order."""
    entries = []
    for number, one in enumerate(items, first):
        made = entry(number)
        content = made.content.model_copy(
            update={"text": one.text, "platform": one.platform, "published_at": one.written}
        )
        entries.append(replace(made, content=content, account=one.account))
    accept(ledger, entries)
    claimed: dict[str, Item] = {}
    while batches := claim(ledger, 64, 64, 60.0):
        claimed |= {item.content.id: item for batch in batches for item in batch.items}
    released = [
        _released(claimed[made.content.id], one) for made, one in zip(entries, items, strict=True)
    ]
    for start in range(0, len(released), 64):
        record(ledger, released[start : start + 64])
    return [done for _, done in released]


def _released(item: Item, one: Said) -> tuple[Item, Publication]:
    desk = DESKS_OF_ACTS[one.act]
    done = (
        item.with_normalised(Normalised(text=item.content.text))
        .with_grouping(Grouping(narrative_id=one.narrative, duplicate_of=one.copy_of))
        .with_enrichment(Enrichment(language="ind", language_probability=0.9))
        .with_classification(
            Classification(
                signals={},
                acts=(ActFinding(act=one.act, probability=one.probability),),
                target=one.target,
                sentiment="neutral",
                versions={},
            )
        )
        .with_routing(
            Routing(
                desk=desk,
                state="needs_human" if desk == "review" else "auto",
                priority=PRIORITIES[one.act],
                reasons=("Alasan uji.",),
            )
        )
    )
    return done, publication(done).model_copy(update=dict(one.more))


@dataclass(frozen=True)
class Person:
    """Somebody logged in at the desk; what they send carries the token of their forms."""

    staff: Staff
    client: httpx.Client
    csrf: str

    def get(self, path: str) -> httpx.Response:
        """A page as it is answered; redirects are not followed."""
        return self.client.get(path, follow_redirects=False)

    def page(self, path: str) -> LexborHTMLParser:
        """A page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:2000]}"
        return LexborHTMLParser(answer.text)

    def post(self, path: str, **form: str) -> httpx.Response:
        """Send a form."""
        return self.client.post(path, data={"csrf": self.csrf, **form}, follow_redirects=False)


@contextmanager
def people(ledger: Ledger, *roles: str, settings: Settings | None = None) -> Iterator[list[Person]]:
    """A desk on this ledger and a person for each of `roles`, such as "desk" or "desk admin"."""
    app = create_desk(settings if settings is not None else Settings(), ledger)
    config = uvicorn.Config(app, log_config=None, ws="none")
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            yield [stack.enter_context(log_in(ledger, url, held)) for held in roles]
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def log_in(ledger: Ledger, url: str, roles: str) -> Iterator[Person]:
    """A new member of staff with these roles, logged in at the desk at `url`."""
    held: list[Role] = [role for role in ROLES if role in roles.split()]
    member = add_staff(ledger, f"petugas-{next(_numbers)}", "Petugas Uji", held)
    token = open_session(ledger, member.id)
    found = session(ledger, token)
    assert found is not None
    with httpx.Client(base_url=url, cookies={"saring": token}, timeout=30) as client:
        yield Person(member, client, found.csrf)
