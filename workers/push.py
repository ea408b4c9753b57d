"""Lines of JSON into the intake, what became of each out: `saring push`, the demo, the bench."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from workers.client import Client, PushError, PushResult

MAX_LINES: Final = 100
"""Lines of one request."""

PushFailed = PushError
"""The intake could not be reached, or refused a request as a whole."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that was not taken: its number in the input (from 1), and each field's problem."""

    line: int
    problems: tuple[dict[str, str], ...]


@dataclass(slots=True)
class Tally:
    """What became of the lines pushed so far."""

    accepted: int = 0
    already_known: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    read_bytes: int = 0

    @property
    def reached(self) -> int:
        """Lines that the intake answered for."""
        return self.accepted + self.already_known + len(self.refusals)


@dataclass(slots=True)
class Pusher:
    """Pushes lines with a client, and counts."""

    client: Client
    tally: Tally = field(default_factory=Tally)

    def push(self, lines: Iterable[bytes]) -> Iterator[Tally]:
        """Send the lines in batches; yields the tally after each. Raises PushFailed.

        Pushing a line again is harmless: the intake knows it.
        """
        for result in self.client.push_all(self._read(lines), MAX_LINES):
            self._count(result)
            yield self.tally

    def _read(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            self.tally.read_bytes += len(line)
            yield line

    def _count(self, result: PushResult) -> None:
        self.tally.accepted += result.counts["accepted"]
        self.tally.already_known += result.counts["already_known"]
        for row in result.rows:
            if row.status == "refused":
                problems = tuple(problem.model_dump() for problem in row.problems)
                self.tally.refusals.append(Refusal(row.index + 1, problems))
