"""group: which earlier item tells the same, in the same words, almost, or in others.

An item is a copy of an earlier one whose text, skeleton (tasks.skeleton) or shingles
(tasks.group.shingles) it shares and whose words it does not change (tasks.group.copies). It joins
the narrative of earlier items whose rare words it shares (tasks.group.vectors). Similarity does
not see negation: one narrative holds a claim and its denial, and says nothing of who agrees.

A text of very few words is compared with none: two people who write "terima kasih" did not copy
each other, and a cry for help must not be shown as a repetition.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Final

from tasks.group.copies import copied, lead
from tasks.group.shingles import KEY_BITS, band_keys, minima, similarity, sketches
from tasks.group.vectors import JOIN, MERGE, closeness, term_keys
from tasks.models import Batch, Grouping, Item, Match
from tasks.ports import Ports
from tasks.skeleton import skeleton
from tasks.stage import made
from tasks.telling import Join, Keys, Place, Telling, Told

MIN_WORDS: Final = 3
"""Words of a text that may be another's copy,"""
MIN_LETTERS: Final = 12
"""and letters."""
NEAR_WORDS: Final = 4
"""Words of a text that may be a copy with other words in it."""
STORY_WORDS: Final = 8
"""Words of a text that may tell another's story in other words."""
NEAR: Final = 0.45
"""Estimated Jaccard similarity of shingles from which two texts are compared word by word."""


def group(batch: Batch, ports: Ports) -> Batch:
    """Say of each item which earlier one it repeats, if any, and which narrative it belongs to.

    `duplicate_of` names the first item of its copies, not another copy. An item that comes twice
    (redelivery) is never its own duplicate. Asks the index twice for a batch. Raises Unavailable.
    """
    texts = [_text(item) for item in batch.items]
    new = tellings([item.ref for item in batch.items], texts)
    told = dict(zip(new, ports.stories.tell(list(new.values())), strict=True))
    joins = {ref: _joins(new[ref][0], one) for ref, one in told.items()}
    every = [join for some in joins.values() for join in some]
    numbers = sorted({one.number for one in told.values()} | {join.earlier for join in every})
    places = dict(zip(numbers, ports.stories.settle(every, numbers), strict=True))
    return batch.with_items(
        tuple(
            item.with_grouping(
                _grouping(new[item.ref][0], told[item.ref], joins[item.ref], places)
                if item.ref in told
                else Grouping(narrative_id=narrative_name(_digest(item.ref)))
            )
            for item in batch.items
        )
    )


def tellings(refs: Sequence[str], texts: Sequence[str]) -> dict[str, tuple[Telling, Keys]]:
    """What the index keeps of each text that has enough words to be compared, by ref."""
    told = [
        (ref, text, bones)
        for ref, text, bones in zip(refs, texts, map(skeleton, texts), strict=True)
        if _comparable(text, bones)
    ]
    skeletons = [bones for _, _, bones in told]
    found = minima(skeletons)
    bands = band_keys(found).tolist()
    sketched = sketches(found)
    terms = term_keys(skeletons)
    return {
        ref: (
            Telling(ref, _digest(bones), _digest(text), sketched[n], lead(bones)),
            Keys(
                text=int.from_bytes(_digest(bones)) >> (64 - KEY_BITS),
                bands=tuple(bands[n]) if _words(bones) >= NEAR_WORDS else (),
                terms=terms[n] if _words(bones) >= STORY_WORDS else (),
            ),
        )
        for n, (ref, text, bones) in enumerate(told)
    }


def _joins(telling: Telling, told: Told) -> tuple[Join, ...]:
    """What the telling is a copy of, if anything, and whose stories it tells.

    A copy goes with the text that it is most like, any other with the story that it is closest
    to; either also brings stories together that it is very close to.
    """
    near = max(_copies(telling, told), default=None)
    stories = sorted(_stories(telling, told), reverse=True)
    if near is not None:
        joined = [Join(told.number, -near[1], copy=True)]
    else:
        joined = [Join(told.number, -number) for close, number in stories[:1] if close >= JOIN]
    merged = (Join(told.number, -number) for close, number in stories if close >= MERGE)
    return tuple(dict.fromkeys((*joined, *merged)))


def _stories(telling: Telling, told: Told) -> Iterator[tuple[float, int]]:
    """How close each telling with the same rare words is, and its number, negative."""
    for known in told.known:
        if known.relation == "story":
            yield closeness(telling.lead, known.telling.lead), -known.number


def _copies(telling: Telling, told: Told) -> Iterator[tuple[float, int]]:
    """What it is nearly the same as: how nearly, and the number, negative: the earliest is most."""
    for known in told.known:
        if known.relation != "copy":
            continue
        alike = similarity(telling.sketch, known.telling.sketch)
        if alike >= NEAR and copied(known.telling.lead, telling.lead):
            yield alike, -known.number


def _grouping(
    telling: Telling, told: Told, joins: Sequence[Join], places: Mapping[int, Place]
) -> Grouping:
    place = places[told.number]
    *older, root = place.digests or (telling.digest,)  # the index was emptied in between
    same = next((one.telling for one in told.known if one.relation == "text"), None)
    match: Match | None = "near" if place.first is not None else None
    if same is not None and place.first is None:
        match = "exact" if same.exact == telling.exact else "normalised"
    former = {*(older if same is None else ()), *_former(joins, places)}
    return Grouping(
        narrative_id=narrative_name(root),
        duplicate_of=place.first if same is None or place.first is not None else same.ref,
        match=match,
        forwards=tuple(sorted(map(narrative_name, former - {root}))),
    )


def _former(joins: Sequence[Join], places: Mapping[int, Place]) -> Iterator[bytes]:
    for join in joins:
        yield from places[join.earlier].digests


def narrative_name(digest: bytes) -> str:
    """The id of the narrative whose first telling has this digest."""
    return f"n-{digest.hex()}"


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()


def _comparable(text: str, bones: str) -> bool:
    """Whether the text has words enough; one that is spelled out as two ("gpp") counts once."""
    words = min(_words(bones), len(text.split()))
    return words >= MIN_WORDS and sum(map(str.isalpha, bones)) >= MIN_LETTERS


def _words(bones: str) -> int:
    return bones.count(" ") + 1


def _text(item: Item) -> str:
    return made(item.normalised, "normalise").text
