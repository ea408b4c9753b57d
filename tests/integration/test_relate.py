"""The slow lane of narratives, on a real ledger and a real server, with a stand-in embedder."""

from collections.abc import Mapping, Sequence
from itertools import count

import numpy as np
import pytest
import redis
from numpy.typing import NDArray

from tasks.group import group
from tasks.models import Batch, Normalised
from tasks.ports import Ports
from tasks.stage import Forgotten, Unavailable, made
from tests.items import entry, finished
from workers.adapters.memory_publisher import MemoryPublisher
from workers.adapters.valkey_memory import ValkeyMemory
from workers.adapters.valkey_stories import ValkeyStories
from workers.ledger import Ledger
from workers.ledger.accept import accept
from workers.ledger.leases import claim
from workers.ledger.narratives import current, profile, related_until
from workers.ledger.release import record
from workers.relate import Relater

FLOOD = "Air sungai meluap tadi malam dan rumah warga di bantaran terendam sampai pinggang"
DELUGE = "Kali banjir bandang semalam, perkampungan tepi alirannya kebanjiran setinggi perut"
MARKET = "Pedagang pasar pagi mengeluh karena kios baru belum juga dibuka oleh pengelola"
SHORT = "Air sungai meluap lagi malam ini"


class Meaning:
    """See `tasks.ports.SecondOpinion`: texts are near as the test says."""

    name, version = "meaning", "1"

    def __init__(self, about: Mapping[str, int]) -> None:
        self.about = about
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.extend(texts)
        # Longer than one, so that texts of one meaning are near whatever their words.
        return np.eye(4, dtype=np.float32)[[self.about[text] for text in texts]] * 1.2


_NUMBERS = count(1)


def publish(ledger: Ledger, stories: ValkeyStories, *texts: str) -> list[str]:
    """Publish items with these texts; their narrative ids."""
    accept(ledger, [entry(next(_NUMBERS)) for _ in texts])
    (leased,) = claim(ledger, 1, 64, 60.0)
    items = tuple(
        item.with_normalised(Normalised(text=text))
        for item, text in zip(leased.items, texts, strict=True)
    )
    grouped = group(Batch(id="b", items=items), Ports(stories, MemoryPublisher())).items
    sections = [made(item.grouping, "group") for item in grouped]
    released = [
        (done, said.model_copy(update={"text": text, "narrative_id": section.narrative_id}))
        for (done, said), text, section in zip(map(finished, grouped), texts, sections, strict=True)
    ]
    record(ledger, released)
    return [section.narrative_id for section in sections]


@pytest.fixture
def stories(valkey: redis.Redis) -> ValkeyStories:
    return ValkeyStories(valkey)


def test_stories_that_mean_the_same_are_joined_under_the_older_id(
    ledger: Ledger, stories: ValkeyStories
) -> None:
    flood, market, deluge = publish(ledger, stories, FLOOD, MARKET, DELUGE)
    relater = Relater(ledger, stories, Meaning({FLOOD: 0, DELUGE: 0, MARKET: 1}))

    assert relater.step() == 3
    assert len({flood, market, deluge}) == 3
    assert [current(ledger, one) for one in (flood, market, deluge)] == [flood, market, flood]
    whole = profile(ledger, deluge)
    assert whole is not None
    assert whole.summary.items == 2


def test_it_goes_on_where_it_stopped_and_looks_back(ledger: Ledger, stories: ValkeyStories) -> None:
    about = {FLOOD: 0, DELUGE: 0, MARKET: 1}
    (flood,) = publish(ledger, stories, FLOOD)
    assert Relater(ledger, stories, Meaning(about)).step() == 1
    before = related_until(ledger)
    (deluge,) = publish(ledger, stories, DELUGE)

    again = Relater(ledger, stories, Meaning(about))
    while again.step():
        pass
    assert related_until(ledger) > before
    assert current(ledger, deluge) == flood


def test_short_texts_are_never_asked_about(ledger: Ledger, stories: ValkeyStories) -> None:
    publish(ledger, stories, SHORT)
    embedder = Meaning({})

    assert Relater(ledger, stories, embedder).step() == 1
    assert embedder.asked == []


def test_an_index_that_is_away_loses_nothing(ledger: Ledger, stories: ValkeyStories) -> None:
    publish(ledger, stories, FLOOD)
    away = ValkeyStories(redis.Redis(port=1, socket_connect_timeout=1))
    relater = Relater(ledger, away, Meaning({FLOOD: 0}))

    with pytest.raises(Unavailable):
        relater.step()
    assert related_until(ledger) == 0
    relater.stories = stories
    assert relater.step() == 1


def test_when_the_index_was_lost_the_last_are_read_again(
    ledger: Ledger, valkey: redis.Redis
) -> None:
    memory = ValkeyMemory(valkey, "l1")
    stories = ValkeyStories(valkey, guard=memory.guard)
    memory.look("dispatch")
    memory.open("dispatch")
    (flood,) = publish(ledger, stories, FLOOD)
    relater = Relater(ledger, stories, Meaning({FLOOD: 0, DELUGE: 0}))
    assert relater.step() == 1
    valkey.flushall()
    memory.look("dispatch")
    memory.open("dispatch")
    (deluge,) = publish(ledger, stories, DELUGE)

    with pytest.raises(Forgotten):
        relater.step()
    while relater.step():
        pass
    assert current(ledger, flood) == current(ledger, deluge)


def test_nothing_published_is_nothing_done(ledger: Ledger, stories: ValkeyStories) -> None:
    assert Relater(ledger, stories, Meaning({})).step() == 0
