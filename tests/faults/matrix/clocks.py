"""Row 13: the clock of the parts jumps an hour ahead, and back, and an hour behind."""

import signal

from tests.faults.rig.fault import fault
from tests.faults.rig.site import Site

_HOUR = 3600


@fault(13, "the clock jumps an hour either way", within=60, without=("clock_guard",))
def clock_jumps(site: Site) -> None:
    site.pusher.stream(15)
    site.seen(60)
    for offset in (_HOUR, 0, -_HOUR, 0):
        # Some wait while it jumps: what was due by one clock must be so by the other.
        site.parts.send("dispatch-1", signal.SIGSTOP)
        site.push(30)
        site.set_clock(offset)
        site.parts.send("dispatch-1", signal.SIGCONT)
        site.strike()
        site.flows(40)
        site.seen(len(site.history.seen) + 60)
    site.mended()
    site.flows(30)
