"""Rows 1 to 4: workers that die, at any time and at each step."""

import signal
from functools import partial

from tasks.pipeline import PIPELINE
from tests.faults.rig.fault import BOTH, fault
from tests.faults.rig.site import Site


@fault(1, "kill -9 of a pool child", within=30, without=("leases", "late_acknowledgement"))
def pool_child(site: Site) -> None:
    site.pusher.stream(20)
    for strike in range(12):
        site.seen(20 * (strike + 1))
        name = site.chance.choice(site.parts.names("worker"))
        for child in site.parts.children(name)[:1]:
            child.kill()
            site.strike()
    site.flows()


@fault(2, "kill -9 of the main worker", within=30, without=("leases",))
def main_worker(site: Site) -> None:
    site.pusher.stream(20)
    for strike in range(4):
        site.seen(40 * (strike + 1))
        site.parts.send(site.chance.choice(site.parts.names("worker")), signal.SIGKILL)
        site.strike()
        site.pass_time(site.chance.uniform(0.2, 1.0))
    site.flows()


@fault(3, "the BRPOP window", within=40, without=("leases",), workers=1)
def pop_window(site: Site) -> None:
    for _ in range(3):
        site.push(20)
        # Frozen, it has asked for a message that the broker then hands to a socket nobody reads.
        site.until(lambda: not site.unfinished(), "the queue is empty")
        site.parts.send("worker-1", signal.SIGSTOP)
        site.push(100)
        site.pass_time(1.0)
        site.parts.send("worker-1", signal.SIGKILL)
        site.strike()
        site.until(site.ready, "the worker is back", 20.0)


@fault(
    4,
    "a crash between effect and acknowledgement",
    within=60,
    without=("once", "begun_marks"),
    setups=BOTH,
)
def crash_at_each_boundary(site: Site) -> None:
    for number, stage in enumerate(PIPELINE):
        for moment in ("ran", "sent"):
            point = f"{moment}-{stage.name}"
            site.arms.arm(point, whole=number % 2 == 1)
            site.push(30)
            site.until(partial(site.arms.came, point), f"a crash at {point}", 20.0)
            site.strike()
    site.flows()
