"""The stages `group` and `publish` on real stores, in one process: what a worker does, by hand."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tasks.group import group
from tasks.models import Batch, Grouping, Item, Normalised
from tasks.publish import publication
from tasks.stage import made
from tests.items import entry, finished
from workers.entry import Entry
from workers.ledger.accept import accept
from workers.ledger.leases import claim
from workers.settings import Settings
from workers.wiring import Outside, wire

TEXTS = (
    "Pasar Lemabang kebanjiran sejak subuh, pedagang sayur memindahkan dagangan ke trotoar masjid",
    "Posyandu Melati menimbang seratus balita pagi ini dibantu mahasiswa yang sedang kuliah kerja",
    "Lampu jalan di tikungan arah pelabuhan padam tiga malam, pengendara motor jatuh bergantian",
    "Loket pembayaran pajak kendaraan di kecamatan tutup lebih awal tanpa pengumuman sama sekali",
    "Grup rebana ibu-ibu kampung hulu juara pertama lomba kabupaten dan diarak keliling desa",
    "Harga cabai rawit di pasar induk turun separuh setelah panen raya dari lereng gunung tiba",
)
"""Sentences of different stories."""


def copy_of(number: int) -> str:
    """That sentence without its last word: nearly the same."""
    return TEXTS[number].rpartition(" ")[0]


def outside_of(ledger_url: str, broker_url: str, data_dir: Path) -> Outside:
    """The real things, wired as in every part."""
    return wire(Settings(ledger_url=ledger_url, broker_url=broker_url, data_dir=data_dir))


def accepted(outside: Outside, first: int, *texts: str) -> None:
    """Items `no-<first>` and following, in the ledger."""
    accept(outside.ledger, list(_entries(first, texts)))


def _entries(first: int, texts: Sequence[str]) -> Iterator[Entry]:
    for number, text in enumerate(texts, first):
        made_entry = entry(number)
        written = {"text": text, "published_at": datetime.now(UTC)}
        yield Entry(made_entry.content.model_copy(update=written), made_entry.digest, None)


def leased(outside: Outside) -> Batch:
    """The next batch, as the dispatcher would send it."""
    (batch,) = claim(outside.ledger, 1, 64, 60.0)
    return batch.with_items(
        tuple(item.with_normalised(Normalised(text=item.content.text)) for item in batch.items)
    )


def grouped(outside: Outside, batch: Batch) -> Batch:
    """After the stage `group`."""
    return group(batch, outside.ports)


def published(outside: Outside, batch: Batch) -> list[Grouping]:
    """After `publish`: what the stage `group` had said."""
    sections = [made(item.grouping, "group") for item in batch.items]
    done: list[Item] = []
    for item, section in zip(batch.items, sections, strict=True):
        whole, _ = finished(item)
        done.append(whole.with_grouping(section))
    outside.ports.publisher.publish([(item, publication(item)) for item in done])
    return sections


def pushed(outside: Outside, first: int, *texts: str) -> list[Grouping]:
    """Accepted, grouped and published in one go; what `group` said of each."""
    accepted(outside, first, *texts)
    return published(outside, grouped(outside, leased(outside)))
