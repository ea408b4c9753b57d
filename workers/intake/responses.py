"""The responses of the OpenAPI document: answers, and problems by status."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from workers.intake.examples import REFUSED
from workers.intake.problems import KINDS, RequestProblemType
from workers.intake.replies import PROBLEM_JSON, problem_document

Value = dict[str, Any]

_REF: Final = "#/components/schemas/"
_RETRY_AFTER: Final[Value] = {
    "description": "Seconds to wait before sending again.",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
_AUTHENTICATE: Final[Value] = {
    "description": "The scheme that is wanted.",
    "schema": {"type": "string"},
}
_HEADERS: Final[dict[int, Value]] = {
    401: {"WWW-Authenticate": _AUTHENTICATE},
    429: {"Retry-After": _RETRY_AFTER},
    503: {"Retry-After": _RETRY_AFTER},
}
_HEAD_TOO_LONG: Final[Value] = {
    "description": "The request line and the headers are too long. The connection is closed.",
    "content": {PROBLEM_JSON: {"schema": {"$ref": f"{_REF}UntypedProblem"}}},
}
"""From the HTTP server itself, before any operation."""


def answer(description: str, schema: str, example: Value) -> Value:
    """A response with a JSON body."""
    content = {"schema": {"$ref": f"{_REF}{schema}"}, "example": example}
    return {"description": description, "content": {"application/json": content}}


def problems(kinds: Iterable[RequestProblemType]) -> dict[str, Value]:
    """The responses of an operation that may meet these problems, by status."""
    by_status = groupby(sorted(kinds, key=_status), key=_status)
    found = {str(status): _response(status, list(some)) for status, some in by_status}
    return dict(sorted({**found, "431": _HEAD_TOO_LONG}.items()))


def _status(kind: RequestProblemType) -> int:
    return KINDS[kind].status


def _response(status: int, kinds: list[RequestProblemType]) -> Value:
    several = [_schema(status, kind) for kind in kinds]
    content = {
        "schema": several[0] if len(several) == 1 else {"oneOf": several},
        "examples": {kind: {"value": _example(kind)} for kind in kinds},
    }
    response: Value = {
        "description": f"{', '.join(KINDS[kind].title for kind in kinds)}.",
        "content": {PROBLEM_JSON: content},
    }
    if status in _HEADERS:
        response["headers"] = _HEADERS[status]
    return response


def _schema(status: int, kind: RequestProblemType) -> Value:
    model = "NothingAccepted" if kind == "nothing_accepted" else "ProblemDocument"
    exact = {"type": {"const": f"/problems/{kind}"}, "status": {"const": status}}
    return {"$ref": f"{_REF}{model}", "properties": exact}


def _example(kind: RequestProblemType) -> Value:
    document = problem_document(kind, KINDS[kind].meaning)
    return {**document, "items": REFUSED} if kind == "nothing_accepted" else document
