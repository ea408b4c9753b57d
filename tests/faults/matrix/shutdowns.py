"""Row 14: all parts asked to stop, again and again, and killed at last."""

import signal

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
    asked: set[int] = set()

    def all_stopped() -> bool:
        up = site.present()
        for name in names:
            pid = site.parts.pid(name)
            if pid in up and pid not in asked and site.parts.deaths[name] < _ROUNDS:
                asked.add(pid)
                site.parts.send(name, signal.SIGTERM)
                site.strike()
        return all(site.parts.deaths[name] >= _ROUNDS for name in names)

    site.until(all_stopped, f"each has stopped {_ROUNDS} times", 600.0)
    site.until(site.ready, "all are back", 60.0)
    site.hold_some()
    for name in names:
        site.parts.send_all_of(name, signal.SIGKILL)
        site.strike()
    site.arms.turn_off("slow")
    site.mended()
    site.flows(40)
