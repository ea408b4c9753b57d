"""What can be wrong with a submission: each problem has a stable type, and words for people."""

from dataclasses import dataclass
from typing import Final, Literal

from pydantic_core import ErrorDetails

from tasks.words import ReaderLanguage

ProblemType = Literal[
    "not_json",
    "not_an_object",
    "missing",
    "unknown_field",
    "not_text",
    "empty",
    "too_long",
    "bad_source",
    "bad_id",
    "bad_url",
    "bad_platform",
    "unknown_kind",
    "not_a_time",
    "no_time_zone",
    "in_the_future",
    "too_old",
    "holds_nul",
    "holds_handle",
    "conflict",
    "not_yours",
    "not_an_event",
    "invalid",
]
_Words = tuple[str, str]  # the problem, the remedy
_LONGEST_FIELD: Final = 64

WORDS: Final[dict[ProblemType, dict[ReaderLanguage, _Words]]] = {
    "not_json": {
        "en": ("is not JSON", "send one JSON object for each item"),
        "id": ("bukan JSON", "kirim satu objek JSON untuk tiap item"),
    },
    "not_an_object": {
        "en": ("is not an object", "send one JSON object for each item"),
        "id": ("bukan objek", "kirim satu objek JSON untuk tiap item"),
    },
    "missing": {"en": ("is missing", "add it"), "id": ("tidak ada", "tambahkan")},
    "unknown_field": {
        "en": ("is not a field of a submission", "leave it out"),
        "id": ("bukan bidang kiriman", "hapus bidang itu"),
    },
    "not_text": {
        "en": ("is not a string", "send it in quotes"),
        "id": ("bukan teks", "tulis di antara tanda kutip"),
    },
    "empty": {
        "en": ("is empty", "send the words of the post or article"),
        "id": ("kosong", "kirim kata-kata unggahan atau artikelnya"),
    },
    "too_long": {
        "en": ("is longer than {limit} characters", "shorten it"),
        "id": ("lebih dari {limit} huruf", "persingkat"),
    },
    "bad_source": {
        "en": ("has characters that a source name cannot have", "use a-z, 0-9, dot, dash"),
        "id": ("berisi huruf yang tidak boleh ada", "pakai a-z, 0-9, titik, strip"),
    },
    "bad_id": {
        "en": ("has characters that an id cannot have", "use letters, digits and . _ : / ~ -"),
        "id": ("berisi huruf yang tidak boleh ada", "pakai huruf, angka, dan . _ : / ~ -"),
    },
    "bad_url": {
        "en": ("is no web address", "send one that begins with http:// or https://"),
        "id": ("bukan alamat web", "awali dengan http:// atau https://"),
    },
    "bad_platform": {
        "en": ("has characters that a platform cannot have", "use a-z, 0-9, dash"),
        "id": ("berisi huruf yang tidak boleh ada", "pakai a-z, 0-9, strip"),
    },
    "unknown_kind": {
        "en": ("is not one of the known values", "send post or article"),
        "id": ("bukan nilai yang dikenal", "kirim post atau article"),
    },
    "not_a_time": {
        "en": ("is no date and time", "send ISO 8601 with a time zone"),
        "id": ("bukan tanggal dan jam", "kirim ISO 8601 dengan zona waktu"),
    },
    "no_time_zone": {
        "en": ("has no time zone", "add an offset, as in 2026-11-22T08:00:00+07:00"),
        "id": ("tanpa zona waktu", "tambahkan, seperti 2026-11-22T08:00:00+07:00"),
    },
    "in_the_future": {
        "en": ("lies in the future", "send the time it was published"),
        "id": ("masih akan datang", "kirim waktu terbitnya"),
    },
    "too_old": {
        "en": ("lies before {earliest}", "send the time it was published"),
        "id": ("sebelum {earliest}", "kirim waktu terbitnya"),
    },
    "holds_nul": {
        "en": ("holds a NUL character", "remove it"),
        "id": ("berisi karakter NUL", "hapus karakter itu"),
    },
    "holds_handle": {
        "en": ("holds the author's handle", "send the post's own id without it"),
        "id": ("memuat nama akun penulis", "kirim id unggahan tanpa nama akun"),
    },
    "conflict": {
        "en": (
            "was accepted before with another body (known {known}, sent {sent})",
            "send a changed post under a new id",
        ),
        "id": (
            "sudah diterima dengan isi lain (ada {known}, dikirim {sent})",
            "kirim unggahan yang berubah dengan id baru",
        ),
    },
    "not_yours": {
        "en": (
            "is not a source that these credentials may push as",
            "send your own source name, or ask the operator (saring sources add --as)",
        ),
        "id": (
            "bukan sumber yang boleh dikirim dengan kredensial ini",
            "kirim nama sumber sendiri, atau minta pengelola (saring sources add --as)",
        ),
    },
    "not_an_event": {
        "en": (
            "is not what a CloudEvent 1.0 of saring has here",
            "see /docs for an event that is",
        ),
        "id": (
            "tidak sesuai dengan CloudEvent 1.0 untuk saring",
            "lihat contohnya di /docs",
        ),
    },
    "invalid": {
        "en": ("is not valid", "see docs/schema/submission.json"),
        "id": ("tidak sah", "lihat docs/schema/submission.json"),
    },
}

_OF_PYDANTIC: Final[dict[str, ProblemType]] = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_type": "not_text",
    "string_too_short": "empty",
    "string_too_long": "too_long",
    "literal_error": "unknown_kind",
    "model_type": "not_an_object",
    "model_attributes_type": "not_an_object",
    "timezone_aware": "no_time_zone",
    "value_error": "holds_nul",
}
_OF_PATTERNS: Final[dict[str, ProblemType]] = {
    "source": "bad_source",
    "id": "bad_id",
    "url": "bad_url",
    "platform": "bad_platform",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field, and what to do about it. `type` never changes."""

    type: ProblemType
    field: str
    problem: str
    remedy: str


def problem(kind: ProblemType, field: str, **figures: object) -> Problem:
    """A problem in the words of the API, English."""
    said, remedy = words(kind, "en", **figures)
    return Problem(kind, field[:_LONGEST_FIELD], said, remedy)


def words(kind: ProblemType, language: ReaderLanguage, **figures: object) -> _Words:
    """The problem and its remedy in a reader's language."""
    said, remedy = WORDS[kind][language]
    return said.format(**figures), remedy


def explain(error: ErrorDetails) -> Problem:
    """What pydantic found, in our words."""
    field = ".".join(str(part) for part in error["loc"])
    kind = error["type"]
    if kind == "string_pattern_mismatch":
        return problem(_OF_PATTERNS.get(field, "invalid"), field)
    if kind.startswith(("datetime", "date")):
        return problem("not_a_time", field)
    limit = error.get("ctx", {}).get("max_length", "")
    return problem(_OF_PYDANTIC.get(kind, "invalid"), field, limit=limit)
