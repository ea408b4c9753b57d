"""What the intake answers: rows for a push, a problem document for a request it cannot take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
from starlette.responses import Response

from workers.entry import Entry
from workers.intake.problems import KINDS, BadRequest, RequestProblemType
from workers.ledger.accept import Receipt
from workers.ledger.pushes import Answer
from workers.problems import Problem, problem

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Admitted:
    """One item of a request behind the door: where it stood, and an entry or why it is none.

    No exception is kept: by its traceback it would hold the whole body, and by that itself.
    """

    pointer: str
    outcome: Entry | tuple[Problem, ...]


def push_answer(admitted: Sequence[Admitted], receipts: Sequence[Receipt]) -> Answer:
    """The answer for all items, in the order sent; `receipts` are those of the entries."""
    waiting = iter(receipts)
    rows = [
        _row(index, one, next(waiting) if isinstance(one.outcome, Entry) else None)
        for index, one in enumerate(admitted)
    ]
    totals = {
        status: sum(row["status"] == status for row in rows)
        for status in ("accepted", "already_known", "refused")
    }
    if totals["refused"] == len(rows):
        document = problem_document("nothing_accepted", "every item was refused; see `items`")
        return Answer(422, orjson.dumps({**document, "items": rows}))
    return Answer(202, orjson.dumps({**totals, "items": rows}))


def problem_response(bad: BadRequest) -> Response:
    """The problem as a response, with Retry-After where the caller may try again."""
    response = Response(
        orjson.dumps(problem_document(bad.kind, bad.detail)),
        KINDS[bad.kind].status,
        media_type=PROBLEM_JSON,
    )
    if bad.retry is not None:
        response.headers["retry-after"] = str(bad.retry)
    if response.status_code == 401:
        response.headers["www-authenticate"] = 'Bearer realm="saring"'
    return response


def problem_document(kind: RequestProblemType, detail: str) -> dict[str, Any]:
    """RFC 9457: type, title, status and detail."""
    known = KINDS[kind]
    return {
        "type": f"/problems/{kind}",
        "title": known.title,
        "status": known.status,
        "detail": detail,
    }


def _row(index: int, one: Admitted, receipt: Receipt | None) -> dict[str, Any]:
    if receipt is None:
        assert not isinstance(one.outcome, Entry)  # noqa: S101 - an entry has a receipt
        return _refusal(index, one.pointer, one.outcome)
    known = receipt.known_digest
    if known is not None and known != receipt.digest:
        digests = {"known": known.hex(), "sent": receipt.digest.hex()}
        short = {name: digest[:16] for name, digest in digests.items()}
        found = problem("conflict", "id", **short)
        return {**_refusal(index, one.pointer, [found]), "digests": digests}
    return {"index": index, "status": receipt.status, "ref": receipt.ref}


def _refusal(index: int, pointer: str, problems: Sequence[Problem]) -> dict[str, Any]:
    return {
        "index": index,
        "status": "refused",
        "problems": [
            {
                "type": one.type,
                "field": one.field,
                "pointer": f"#{pointer}{_token(one.field)}",
                "problem": one.problem,
                "remedy": one.remedy,
            }
            for one in problems
        ],
    }


def _token(field: str) -> str:
    """The field as the last token of a JSON Pointer in a URI fragment (RFC 6901, section 6)."""
    if not field:
        return ""
    return "/" + quote(field.replace("~", "~0").replace("/", "~1"), safe="~")
