"""Why a request as a whole is not taken: RFC 9457 problems, each with a stable type."""

from dataclasses import dataclass
from typing import Final, Literal

RequestProblemType = Literal[
    "bad_header",
    "not_json",
    "nothing_sent",
    "bad_event",
    "unauthorised",
    "bad_signature",
    "expired_signature",
    "not_allowed",
    "not_found",
    "method_not_allowed",
    "too_slow",
    "body_too_large",
    "expands_too_much",
    "too_many_items",
    "unknown_media_type",
    "unknown_encoding",
    "nothing_accepted",
    "key_reused",
    "rate_exceeded",
    "overloaded",
    "internal",
    "busy",
    "ledger_away",
    "sources_unreadable",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is the same for every problem of one type. `remedy` is what the caller should do."""

    status: int
    title: str
    meaning: str
    remedy: str


KINDS: Final[dict[RequestProblemType, Kind]] = {
    "bad_header": Kind(
        400,
        "Bad header",
        "A header or a query parameter is missing, malformed, or there twice.",
        "Mend the header or parameter that the detail names.",
    ),
    "not_json": Kind(
        400,
        "Not JSON",
        "The body is not JSON, or not compressed as Content-Encoding says.",
        "Send valid JSON in UTF-8, without lone surrogates or NaN.",
    ),
    "nothing_sent": Kind(
        400,
        "Nothing sent",
        "The body holds no item.",
        "Send at least one item.",
    ),
    "bad_event": Kind(
        400,
        "Not a CloudEvent",
        "The headers or the body say CloudEvents, and it is none that saring takes.",
        "Send CloudEvents 1.0 with specversion, id, source and type, and a submission as data.",
    ),
    "unauthorised": Kind(
        401,
        "Unauthorised",
        "Nothing proves who sends this: no token and no signature that is known here.",
        "Send Authorization: Bearer with the token of the source, or sign the request as "
        "Standard Webhooks say and name the source in ?source=. The operator makes both with "
        "`saring sources add`.",
    ),
    "bad_signature": Kind(
        401,
        "Bad signature",
        "The signature fits no secret of the source, or is malformed.",
        "Sign id.timestamp.body with a secret of the source that is still valid; the body is "
        "signed as it is sent, after compression.",
    ),
    "expired_signature": Kind(
        401,
        "Signature expired",
        "The signature's timestamp is too old, or too far in the future.",
        "Sign again with the present time: the timestamp may be 5 minutes off at most.",
    ),
    "not_allowed": Kind(
        403,
        "Not allowed",
        "It is known who sends this, and they may not.",
        "Ask the operator what this source may do; it may be disabled.",
    ),
    "not_found": Kind(
        404,
        "Not found",
        "There is nothing at this address, or nothing that you may see.",
        "Check the address; see /docs for all there are.",
    ),
    "method_not_allowed": Kind(
        405,
        "Method not allowed",
        "The address is right, the method is not.",
        "Use a method that Allow names.",
    ),
    "too_slow": Kind(
        408,
        "Too slow",
        "The body did not arrive in time.",
        "Send the whole body within the time that /docs names.",
    ),
    "body_too_large": Kind(
        413,
        "Body too large",
        "The body is longer than a request may be.",
        "Send the items in smaller requests.",
    ),
    "expands_too_much": Kind(
        413,
        "Body expands too much",
        "The compressed body becomes too large.",
        "Send less in one request, or without compression.",
    ),
    "too_many_items": Kind(
        413,
        "Too many items",
        "There are more items than a request may hold.",
        "Send the items in smaller requests.",
    ),
    "unknown_media_type": Kind(
        415,
        "Unknown media type",
        "Content-Type is missing, or names a format that is not read here.",
        "Send application/json, application/x-ndjson or CloudEvents, and say so in Content-Type.",
    ),
    "unknown_encoding": Kind(
        415,
        "Unknown encoding",
        "Content-Encoding names a compression that is not read here.",
        "Send the body plain, or with one of gzip and zstd.",
    ),
    "nothing_accepted": Kind(
        422,
        "Nothing accepted",
        "The request was read, and every single item in it was refused.",
        "Every item was refused: `items` tells why for each.",
    ),
    "key_reused": Kind(
        422,
        "Key used before",
        "This webhook-id or Idempotency-Key came before, with another body.",
        "Use a new webhook-id or Idempotency-Key for another body, and the same one only to "
        "send the same body again.",
    ),
    "rate_exceeded": Kind(
        429,
        "Rate exceeded",
        "The source has sent more items than its rate allows.",
        "Wait for Retry-After seconds; the operator sets each source's rate.",
    ),
    "overloaded": Kind(
        429,
        "Overloaded",
        "Items come in faster than they are processed.",
        "Wait for Retry-After seconds: more waits to be processed than is sound.",
    ),
    "internal": Kind(
        500,
        "Internal error",
        "The intake failed. The cause is in its log, not in the answer.",
        "Tell the operator; sending the same items again is safe.",
    ),
    "busy": Kind(
        503,
        "Busy",
        "The intake has no room for the body at this moment.",
        "Wait for Retry-After seconds: many large requests came at once.",
    ),
    "ledger_away": Kind(
        503,
        "Ledger away",
        "The database that records the items does not answer.",
        "Wait for Retry-After seconds and send it all again; what the ledger may have taken of it "
        "(of more than 100 items) is answered already_known then.",
    ),
    "sources_unreadable": Kind(
        503,
        "Sources unreadable",
        "The list of who may push cannot be read.",
        "Wait until the operator has mended the list of sources; nothing was taken.",
    ),
}


class BadRequest(Exception):
    """A request that is answered with a problem; `retry` is the seconds of Retry-After."""

    def __init__(self, kind: RequestProblemType, detail: str, retry: int | None = None) -> None:
        super().__init__(detail)
        self.kind: RequestProblemType = kind
        self.detail, self.retry = detail, retry
