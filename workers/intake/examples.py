"""Examples for the OpenAPI document and /docs; nobody and nothing in them is real."""

import shlex
from dataclasses import asdict
from hashlib import sha256
from typing import Any, Final

import orjson

from workers.intake.events import SUBMISSION_TYPE
from workers.problems import ProblemType, problem

Value = dict[str, Any]

POST: Final[Value] = {
    "source": "pantau-media",
    "id": "pm-117",
    "kind": "post",
    "platform": "x",
    "author": "warga_contoh",
    "url": "https://contoh.example/status/117",
    "published_at": "2026-11-22T08:00:00+07:00",
    "text": "Lampu jalan di depan pasar sudah tiga malam padam, mohon segera diperbaiki.",
}
ARTICLE: Final[Value] = {
    "source": "pantau-media",
    "id": "berita/perpustakaan-buka-malam",
    "kind": "article",
    "url": "https://contoh.example/berita/perpustakaan-buka-malam",
    "published_at": "2026-11-22T09:30:00+07:00",
    "title": "Perpustakaan kota buka sampai malam",
    "text": "Mulai hari ini perpustakaan kota buka sampai pukul 21.00. Kartu anggota gratis.",
}
LINES: Final = "\n".join(orjson.dumps(one).decode() for one in (POST, ARTICLE)) + "\n"
EVENT: Final[Value] = {
    "specversion": "1.0",
    "id": "kejadian-117",
    "source": "https://contoh.example/pantau-media",
    "type": SUBMISSION_TYPE,
    "time": "2026-11-22T08:00:05+07:00",
    "datacontenttype": "application/json",
    "data": POST,
}


def _ref(item: Value) -> str:
    return f"{item['source']}/{item['id']}"


def _refused(index: int, kind: ProblemType, field: str, **figures: str) -> Value:
    found = asdict(problem(kind, field, **figures))
    return {
        "index": index,
        "status": "refused",
        "problems": [{**found, "pointer": f"#/{index}/{field}"}],
    }


_KNOWN, _SENT = (sha256(word).hexdigest() for word in (b"known", b"sent"))
PUSHED: Final[Value] = {
    "accepted": 1,
    "already_known": 1,
    "refused": 1,
    "items": [
        {"index": 0, "status": "accepted", "ref": _ref(POST)},
        {"index": 1, "status": "already_known", "ref": _ref(ARTICLE)},
        _refused(2, "no_time_zone", "published_at"),
    ],
}
REFUSED: Final[list[Value]] = [
    _refused(0, "unknown_kind", "kind"),
    {
        **_refused(1, "conflict", "id", known=_KNOWN[:16], sent=_SENT[:16]),
        "digests": {"known": _KNOWN, "sent": _SENT},
    },
]
STATE: Final[Value] = {
    "ref": _ref(POST),
    "state": "published",
    "accepted_at": "2026-11-22T01:00:06.120+00:00",
    "finished_at": "2026-11-22T01:00:06.894+00:00",
}


def samples(operation: str) -> list[Value]:
    """Code to copy for an operation, in the form of the extension `x-codeSamples`."""
    return [
        {"lang": lang, "label": label, "source": source}
        for where, lang, label, source in _SAMPLES
        if where == operation
    ]


SETUP: Final = """\
export SARING_INTAKE_URL=http://127.0.0.1:8700   # where the intake is
# With a token: in a file, since every user of a machine can see arguments.
(umask 077; echo 'Authorization: Bearer pantau-media.y4Vv...' > token.txt)
# Or with a secret for signing, which the example in Python reads:
export SARING_INTAKE_SECRET=whsec_... SARING_INTAKE_SOURCE=pantau-media"""
"""What the samples find in their environment."""


def _curl(body: Value, *headers: str) -> str:
    shown = orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()
    lines = ['curl -sS "$SARING_INTAKE_URL/v1/items" -H @token.txt']
    lines += [f"-H {shlex.quote(header)}" for header in headers]
    return " \\\n  ".join([*lines, f"-d {shlex.quote(shown)}"])


_JSON: Final = "content-type: application/json"
_EVENT: Final = "content-type: application/cloudevents+json"
_BINARY: Final = [f"ce-{name}: {EVENT[name]}" for name in ("specversion", "id", "source", "type")]
_GZIP: Final = """\
gzip --stdout items.jsonl |
  curl -sS "$SARING_INTAKE_URL/v1/items" -H @token.txt -H 'content-type: application/x-ndjson' \\
    -H 'content-encoding: gzip' -H 'idempotency-key: items-2026-11-22' --data-binary @-"""
_STATE: Final = f'curl -sS "$SARING_INTAKE_URL/v1/items/{_ref(POST)}" -H @token.txt'
_SIGNED: Final = """\
import base64, hmac, json, os, time, urllib.request, uuid

item = {
    "source": os.environ["SARING_INTAKE_SOURCE"],
    "id": "pm-118",
    "kind": "post",
    "published_at": "2026-11-22T10:15:00+07:00",
    "text": "Kapan loket KTP di kecamatan buka lagi?",
}
body = json.dumps(item).encode()
message_id = uuid.uuid4().hex  # keep it: the same for each try with this body
timestamp = str(int(time.time()))
key = base64.b64decode(os.environ["SARING_INTAKE_SECRET"].removeprefix("whsec_"))
digest = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")
headers = {
    "content-type": "application/json",
    "webhook-id": message_id,
    "webhook-timestamp": timestamp,
    "webhook-signature": "v1," + base64.b64encode(digest).decode(),
}
url = f"{os.environ['SARING_INTAKE_URL']}/v1/items?source={os.environ['SARING_INTAKE_SOURCE']}"
with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
    print(answer.read().decode())"""
_SAMPLES: Final = (
    ("push", "Shell", "One item", _curl(POST, _JSON)),
    ("push", "Shell", "A file of items, compressed, with a key of your choice", _GZIP),
    ("push", "Shell", "A CloudEvent", _curl(EVENT, _EVENT)),
    ("push", "Shell", "A CloudEvent in binary mode", _curl(POST, _JSON, *_BINARY)),
    ("push", "Python", "A signed request, with the standard library alone", _SIGNED),
    ("item", "Shell", "The state of an item", _STATE),
)
