"""What became of a site after its fault: the row of the table, and whether it is sound."""

import time
from dataclasses import dataclass
from typing import Any, Self

from tests.faults.rig.fault import Fault, Unsound
from tests.faults.rig.site import Site


@dataclass(frozen=True, slots=True)
class Verdict:
    """A row of the table that `make faults` prints."""

    row: int
    fault: str
    setup: str
    injected: int
    items: int
    lost: int
    twice: int
    recovered: float | None
    """Seconds from the end of the fault until all was done; None: not within the bound."""
    within: float
    problems: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """For pytest, whose workers may be processes of their own."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Self:
        return cls(**{**given, "problems": tuple(given["problems"])})


def try_out(fault: Fault, made: Site) -> Verdict:
    """Inflict the fault, wait until all is done, and judge. Raises what is not Unsound."""
    problems: list[str] = []
    try:
        fault.inflict(made)
    except Unsound as broken:
        problems.append(str(broken))
    if made.over_at is None:
        made.mended()
    made.pusher.stop()
    recovered = _recovered(made, fault.within, problems)
    lost, twice = _judge(made, problems)
    return Verdict(
        fault.row,
        fault.name,
        "/".join(made.setup),
        made.injected,
        len(made.history.accepted),
        lost,
        twice,
        recovered,
        fault.within,
        tuple(problems),
    )


def _recovered(made: Site, within: float, problems: list[str]) -> float | None:
    over = made.over_at
    assert over is not None
    try:
        made.until(
            lambda: not made.unfinished(),
            "all that was accepted is done",
            max(1.0, within - (time.monotonic() - over)),
        )
    except Unsound as late:
        problems.append(f"{late}; {len(made.unfinished())} are not")
        return None
    return time.monotonic() - over


def _judge(made: Site, problems: list[str]) -> tuple[int, int]:
    states = made.states()
    published = {ref for ref, (state, _) in states.items() if state in ("published", "duplicate")}
    if not made.stream_lost:
        try:
            made.until(lambda: published <= set(made.history.seen), "all published are seen", 15.0)
        except Unsound as unseen:
            problems.append(f"{unseen}: {len(published - set(made.history.seen))} are not")
    lost = set(made.unfinished()) | (set(made.history.accepted) - set(states))
    if lost:
        problems.append(f"lost: {sorted(lost)[:3]}")
    twice = len(made.history.twice)
    if twice:
        problems.append(f"{twice} were seen twice")
    wrongly = {
        ref: error
        for ref, (state, error) in states.items()
        if state == "quarantined" and ref not in made.may_quarantine
    }
    if wrongly:
        ref, error = next(iter(wrongly.items()))
        problems.append(f"{len(wrongly)} sound items in quarantine, such as {ref}: {error}")
    return len(lost), twice
