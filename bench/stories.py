"""`saring bench stories`: what `group` costs as its index fills, and what the index takes.

One process runs the stage on batches of 64 against a real Valkey server; CPU of both is counted,
and the server's memory. The plot shows both over the number of items.
"""

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

import matplotlib as mpl
import redis
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.machine import this_machine
from bench.stream import posts
from tasks.group import group
from tasks.models import MAX_BATCH, Batch, Content, Item, Normalised
from tasks.ports import Ports
from workers.adapters.memory_publisher import MemoryPublisher
from workers.adapters.valkey_stories import ValkeyStories
from workers.broker import answers, connect, prepare_broker

mpl.use("svg")

from matplotlib import pyplot as plt

_BLOCKS: Final = 50
_ENDS: Final = 0.1
"""Share of the items at either end that are compared."""
_START_SECONDS: Final = 20
_MEMORY_MB: Final = 4096


@dataclass(frozen=True, slots=True)
class Block:
    """Some items in a row: how many were told by then, and what each of these cost."""

    items: int
    worker_ms: float
    server_ms: float
    bytes_per_item: float
    """Memory of the index by all items so far."""
    copies: float
    """Share of these items that are copies."""


def bench_stories(items: int, as_json: bool, plot: Path | None) -> None:
    """Run `items` posts through `group`; print blocks, or one JSON object; draw the plot."""
    with tempfile.TemporaryDirectory() as folder:
        broker = prepare_broker(Path(folder), memory_mb=_MEMORY_MB)
        server = subprocess.Popen(broker.command, stdout=subprocess.DEVNULL)
        try:
            _wait(broker.url)
            blocks = list(_measured(connect(broker.url), items))
        finally:
            server.terminate()
            server.wait()
    if plot is not None:
        _draw(blocks, plot)
    if as_json:
        machine = asdict(this_machine())
        print(json.dumps({"machine": machine, "blocks": [asdict(one) for one in blocks]}))
    else:
        _show(blocks, Console())


def growth(blocks: list[Block]) -> float:
    """Cost of an item among the last tenth of the blocks, by that among the first tenth."""
    part = max(1, round(len(blocks) * _ENDS))
    ends = blocks[-part:], blocks[:part]
    last, first = (sum(one.worker_ms + one.server_ms for one in some) for some in ends)
    return last / first


def _measured(client: redis.Redis, items: int) -> Iterator[Block]:
    ports, texts = Ports(ValkeyStories(client), MemoryPublisher()), posts(seed=1)
    empty = client.info("memory")["used_memory"]
    size = max(MAX_BATCH, items // _BLOCKS // MAX_BATCH * MAX_BATCH)
    for block in track(range(items // size), description="", console=Console(stderr=True)):
        batches = list(_batches(texts, block * size, size))
        before, spent = _server_seconds(client), time.process_time()
        copies = 0
        for batch in batches:
            done = group(batch, ports)
            copies += sum(bool(one.grouping and one.grouping.duplicate_of) for one in done.items)
        worker = time.process_time() - spent
        told = (block + 1) * size
        yield Block(
            items=told,
            worker_ms=worker * 1000 / size,
            server_ms=(_server_seconds(client) - before) * 1000 / size,
            bytes_per_item=(client.info("memory")["used_memory"] - empty) / told,
            copies=copies / size,
        )


def _batches(texts: Iterator[str], first: int, count: int) -> Iterator[Batch]:
    for at in range(first, first + count, MAX_BATCH):
        some = islice(texts, MAX_BATCH)
        yield Batch(id="b", items=tuple(_item(at + n, text) for n, text in enumerate(some)))


def _item(number: int, text: str) -> Item:
    content = Content(
        source="bench",
        id=f"b-{number}",
        kind="post",
        text=text,
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return Item(content=content, normalised=Normalised(text=text))


def _server_seconds(client: redis.Redis) -> float:
    used = client.info("cpu")
    return float(used["used_cpu_user"] + used["used_cpu_sys"])


def _wait(url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not answers(url):
        if time.monotonic() > deadline:
            raise TimeoutError("the Valkey server does not answer")
        time.sleep(0.05)  # between two looks


def _show(blocks: list[Block], console: Console) -> None:
    table = Table("items", "worker ms", "server ms", "bytes/item", "copies", title="group")
    for one in blocks[:: max(1, len(blocks) // 10)]:
        table.add_row(
            f"{one.items:,}",
            f"{one.worker_ms:.3f}",
            f"{one.server_ms:.3f}",
            f"{one.bytes_per_item:.0f}",
            f"{one.copies:.0%}",
        )
    console.print(this_machine().line, soft_wrap=True, highlight=False)
    console.print(table)
    console.print(
        f"cost at the end {growth(blocks):.2f} times that at the start;"
        f" {blocks[-1].bytes_per_item:.0f} bytes an item"
    )


def _draw(blocks: list[Block], path: Path) -> None:
    mpl.rcParams["svg.hashsalt"] = "saring"
    figure, (cost, memory) = plt.subplots(2, 1, figsize=(7, 6), sharex=True)
    items = [one.items / 1e6 for one in blocks]
    cost.stackplot(
        items,
        [one.worker_ms for one in blocks],
        [one.server_ms for one in blocks],
        labels=["worker", "Valkey"],
        colors=["#3b6ea5", "#c8773a"],
    )
    cost.set_ylabel("CPU ms an item")
    cost.legend(loc="lower right")
    memory.plot(items, [one.bytes_per_item for one in blocks], color="#c8773a")
    memory.axhline(600, color="#888888", linestyle=":", label="limit")
    memory.set_ylabel("bytes an item in Valkey")
    memory.set_xlabel("million items told")
    memory.legend(loc="lower right")
    for axes in (cost, memory):
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
    figure.suptitle(f"group as its index fills ({this_machine().date})")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
