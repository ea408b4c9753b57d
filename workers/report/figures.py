"""Counts a ledger into a `Report`: the period asked for, and the one before it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal

from sqlalchemy import Connection

from tasks.agreement import kappa
from tasks.bursts import burst
from tasks.policy import REVIEWED_ACTS
from tasks.proportion import Proportion
from tasks.survival import waiting_quantile
from tasks.words import Desk
from workers.ledger import Ledger, report_items, report_work
from workers.ledger.release import ledger_id
from workers.ledger.report_items import Growth
from workers.ledger.report_work import Waited
from workers.report.model import (
    Clarifications,
    Figures,
    Grown,
    Overruled,
    Period,
    Quarantine,
    Referrals,
    Report,
    Waits,
)
from workers.report.tally import Tally

NARRATIVES: Final = 10
"""Most narratives that a report names."""
_WORDS: Final = 14
_HARMFUL: Final = frozenset({*REVIEWED_ACTS, "abusive"})
Step = Literal["before", "now", "narratives", "plots", "pages"]
Tell = Callable[[Step], None]
"""Called with what is done next."""


def count(
    ledger: Ledger,
    institution: str,
    period: Period,
    made_ms: int,
    tell: Tell = lambda _: None,
) -> Report:
    """The report on a period, as the ledger stands. Raises LedgerAway."""
    with ledger.read() as connection:
        tell("before")
        before = figures(connection, period.before)
        tell("now")
        now = figures(connection, period)
        tell("narratives")
        narratives = grown(connection, period)
        head = report_work.audit_head(connection)
    return Report(institution, made_ms, ledger_id(ledger), head, now, before, narratives)


def figures(connection: Connection, period: Period) -> Figures:
    """Every figure of one period."""
    span = (period.since_ms, period.until_ms)
    tally = Tally()
    for one in report_items.told(connection, *span):
        tally.add(one)
    decisions = report_work.decided(connection, *span)
    judged = report_work.judged(connection, *span)
    errors = report_items.quarantined(connection, *span)
    return Figures(
        period=period,
        volume=tally.volume(),
        protected=tally.left_alone(
            report_work.acts_moved_to_review(connection, *span),
            report_work.acts_referred(connection, *span),
        ),
        decisions=decisions,
        undone=report_work.undone(connection, *span),
        clarifications=Clarifications(*report_work.clarified(connection, *span)),
        waits=waits_of(report_work.waits(connection, *span)),
        agreement=kappa([(made[0], made[1]) for made in judged]),
        referrals=Referrals(*report_work.referred(connection, *span)),
        overruled=_overruled(decisions, judged, report_work.appealed(connection, *span)),
        quarantine=Quarantine(
            sum(errors.values()), report_items.all_quarantined(connection), errors
        ),
        alerts=tuple(report_work.raised(connection, *span)),
    )


def grown(connection: Connection, period: Period, limit: int = NARRATIVES) -> tuple[Grown, ...]:
    """The narratives that grew most over the period before, the most grown first."""
    span = (period.since_ms, period.until_ms)
    found = report_items.grown(connection, period.before.since_ms, *span, limit)
    return tuple(_grown(connection, one, *span) for one in found)


def waits_of(waited: Iterable[Waited]) -> dict[Desk, Waits]:
    """How long each desk let wait what came to it."""
    ended: defaultdict[Desk, list[int]] = defaultdict(list)
    waiting: defaultdict[Desk, list[int]] = defaultdict(list)
    for one in waited:
        (ended if one.ended else waiting)[one.desk].append(one.ms)
    return {
        desk: Waits(
            decided=len(ended[desk]),
            waiting=len(waiting[desk]),
            median_ms=waiting_quantile(ended[desk], waiting[desk], 0.5),
            p90_ms=waiting_quantile(ended[desk], waiting[desk], 0.9),
            longest_ms=max(waiting[desk], default=None),
        )
        for desk in sorted({*ended, *waiting})
    }


def headline(text: str) -> str:
    """The first words of a text, on one line."""
    words = text.split()
    cut = " ".join(words[:_WORDS])
    return cut if len(words) <= _WORDS else f"{cut} …"


def _grown(connection: Connection, one: Growth, since_ms: int, until_ms: int) -> Grown:
    opening = report_items.opening(connection, one.narrative_id, since_ms, until_ms)
    pressed = burst(opening.times_ms)
    return Grown(
        narrative_id=one.narrative_id,
        items=one.items,
        before=one.before,
        share_of_copies=one.copies / one.items,
        accounts=one.accounts,
        compression=None if pressed is None else pressed.compression,
        headline=None if one.harmful or opening.acts & _HARMFUL else headline(opening.text),
    )


def _overruled(
    decisions: Mapping[tuple[Desk, str], int],
    judged: Sequence[tuple[bool, ...]],
    appealed: tuple[int, int],
) -> Overruled:
    made: defaultdict[str, int] = defaultdict(int)
    for (_, kind), number in decisions.items():
        made[kind] += number
    acted = made["handled"] + made["dismissed"] + made["moved"]
    claims = made["claim_confirmed"] + made["claim_rejected"]
    settled = [votes for votes in judged if votes.count(True) != votes.count(False)]
    spared = sum(votes.count(False) > votes.count(True) for votes in settled)
    decided, reversals = appealed
    return Overruled(
        moved=Proportion(made["moved"], acted),
        claims_rejected=Proportion(made["claim_rejected"], claims),
        no_danger=Proportion(spared, len(settled)),
        reversed=Proportion(reversals, decided),
    )
