"""Stories that live and die with the process: for `saring try` and for tests."""

from collections import Counter
from collections.abc import Iterable, Sequence

from tasks.ports import BAND_OWNERS, STORIES, TERM_OWNERS
from tasks.telling import Join, Keys, Known, Place, Telling, Told


class MemoryStories:
    """See `tasks.ports.Stories`; forgets nothing and is always reachable."""

    def __init__(self) -> None:
        self._tellings: list[Telling] = []
        self._owners: dict[int, tuple[int, ...]] = {}  # tuples: no work for the collector
        self._older: dict[int, int] = {}
        self._firsts: dict[int, int] = {}

    def tell(self, tellings: Sequence[tuple[Telling, Keys]]) -> list[Told]:
        """See `tasks.ports.Stories`."""
        return [self._tell(telling, keys) for telling, keys in tellings]

    def settle(self, joins: Sequence[Join], numbers: Sequence[int]) -> list[Place]:
        """See `tasks.ports.Stories`."""
        for join in joins:
            if join.copy:
                first = self._firsts.get(join.earlier, join.earlier)
                self._firsts.setdefault(join.later, first)
            older, younger = sorted((self._path(join.later)[-1], self._path(join.earlier)[-1]))
            if older != younger:
                self._older[younger] = older
        return [self._place(number) for number in numbers]

    def _tell(self, telling: Telling, keys: Keys) -> Told:
        own = next(iter(self._owners.get(keys.text, ())), None)
        if own is not None and self._tellings[own - 1].ref != telling.ref:
            return Told(own, (Known(own, self._tellings[own - 1], "text"),))
        if own is None:
            self._tellings.append(telling)
            own = len(self._tellings)
            self._owners[keys.text] = (own,)
        copies = Counter(self._met(keys.bands, own, BAND_OWNERS))
        shared = Counter(self._met(keys.terms, own, TERM_OWNERS))
        stories = sorted((-count, number) for number, count in shared.items() if count > 1)
        return Told(
            own,
            (
                *(Known(number, self._tellings[number - 1], "copy") for number in sorted(copies)),
                *(
                    Known(number, self._tellings[number - 1], "story")
                    for _, number in stories[:STORIES]
                ),
            ),
        )

    def _met(self, keys: Iterable[int], own: int, limit: int) -> list[int]:
        """The earlier ones that told one of the keys; `own` is remembered too if there is room."""
        met: list[int] = []
        for key in keys:
            owners = self._owners.get(key, ())
            met += owners
            if len(owners) < limit and own not in owners:
                self._owners[key] = (*owners, own)
        return [number for number in met if number < own]

    def _path(self, number: int) -> list[int]:
        path = [number]
        while path[-1] in self._older:
            path.append(self._older[path[-1]])
        return path

    def _place(self, number: int) -> Place:
        if not 0 < number <= len(self._tellings):
            return Place(())
        first = self._firsts.get(number)
        return Place(
            tuple(self._tellings[one - 1].digest for one in self._path(number)),
            None if first is None else self._tellings[first - 1].ref,
        )
