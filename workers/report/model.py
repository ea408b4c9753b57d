"""What a report states: frozen figures, of narratives and desks, never of a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tasks.agreement import Agreement
from tasks.days import days_between
from tasks.proportion import Proportion
from tasks.words import Desk, ProtectedAct, State
from workers.ledger.report_work import Raised


@dataclass(frozen=True, slots=True)
class Period:
    """From `since_ms` on and before `until_ms`. Raises ValueError where that is no time at all."""

    since_ms: int
    until_ms: int

    def __post_init__(self) -> None:
        if self.until_ms <= self.since_ms:
            raise ValueError("until: the end of the period must come after its start")

    @property
    def before(self) -> "Period":
        """The period of the same length that ends where this one starts."""
        return Period(2 * self.since_ms - self.until_ms, self.since_ms)

    @property
    def days(self) -> tuple[date, ...]:
        """Every day that has a part in it, in WIB."""
        return days_between(self.since_ms, self.until_ms)


@dataclass(frozen=True, slots=True)
class Volume:
    """What was published in a period."""

    items: int
    copies: int
    by_desk: Mapping[Desk, int]
    """A desk without items is not there."""
    by_day: Mapping[tuple[date, Desk], int]
    languages: Mapping[str, int]
    states: Mapping[State, int]
    versions: Mapping[str, tuple[str, ...]]
    """Every version of each part that items were published with."""

    @property
    def abstained(self) -> Proportion:
        """How often the program said that it does not know."""
        return Proportion(self.states.get("abstained", 0), self.items)


@dataclass(frozen=True, slots=True)
class Protected:
    """What became of protected speech: counted acts by desk, and whatever went too far."""

    by_desk: Mapping[tuple[ProtectedAct, Desk], int]
    """Items that do the act, one that does two of them under each."""
    items: int
    beside_danger: int
    """Items that hold a danger to people too, or what else a person must look at."""
    escalated: int
    """Items at the review desk, sent there by the program, for nothing but protected speech."""
    moved_to_review: int
    """The same, sent there by a person."""
    referred: int
    """Referrals opened for an item that holds protected speech and no danger."""

    @property
    def went_too_far(self) -> int:
        """What should be 0."""
        return self.escalated + self.moved_to_review + self.referred


@dataclass(frozen=True, slots=True)
class Grown:
    """A narrative of which more was published than in the period before."""

    narrative_id: str
    items: int
    before: int
    share_of_copies: float
    accounts: str
    """Distinct accounts; "<5" for few."""
    compression: float | None
    """How many times as dense as chance the densest ten minutes are."""
    headline: str | None
    """First words of what was said first; None where they might harm."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long what came to a desk in the period waited there for a person, in milliseconds."""

    decided: int
    waiting: int
    median_ms: int | None
    """Kaplan-Meier, as p90; None: not known yet, too many still wait."""
    p90_ms: int | None
    longest_ms: int | None
    """Of those that still wait."""


@dataclass(frozen=True, slots=True)
class Clarifications:
    """Published and withdrawn in the period; drafts at its end."""

    published: int
    withdrawn: int
    drafts: int


@dataclass(frozen=True, slots=True)
class Referrals:
    """Opened, signed and reversed in the period; those that wait for a signature by now."""

    opened: int
    signed: int
    reversed: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Overruled:
    """How often people corrected the program, or one another."""

    moved: Proportion
    """To another desk, of what was handled, dismissed or moved."""
    claims_rejected: Proportion
    """Of the matches with a fact-check that somebody looked at."""
    no_danger: Proportion
    """Of the dangers that were judged to the end."""
    reversed: Proportion
    """Of the appeals that were decided."""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Items that could not be processed: in the period, by error, and all that wait by now."""

    new: int
    waiting: int
    errors: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """Every figure of one period."""

    period: Period
    volume: Volume
    protected: Protected
    decisions: Mapping[tuple[Desk, str], int]
    """In force, by desk and kind."""
    undone: int
    clarifications: Clarifications
    waits: Mapping[Desk, Waits]
    agreement: Agreement
    referrals: Referrals
    overruled: Overruled
    quarantine: Quarantine
    alerts: tuple[Raised, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A period and the one before, and what they were counted from."""

    institution: str
    made_ms: int
    ledger_id: str
    audit_head: tuple[int, str] | None
    """Number and hash of the last entry of the audit log; None while it is empty."""
    now: Figures
    before: Figures
    narratives: tuple[Grown, ...]
