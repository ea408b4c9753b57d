"""One pass over the items of a period: how many, where they went, and what was protected."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from tasks.days import day_of
from tasks.policy import REVIEWED_ACTS
from tasks.words import PROTECTED_ACTS, Act, Desk, ProtectedAct, State
from workers.ledger.report_items import Told
from workers.report.model import Protected, Volume

_GROUNDS: Final = frozenset(REVIEWED_ACTS)
_PROTECTED: Final = frozenset(PROTECTED_ACTS)


@dataclass(slots=True)
class Tally:
    """What was counted so far."""

    items: int = 0
    copies: int = 0
    by_desk: Counter[Desk] = field(default_factory=Counter)
    by_day: Counter[tuple[date, Desk]] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    states: Counter[State] = field(default_factory=Counter)
    versions: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: Counter[tuple[ProtectedAct, Desk]] = field(default_factory=Counter)
    protected: int = 0
    beside_danger: int = 0
    escalated: int = 0

    def add(self, one: Told) -> None:
        """Count one item."""
        self.items += 1
        self.copies += one.is_copy
        self.by_desk[one.desk] += 1
        self.by_day[day_of(one.released_ms), one.desk] += 1
        self.languages[one.language] += 1
        self.states[one.state] += 1
        self.versions.update(one.versions)
        if one.acts & _PROTECTED:
            self._add_protected(one)

    def _add_protected(self, one: Told) -> None:
        self.protected += 1
        self.beside_danger += bool(one.acts & _GROUNDS)
        self.escalated += one.desk == "review" and too_far(one.acts)
        self.left.update((act, one.desk) for act in PROTECTED_ACTS if act in one.acts)

    def volume(self) -> Volume:
        """What was published."""
        named: dict[str, tuple[str, ...]] = {}
        for part, version in sorted(self.versions):
            named[part] = (*named.get(part, ()), version)
        return Volume(
            self.items,
            self.copies,
            dict(self.by_desk),
            dict(self.by_day),
            dict(self.languages),
            dict(self.states),
            named,
        )

    def left_alone(
        self, moved: Iterable[frozenset[Act]], referred: Iterable[frozenset[Act]]
    ) -> Protected:
        """What became of protected speech; with the acts of items that people moved or referred."""
        return Protected(
            by_desk=dict(self.left),
            items=self.protected,
            beside_danger=self.beside_danger,
            escalated=self.escalated,
            moved_to_review=sum(map(too_far, moved)),
            referred=sum(map(too_far, referred)),
        )


def too_far(acts: frozenset[Act]) -> bool:
    """Whether an item holds protected speech, and nothing for which a person must look at it."""
    return bool(acts & _PROTECTED) and not acts & _GROUNDS
