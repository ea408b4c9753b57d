"""Where people overruled the program or one another: to evaluate with, never to learn from."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Row, literal, null, select, union_all

from tasks.models import Publication
from workers.ledger.database import Ledger
from workers.ledger.desk_tables import appeals, decisions, referrals
from workers.ledger.schema import publications

_JUDGED = decisions.c.detail.contains('"judgements":[')


def corrections(ledger: Ledger, since_ms: int = 0) -> Iterator[dict[str, Any]]:
    """Each correction since then: the text, what the program said of it, and what people said.

    An item that was moved, a claim that was rejected, a danger that two judged to be none, a
    referral that was declined, and what an appeal reversed. Taken-back decisions are none, and
    an erased item is left out. No member of staff is named.
    """
    overruled = select(
        decisions.c.seq, decisions.c.at, decisions.c.kind.label("what"), decisions.c.detail
    ).where(
        decisions.c.undone_at.is_(None),
        decisions.c.kind.in_(("moved", "claim_rejected"))
        | ((decisions.c.kind == "dismissed") & _JUDGED),
    )
    declined = (
        select(referrals.c.seq, decisions.c.at, literal("declined"), null())
        .join(decisions, decisions.c.id == referrals.c.decision)
        .where(referrals.c.state == "declined")
    )
    reversed_ = (
        select(appeals.c.seq, appeals.c.decided_at, literal("reversed"), decisions.c.kind)
        .join(decisions, decisions.c.id == appeals.c.decision, isouter=True)
        .where(appeals.c.reversed.is_(True))
    )
    found = union_all(overruled, declined, reversed_).subquery()
    query = (
        select(found, publications.c.body)
        .join(publications, publications.c.seq == found.c.seq)
        .where(found.c.at >= since_ms)
        .order_by(found.c.at, found.c.seq)
    )
    with ledger.read() as connection:
        for row in connection.execute(query):
            yield _correction(row)


def _correction(row: Row[Any]) -> dict[str, Any]:
    one = Publication.model_validate_json(row.body)
    return {
        "ref": one.ref,
        "at_ms": row.at,
        "kind": one.kind,
        "language": one.language,
        "text": one.text,
        "program": {
            "desk": one.desk,
            "state": one.state,
            "target": one.target,
            "acts": [{"act": act.act, "probability": act.probability} for act in one.acts],
            "claims": [{"claim_id": c.claim_id, "decision": c.decision} for c in one.claims],
        },
        "people": _people(row.what, row.detail),
        "versions": dict(one.versions),
    }


def _people(what: str, detail: str | None) -> Mapping[str, Any]:
    if what == "dismissed":
        return {"what": "judged_safe"}
    if what == "declined":
        return {"what": what}
    if what == "reversed":
        return {"what": what, "of": detail if detail is not None else "referral"}
    said = orjson.loads(detail or "{}")
    return {"what": what, **{name: said[name] for name in ("to", "claim_id") if name in said}}
