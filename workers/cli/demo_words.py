"""What the demo says, in the languages of its readers."""

from dataclasses import dataclass
from typing import Final

from tasks.normalise import NOTHING_READABLE
from tasks.words import Desk, ReaderLanguage


@dataclass(frozen=True, slots=True)
class DemoWords:
    """The sentences and headings of the demo in one language."""

    language: ReaderLanguage
    starting: str
    pushing: str
    processing: str
    desks: dict[Desk, str]
    columns: tuple[str, str, str, str]
    more: str
    known: str
    known_columns: tuple[str, str, str, str]
    suggested: str
    late: str
    late_columns: tuple[str, str, str, str, str]
    refused: str
    refused_columns: tuple[str, str, str, str]
    quarantined: str
    quarantined_columns: tuple[str, str]
    errors: dict[str, str]
    figures: str
    accepted: str
    published: str
    duplicates: str
    refused_count: str
    quarantined_count: str
    rate: str
    latency: str
    written: str
    flower: str
    stay: str
    stopped: str


WORDS: Final[dict[ReaderLanguage, DemoWords]] = {
    "id": DemoWords(
        language="id",
        starting="menyalakan Valkey, buku besar, pintu masuk, pembagi, pekerja, Flower",
        pushing="mengirim",
        processing="menyaring",
        desks={
            "review": "Meja tinjau (orang yang memutuskan)",
            "clarify": "Meja klarifikasi",
            "oversight": "Meja pengawasan",
            "service": "Meja layanan",
            "answer": "Meja jawab",
            "amplify": "Meja gaungkan",
            "none": "Tanpa tindakan",
        },
        columns=("Item", "Tindak tutur", "Alasan", "Teks"),
        more="… dan {number} lagi",
        known="Klaim yang sudah dibantah pemeriksa fakta",
        known_columns=("Pemeriksaan", "Item", "Bahasa", "Bunyinya"),
        suggested="{number} item lain menyebut hal yang pernah diperiksa; petugas yang memastikan",
        late="Hoaks yang datang kemudian, satu demi satu",
        late_columns=("Item", "Bahasa", "Setelah", "Pemeriksaan", "Bunyinya"),
        refused="Ditolak di pintu",
        refused_columns=("Baris", "Bidang", "Masalah", "Perbaikan"),
        quarantined="Karantina (menunggu orang)",
        quarantined_columns=("Item", "Sebab"),
        errors={
            NOTHING_READABLE: "teks: tak ada yang terbaca setelah markup dibuang; "
            "kirim kata-kata unggahannya"
        },
        figures="Angka",
        accepted="diterima",
        published="diterbitkan",
        duplicates="salinan (ditandai dan diterbitkan)",
        refused_count="ditolak",
        quarantined_count="dikarantina",
        rate="item per detik",
        latency="waktu tunggu p50 / p95",
        written="hasil (JSON per baris)",
        flower="Flower",
        stay="Ctrl-C untuk berhenti",
        stopped="semua bagian berhenti; `saring demo --stay` membiarkannya hidup, juga Flower",
    ),
    "en": DemoWords(
        language="en",
        starting="starting Valkey, ledger, intake, dispatcher, workers, Flower",
        pushing="pushing",
        processing="sorting",
        desks={
            "review": "Review desk (a person decides)",
            "clarify": "Clarification desk",
            "oversight": "Oversight desk",
            "service": "Service desk",
            "answer": "Answer desk",
            "amplify": "Amplification desk",
            "none": "No action",
        },
        columns=("Item", "Act", "Reason", "Text"),
        more="… and {number} more",
        known="Claims that a fact-check refutes",
        known_columns=("Fact-check", "Item", "Language", "What it says"),
        suggested="{number} more items speak of what was checked; a person says if it is the same",
        late="A hoax that comes later, one by one",
        late_columns=("Item", "Language", "After", "Fact-check", "What it says"),
        refused="Refused at the door",
        refused_columns=("Line", "Field", "Problem", "Remedy"),
        quarantined="Quarantine (waits for a person)",
        quarantined_columns=("Item", "Cause"),
        errors={},
        figures="Figures",
        accepted="accepted",
        published="published",
        duplicates="duplicates (marked and published)",
        refused_count="refused",
        quarantined_count="quarantined",
        rate="items per second",
        latency="latency p50 / p95",
        written="results (JSON lines)",
        flower="Flower",
        stay="Ctrl-C stops",
        stopped="all parts stop; `saring demo --stay` keeps them running, Flower too",
    ),
}
