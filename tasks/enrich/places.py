"""Places: the names of the gazetteer in a text, each decided by what stands around it.

A name that is also a common word, a person or a place elsewhere needs a cue before it, a capital
letter that tells something, or another place of the same province (docs/gazetteer.md). Where a
city and its regency both fit, the bare name is given and no place.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tasks.enrich.spots import Spot, spots
from tasks.gazetteer import LEVELS, Level, Named, Place
from tasks.names import Words

_RANK: Final[dict[Level, int]] = {
    **{level: rank for rank, level in enumerate(LEVELS)},
    "city": LEVELS.index("regency"),  # peers
}


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a text: words `first` up to `last`, of which the first may be its unit.

    `named` is the word at which the name itself begins. `place` is None where it stays open
    which of the places named `name` it is.
    """

    first: int
    named: int
    last: int
    name: str
    place: Place | None


def find(words: Words) -> tuple[Found, ...]:
    """The places that the text names, in order; linear in its length."""
    seen = tuple(spots(words))
    support = _Support(seen)
    found = ((spot, _decided(spot, support)) for spot in seen)
    return tuple(_found(spot, chosen) for spot, chosen in found if chosen)


class _Support:
    """What the sure places of a text say of the others: codes, and by which names."""

    def __init__(self, seen: Iterable[Spot]) -> None:
        self._names: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        self._said: set[Place] = set()
        for spot in seen:
            sure = _readings(spot)
            if not sure:
                continue
            places = [one.place for one in sure]
            for code in _shared_codes(places):
                self._names[code].add(spot.key)
            if len(places) == 1 and spot.fits(places[0]):
                self._said.add(places[0])

    def of(self, place: Place, spot: Spot) -> int:
        """How strongly the rest of the text speaks of `place`; 0 if it does not."""
        if place in self._said:
            return 3
        if place.level != "province" and self._by_others(place.regency, spot):
            return 2
        return int(self._by_others(place.province, spot))

    def _by_others(self, code: str, spot: Spot) -> bool:
        names = self._names.get(code, set())
        return len(names) > 1 or (len(names) == 1 and spot.key not in names)


def _shared_codes(places: Sequence[Place]) -> Iterable[str]:
    """The codes that every one of `places` lies in."""
    return set.intersection(*({place.province, place.regency} for place in places))


def _readings(spot: Spot, support: _Support | None = None) -> list[Named]:
    """The readings that may be meant; without `support`, those that need no other place."""
    if spot.cued("not"):
        return []
    admitted = [
        one
        for one in spot.named
        if _admitted(one, spot, supported=bool(support and support.of(one.place, spot)))
    ]
    fitting = [one for one in admitted if spot.fits(one.place)]
    strict = spot.cue is not None and spot.cue.strict
    return fitting if fitting or strict else admitted


def _admitted(one: Named, spot: Spot, *, supported: bool) -> bool:
    clear = spot.cued("unit", "office", "people")
    vague = spot.cued("preposition")
    match one.reading:
        case "plain":
            return True
        case "cue":
            return clear or vague or supported or spot.capital(one)
        case "person":
            return not spot.in_a_name and (clear or vague or supported or spot.capital(one))
        case "word":
            # Districts are listed for one province only, so such a name says little alone.
            cued = clear or (vague and spot.capital(one)) or (supported and spot.capital(one))
            return cued and (supported or one.place.level != "district")
        case "shared":
            return supported


def _decided(spot: Spot, support: _Support) -> list[Place]:
    """The place that is meant; more than one where it stays open, none where none is."""
    meant = [one.place for one in _readings(spot, support)]
    if len(meant) < 2:
        return meant
    scores = {place: support.of(place, spot) for place in meant}
    best = [place for place in meant if scores[place] == max(scores.values())]
    largest = min(_RANK[place.level] for place in best)
    return [place for place in best if _RANK[place.level] == largest]


def _found(spot: Spot, chosen: list[Place]) -> Found:
    if len(chosen) > 1:
        return Found(spot.first, spot.first, spot.last, chosen[0].name, None)
    (place,) = chosen
    with_unit = spot.cued("unit") and spot.fits(place)
    return Found(spot.first - with_unit, spot.first, spot.last, place.full_name, place)
