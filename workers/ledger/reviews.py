"""The review of a danger: two reviewers judge it, each alone; a third where they disagree.

The audit log names who judged and when, never what.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, delete, insert, select

from tasks.factors import FACTORS, Factor, Flaw, flaws, tidy
from tasks.harm import harms_in
from tasks.referral import verdict
from tasks.thresholds import InForce
from workers.ledger.audit import append
from workers.ledger.database import Ledger, now_ms
from workers.ledger.decisions import (
    Made,
    Overtaken,
    Place,
    Refused,
    locked,
    seen_publication,
    written,
)
from workers.ledger.desk_tables import appeals, decisions, judgements, queue, referrals
from workers.ledger.judgements import Judgement, judgements_in_force, void_stale
from workers.ledger.staff import Staff

Step = Literal["second", "third", "safe", "referred"]
"""After a judgement: a second is needed, or a third; or the review is closed."""


class Flawed(Refused):
    """What was said of some factors cannot be judged by; nothing was recorded."""

    def __init__(self, found: Mapping[Factor, Flaw]) -> None:
        super().__init__(", ".join(f"{factor}: {flaw}" for factor, flaw in found.items()))
        self.found = found


@dataclass(frozen=True, slots=True)
class Judging:
    """What a reviewer judges: whether to refer, why, of which text and under which law."""

    refer: bool
    said: Mapping[Factor, str]
    seen: str
    """The digest of what they were shown."""
    law: InForce


@dataclass(frozen=True, slots=True)
class _Act:
    """A judgement on its way into the ledger."""

    connection: Connection
    seq: int
    place: Place
    ref: str
    staff: str
    judging: Judging
    now: int


def judge(ledger: Ledger, seq: int, staff: Staff, judging: Judging) -> Step:
    """Record what a reviewer judges of an item that waits at the review desk.

    Raises Flawed for factors that say too little or name people, Refused for who or what cannot
    be judged, Overtaken, LedgerAway; then nothing is recorded.
    """
    said = {one: tidy(judging.said.get(one, "")) for one in FACTORS}
    with ledger.write() as connection:
        body, place = locked(connection, seq)
        publication = seen_publication(body, judging.seen)
        if place is None:
            raise Overtaken("this item has been judged, or decided otherwise")
        if place.desk != "review" or not harms_in(publication):
            raise Refused("this item holds no danger that two must judge")
        act = _Act(connection, seq, place, publication.ref, staff.id, judging, now_ms())
        void_stale(connection, seq, act.ref, judging.seen, judging.law.version, act.now)
        before = judgements_in_force(connection, seq)
        _may_judge(connection, seq, staff, before)
        found = flaws(said, [one.said for one in before])
        if found:
            raise Flawed(found)
        _record(act, said)
        return _concluded(act)


def _may_judge(connection: Connection, seq: int, staff: Staff, before: Sequence[Judgement]) -> None:
    if "reviewer" not in staff.roles:
        raise Refused("only a reviewer judges a danger")
    if any(one.staff == staff.id for one in before):
        raise Refused("you have judged this item: another reviewer must")
    if verdict([one.refer for one in before]) is not None:
        raise Overtaken("this item has been judged")
    if _had_to_do_with(connection, seq, staff.id):
        raise Refused(
            "you decided about this item before, or about an appeal: another reviewer must judge it"
        )


def _had_to_do_with(connection: Connection, seq: int, staff: str) -> bool:
    """Whether this person acted on the item otherwise than by a judgement."""
    closing = decisions.c.detail.contains('"judgements":[')
    decided = select(decisions.c.id).where(
        decisions.c.seq == seq, decisions.c.staff == staff, ~closing
    )
    appealed = select(appeals.c.id).where(
        appeals.c.seq == seq, (appeals.c.decided_by == staff) | (appeals.c.opened_by == staff)
    )
    return any(connection.execute(query.limit(1)).first() for query in (decided, appealed))


def _record(act: _Act, said: Mapping[Factor, str]) -> None:
    made = act.connection.scalar(
        insert(judgements)
        .values(
            seq=act.seq,
            staff=act.staff,
            refer=act.judging.refer,
            factors=orjson.dumps(said).decode(),
            at=act.now,
            evidence=bytes.fromhex(act.judging.seen),
            thresholds=act.judging.law.version,
        )
        .returning(judgements.c.id)
    )
    detail = {"judgement": made, "seen": act.judging.seen}
    append(act.connection, act.staff, "judgement", act.ref, detail)


def _concluded(act: _Act) -> Step:
    """Close the review if two agree by now."""
    held = judgements_in_force(act.connection, act.seq)
    refer = verdict([one.refer for one in held])
    if refer is None:
        return "third" if len(held) > 1 else "second"
    act.connection.execute(delete(queue).where(queue.c.seq == act.seq))
    agreed = {"judgements": [one.id for one in held if one.refer == refer]}
    kind: Literal["handled", "dismissed"] = "handled" if refer else "dismissed"
    decision = Made(act.seq, act.place, kind, act.staff, act.judging.seen, agreed)
    made = written(act.connection, decision)
    if refer:
        _open(act, made, agreed)
        return "referred"
    append(act.connection, act.staff, "review.safe", act.ref, {"decision": made, **agreed})
    return "safe"


def _open(act: _Act, decision: int, agreed: Mapping[str, Any]) -> None:
    version = act.judging.law.version
    opened = act.connection.scalar(
        insert(referrals)
        .values(
            seq=act.seq,
            decision=decision,
            state="open",
            thresholds=version,
            opened_at=act.now,
        )
        .returning(referrals.c.id)
    )
    detail = {"referral": opened, "decision": decision, "thresholds": version, **agreed}
    append(act.connection, act.staff, "referral.opened", act.ref, detail)
