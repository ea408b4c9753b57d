"""A row of the matrix: a fault, its bound, and the protections whose removal must be noticed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from tests.faults.rig.site import Site

BrokerKind = Literal["valkey", "redis"]
LedgerKind = Literal["sqlite", "postgres"]
Setup = tuple[BrokerKind, LedgerKind]
EMBEDDED: Final[Setup] = ("valkey", "sqlite")
SERVERS: Final[Setup] = ("redis", "postgres")
BOTH: Final = (EMBEDDED, SERVERS)


class Unsound(AssertionError):
    """An invariant was broken: this, and no other error, is what a removed protection must show."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which things go wrong. `inflict` pushes, does harm, and undoes what it must."""

    row: int
    name: str
    within: float
    """Seconds, after the fault is over, in which all that was accepted must be done."""
    inflict: "Callable[[Site], None]"
    without: tuple[str, ...] = ()
    """Protections (names in `removed.PROTECTIONS`) which together keep it harmless."""
    setups: tuple[Setup, ...] = ()
    """Those on which it must be tried; (): any will do."""
    options: dict[str, Any] = field(default_factory=dict)
    """What the site is made with; see `Options`."""

    @property
    def on(self) -> tuple[Setup, ...]:
        """The setups of a run: rows that any will do for take them in turn.

        On the first its protection is taken away too.
        """
        return self.setups if self.setups else (BOTH[self.row % len(BOTH)],)


FAULTS: Final[list[Fault]] = []
"""All of them, as the modules of the matrix register them."""


def fault(
    row: int,
    name: str,
    *,
    within: float,
    without: tuple[str, ...],
    setups: tuple[Setup, ...] = (),
    **options: Any,
) -> "Callable[[Callable[[Site], None]], Callable[[Site], None]]":
    """Register a function as the fault of this row."""

    def register(inflict: "Callable[[Site], None]") -> "Callable[[Site], None]":
        FAULTS.append(Fault(row, name, within, inflict, without, setups, options))
        return inflict

    return register
