"""What `saring factchecks` says, in the languages of its readers."""

from typing import Final, NamedTuple

from tasks.words import Outcome, ReaderLanguage, Subtype


class FactcheckWords(NamedTuple):
    """Headings and sentences in one language."""

    counts: tuple[str, str, str, str]
    columns: tuple[str, str, str, str, str]
    more: str
    nothing: str
    trial: str
    unchanged: str
    version: str
    returned: str
    still_withdrawn: str
    withdrawn: str
    fields: tuple[str, ...]
    revision: str
    in_force: str
    replaced: str
    taken_out: str


WORDS: Final[dict[ReaderLanguage, FactcheckWords]] = {
    "id": FactcheckWords(
        counts=("Baru", "Berubah", "Sama", "Ditolak"),
        columns=("Id", "Tanggal", "Hasil", "Penerbit", "Klaim"),
        more="… dan {number} lagi",
        nothing="Tidak ada yang diimpor: perbaiki dahulu yang di atas.",
        trial="Percobaan: tidak ada yang disimpan.",
        unchanged="Pustaka tidak berubah, versi {version}.",
        version="Pustaka sekarang berversi {version}, berisi {number} cek fakta.",
        returned="Pernah ditarik, kini berlaku lagi karena isinya berubah: {ids}",
        still_withdrawn="Tetap ditarik, karena isinya sama: {ids}",
        withdrawn="{id} ditarik dari pustaka; catatannya tetap ada.",
        fields=(
            *("Klaim", "Kata lain", "Bahasa", "Putusan penerbit", "Hasil", "Jenis", "Tanggal"),
            *("Penerbit", "Alamat", "Sumber", "Klarifikasi"),
        ),
        revision="Revisi {number}, diimpor {when}: {state}",
        in_force="berlaku",
        replaced="digantikan",
        taken_out="ditarik {when} ({reason})",
    ),
    "en": FactcheckWords(
        counts=("New", "Changed", "Same", "Refused"),
        columns=("Id", "Date", "Outcome", "Publisher", "Claim"),
        more="… and {number} more",
        nothing="Nothing was imported: mend what stands above first.",
        trial="A trial: nothing was stored.",
        unchanged="The library has not changed, version {version}.",
        version="The library is now version {version}, with {number} fact-checks.",
        returned="Was withdrawn, and is in force again since its content changed: {ids}",
        still_withdrawn="Stays withdrawn, since its content is the same: {ids}",
        withdrawn="{id} is withdrawn from the library; its record stays.",
        fields=(
            *("Claim", "Other wordings", "Language", "Verdict", "Outcome", "Subtype", "Date"),
            *("Publisher", "Address", "Sources", "Clarification"),
        ),
        revision="Revision {number}, imported {when}: {state}",
        in_force="in force",
        replaced="replaced",
        taken_out="withdrawn {when} ({reason})",
    ),
}
OUTCOMES: Final[dict[Outcome, dict[ReaderLanguage, str]]] = {
    "refuted": {"id": "terbantah", "en": "refuted"},
    "confirmed": {"id": "terbukti benar", "en": "confirmed"},
    "unproven": {"id": "belum terbukti", "en": "unproven"},
}
SUBTYPES: Final[dict[Subtype, dict[ReaderLanguage, str]]] = {
    "misleading": {"id": "menyesatkan", "en": "misleading"},
    "imposter": {"id": "tiruan", "en": "imposter"},
    "fabricated": {"id": "rekaan", "en": "fabricated"},
    "false_connection": {"id": "tidak berhubungan", "en": "false connection"},
    "false_context": {"id": "konteks keliru", "en": "false context"},
    "manipulated": {"id": "suntingan", "en": "manipulated"},
}
