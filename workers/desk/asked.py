"""Which part of a queue an address asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, cast
from urllib.parse import urlencode

from tasks.days import WIB
from tasks.words import ACTS, Act, State
from workers.ledger.queue_filters import Filters
from workers.ledger.queues import ORDERS, Order

STATES: Final[tuple[State, ...]] = ("auto", "needs_human", "abstained")
WITHIN: Final[Mapping[str, timedelta]] = {
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "24h": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
}
FILTERS: Final = ("place", "topic", "language", "act", "state", "narrative")
TIMES: Final = ("within", "from", "until")
NAMES: Final = (*FILTERS, *TIMES, "order", "limit", "offset")
SHOWN: Final = 50
MOST_SHOWN: Final = 200
_FARTHEST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of a queue: what is wanted, in which order, how much."""

    filters: Filters
    order: Order
    limit: int
    offset: int
    chosen: Mapping[str, str]
    """The same as it stands in the address."""

    def query(self, **changes: object) -> str:
        """The address's query with `changes`; what is empty or None is left out of it."""
        wanted = {**self.chosen, **changes}
        return urlencode({name: value for name, value in wanted.items() if value not in ("", None)})

    @property
    def narrowed(self) -> dict[str, str]:
        """The filters that are set, as they stand in the address."""
        return {name: value for name, value in self.chosen.items() if name in (*FILTERS, *TIMES)}


def read_asked(sent: Mapping[str, str], now: datetime) -> Asked:
    """What the query of an address asks for; other names are ignored.

    Raises ValueError naming the field for a value that cannot be.
    """
    chosen = {name: sent[name].strip() for name in NAMES if sent.get(name, "").strip()}
    order = chosen.get("order", "priority")
    _one_of("order", order, ORDERS)
    for name, known in (("act", ACTS), ("state", STATES), ("within", tuple(WITHIN))):
        if name in chosen:
            _one_of(name, chosen[name], known)
    return Asked(
        filters=Filters(
            place=chosen.get("place"),
            topic=chosen.get("topic"),
            language=chosen.get("language"),
            narrative=chosen.get("narrative"),
            act=cast(Act | None, chosen.get("act")),
            state=cast(State | None, chosen.get("state")),
            since_ms=_since(chosen, now),
            until_ms=_until(chosen),
        ),
        order=cast(Order, order),
        limit=_number("limit", chosen, 1, MOST_SHOWN, SHOWN),
        offset=_number("offset", chosen, 0, _FARTHEST, 0),
        chosen=chosen,
    )


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{name}: one of {', '.join(known)}")


def _number(name: str, chosen: Mapping[str, str], low: int, high: int, default: int) -> int:
    text = chosen.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 9 and low <= int(text) <= high):
        raise ValueError(f"{name}: a number from {low} to {high}")
    return int(text)


def _since(chosen: Mapping[str, str], now: datetime) -> int | None:
    starts = []
    if "within" in chosen:
        starts.append(now - WITHIN[chosen["within"]])
    if "from" in chosen:
        starts.append(_day("from", chosen["from"]))
    return int(max(starts).timestamp() * 1000) if starts else None


def _until(chosen: Mapping[str, str]) -> int | None:
    if "until" not in chosen:
        return None
    return int((_day("until", chosen["until"]) + timedelta(days=1)).timestamp() * 1000)


def _day(name: str, text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), WIB)
    except ValueError:
        raise ValueError(f"{name}: a day such as 2026-11-23") from None
