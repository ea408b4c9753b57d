"""The OpenAPI 3.1 document of the intake."""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from workers.intake import examples
from workers.intake.events import SUBMISSION_TYPE
from workers.intake.limits import LIMITS
from workers.intake.problems import KINDS, RequestProblemType
from workers.intake.reading import MAX_ITEMS
from workers.intake.responses import answer, problems
from workers.intake.schemas import schemas

Value = dict[str, Any]

_REFUSED_CALLER: Final[list[RequestProblemType]] = [
    "bad_header",
    "unauthorised",
    "bad_signature",
    "expired_signature",
    "not_allowed",
    "sources_unreadable",
]
_NEVER_PUSHING: Final = {"not_found", "method_not_allowed", "internal"}
_SIGNED: Final = {
    "webhook-id": "The request's id: 1 to 256 printable ASCII characters without spaces. The same "
    "id again with the same body gets the first answer again.",
    "webhook-timestamp": "When it was signed: whole seconds since 1970.",
    "webhook-signature": "`v1,` and the base64 of HMAC-SHA256 over `ID.TIMESTAMP.BODY`: "
    "webhook-id, a dot, webhook-timestamp, a dot, and the bytes of the body as they are sent, "
    "after compression. The key is what the secret holds after `whsec_`, decoded from base64. "
    "Several signatures are separated by spaces; one that fits is enough. The query parameter "
    "source names who signs.",
}
_PUSH: Final = f"""\
Every item is taken or refused by itself. 202 says what became of each; what was taken is on disk.

**Sending again is safe.** An item that is known already is not taken twice. With Idempotency-Key, \
or in a signed request with webhook-id, the same body gets the very same answer again.

**Compression.** A body may come with `Content-Encoding: gzip` or `zstd`.

**CloudEvents.** Beside the structured formats below there is the binary one: the body is a \
submission as application/json, and the headers `ce-specversion: 1.0`, `ce-id`, `ce-source` and \
`ce-type: {SUBMISSION_TYPE}` stand with it. An event's own id and source are not those of \
the item."""


@cache
def openapi() -> Value:
    """The document. It is made once: do not change what you get."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "saring intake",
            "version": version("saring"),
            "summary": "Takes public posts and news articles for sorting.",
            "description": "Upstream systems push submissions here and may ask how far an item "
            "has come. Every refusal is a problem document with a stable type and a remedy.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [
            {"name": "Items", "description": "For upstream systems, with credentials."},
            {"name": "About", "description": "Open to everybody who can reach the intake."},
        ],
        "paths": {
            "/v1/items": {"post": _push()},
            "/v1/items/{source}/{id}": {"get": _item()},
            **_about(),
        },
        "components": {"schemas": schemas(), "securitySchemes": _security_schemes()},
        "x-limits": LIMITS,
    }


def _push() -> Value:
    kinds = [kind for kind in KINDS if kind not in _NEVER_PUSHING]
    replayed = {
        "description": "`true`: this is the first answer again; nothing was taken now.",
        "schema": {"type": "string", "const": "true"},
    }
    taken = answer("What became of each item.", "PushAnswer", examples.PUSHED)
    return {
        "operationId": "push",
        "tags": ["Items"],
        "summary": "Push submissions",
        "description": _PUSH,
        "security": _SECURITY,
        "parameters": [_signer(), _idempotency_key()],
        "requestBody": {"required": True, "content": _bodies()},
        "responses": {
            "202": {**taken, "headers": {"idempotent-replayed": replayed}},
            **problems(kinds),
        },
        "x-codeSamples": examples.samples("push"),
    }


def _item() -> Value:
    fields = schemas()["Submission"]["properties"]
    path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": f"The item's {name}.",
            "schema": {"type": "string", "pattern": fields[name]["pattern"]},
            "example": examples.POST[name],
        }
        for name in ("source", "id")
    ]
    path[1]["description"] = "The item's id: the rest of the path, slashes and all."
    return {
        "operationId": "item",
        "tags": ["Items"],
        "summary": "Ask for an item's state",
        "description": "For the item's own source. An item of another is not found, as if it did "
        "not exist. A signed request signs an empty body.",
        "security": _SECURITY,
        "parameters": [*path, _signer()],
        "responses": {
            "200": answer("How far it has come.", "ItemState", examples.STATE),
            **problems([*_REFUSED_CALLER, "not_found", "ledger_away"]),
        },
        "x-codeSamples": examples.samples("item"),
    }


def _about() -> Value:
    page = {"text/html": {"schema": {"type": "string"}}}
    kind = {
        "name": "type",
        "in": "path",
        "required": True,
        "description": "The type of a problem, of a request or of an item.",
        "schema": {"type": "string"},
        "example": "not_json",
    }
    return {
        "/healthz": _open(
            "health", "Whether it runs", {"text/plain": {"schema": {"const": "ok\n"}}}
        ),
        "/openapi.json": _open(
            "openapi", "This document", {"application/json": {"schema": {"type": "object"}}}
        ),
        "/docs": _open("docs", "This document as a page", page),
        "/problems": _open("problems", "All types of problems, as a page", page),
        "/problems/{type}": _open(
            "problem", "One type of problem, as a page", page, [kind], problems(["not_found"])
        ),
    }


def _open(
    name: str,
    summary: str,
    content: Value,
    parameters: Sequence[Value] = (),
    refusals: Value | None = None,
) -> Value:
    operation = {
        "operationId": name,
        "tags": ["About"],
        "summary": summary,
        "security": [],
        "parameters": list(parameters),
        "responses": {
            "200": {"description": f"{summary}.", "content": content},
            **(refusals or {}),
        },
    }
    return {"get": operation}


def _bodies() -> Value:
    lines = {"schema": {"type": "string"}, "example": examples.LINES}
    return {
        "application/json": {
            "schema": {"anyOf": [_ref("Submission"), _several("Submission")]},
            "examples": {
                "one": {"summary": "One item", "value": examples.POST},
                "several": {"summary": "Several", "value": [examples.POST, examples.ARTICLE]},
            },
        },
        "application/x-ndjson": lines,
        "application/jsonl": lines,
        "application/cloudevents+json": {
            "schema": _ref("SubmissionEvent"),
            "example": examples.EVENT,
        },
        "application/cloudevents-batch+json": {
            "schema": _several("SubmissionEvent"),
            "example": [examples.EVENT],
        },
    }


def _ref(name: str) -> Value:
    return {"$ref": f"#/components/schemas/{name}"}


def _several(name: str) -> Value:
    return {"type": "array", "items": _ref(name), "minItems": 1, "maxItems": MAX_ITEMS}


def _signer() -> Value:
    return {
        "name": "source",
        "in": "query",
        "description": "For signed requests: the source that signs. With a token it means nothing.",
        "schema": {"type": "string"},
    }


def _idempotency_key() -> Value:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "1 to 255 printable ASCII characters of your choice, a new one for each "
        "body. A signed request has its webhook-id instead.",
        # Quotes around it, as the draft standard has them, are not part of the key.
        "schema": {"type": "string", "pattern": '^("[ -~]{1,255}"|[!#-~]([ -~]{0,253}[!-~])?)$'},
    }


def _security_schemes() -> Value:
    signed = {
        _scheme(name): {"type": "apiKey", "in": "header", "name": name, "description": note}
        for name, note in _SIGNED.items()
    }
    bearer = {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of a source, which begins with its name and a dot, or the "
        "operator's token, which is good for every source. Headers of a signature go before it.",
    }
    return {"bearer": bearer, **signed}


def _scheme(header: str) -> str:
    first, second = header.split("-")
    return first + second.capitalize()


_SECURITY: Final[list[Value]] = [{"bearer": []}, {_scheme(name): [] for name in _SIGNED}]
