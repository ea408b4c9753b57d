"""The tables of docs/faults.md, as the rows and the protections themselves say."""

from collections.abc import Iterator

from tests.faults.rig.fault import FAULTS
from tests.faults.rig.removed import PROTECTIONS


def rows() -> Iterator[str]:
    """A line for each fault."""
    for one in sorted(FAULTS, key=lambda one: one.row):
        without = ", ".join(f"`{name}`" for name in one.without)
        setups = ", ".join("/".join(setup) for setup in one.on)
        yield f"| {one.row} | {one.name} | {setups} | {one.within:.0f} s | {without} |"


def protections() -> Iterator[str]:
    """A line for each protection that can be taken away."""
    for name, remove in sorted(PROTECTIONS.items()):
        what = " ".join((remove.__doc__ or "").split())
        yield f"| `{name}` | {what} |"
