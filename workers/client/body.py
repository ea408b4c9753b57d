"""Items as the bodies of requests: lines of JSON, cut to size, compressed."""

import gzip
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import orjson

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_BYTES: Final = 4 * 1024 * 1024
"""Bytes at which `cut` begins another request: half of what the intake takes."""

# Between tokens a tab means what a line end does; inside a string neither may stand.
_ONE_LINE: Final = bytes.maketrans(b"\r\n", b"\t\t")

Compression = Literal["zstd", "gzip"]
Item = Mapping[str, Any] | bytes | str
"""A submission: as an object, or as the text of one."""


@dataclass(slots=True)
class Batch:
    """The items of one request, each a line, with their places among all that were given."""

    indexes: list[int] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, index: int, line: bytes) -> None:
        """Put one more item at the end."""
        self.indexes.append(index)
        self.lines.append(line)
        self.size += len(line) + 1


def cut(items: Iterable[Item], most: int, most_bytes: int = MAX_BYTES) -> Iterator[Batch]:
    """Batches of at most `most` items and about `most_bytes`; one larger item goes alone.

    Blank lines are left out. Raises TypeError, ValueError for what JSON cannot hold.
    """
    batch = Batch()
    for index, line in lines_of(items):
        if batch.lines and (len(batch.lines) >= most or batch.size + len(line) > most_bytes):
            yield batch
            batch = Batch()
        batch.add(index, line)
    if batch.lines:
        yield batch


def whole(items: Iterable[Item]) -> Batch:
    """All items in one batch. Raises as `cut` does."""
    batch = Batch()
    for index, line in lines_of(items):
        batch.add(index, line)
    return batch


def lines_of(items: Iterable[Item]) -> Iterator[tuple[int, bytes]]:
    """Place and line of each item that is not blank. Raises as `cut` does."""
    if isinstance(items, Mapping | bytes | str):
        raise TypeError("give a list of items; put a single item between [ and ]")
    for index, item in enumerate(items):
        if line := _bytes(item).strip().translate(_ONE_LINE):
            yield index, line


def _bytes(item: Item) -> bytes:
    if isinstance(item, Mapping):
        return orjson.dumps(dict(item))
    return item.encode() if isinstance(item, str) else item


def compressed(body: bytes, how: Compression | None) -> bytes:
    """The body as it is sent."""
    if how is None:
        return body
    return zstd.compress(body) if how == "zstd" else gzip.compress(body, mtime=0)
