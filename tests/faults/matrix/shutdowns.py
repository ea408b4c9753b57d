"""Row 14: all parts asked to stop, again and again, and killed at last."""

import signal
from collections import Counter
from functools import partial

from tests.faults.rig.fault import fault
from tests.faults.rig.site import Site

_ROUNDS = 20


@fault(
    14,
    "SIGTERM of every part, 20 times, then SIGKILL",
    within=60,
    without=("leases", "late_acknowledgement"),
    deliver=True,
)
def rolling(site: Site) -> None:
    site.pusher.stream(20)
    names = site.parts.names("")
    for _ in range(_ROUNDS):
        before = site.parts.deaths.copy()
        for name in names:
            site.parts.send(name, signal.SIGTERM)
            site.strike()
            site.pass_time(0.2)
        wanted = Counter({name: before[name] + 1 for name in names})
        site.until(partial(_reached, site, wanted), "all have stopped when asked", 60.0)
        site.until(site.ready, "all are back", 60.0)
    for name in names:
        site.parts.send_all_of(name, signal.SIGKILL)
        site.strike()
    site.mended()
    site.flows(40)


def _reached(site: Site, deaths: Counter[str]) -> bool:
    return site.parts.deaths >= deaths
