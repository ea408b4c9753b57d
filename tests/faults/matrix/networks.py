"""Rows 7 and 8: connections that hang, break and crawl."""

from functools import partial

from tests.faults.rig.fault import SERVERS, fault
from tests.faults.rig.packets import dropping
from tests.faults.rig.site import Site
from tests.faults.rig.wounds import DEAF

_SILENT_SECONDS = 25.0


@fault(
    7, "half-open connections to the broker", within=60, without=("timeouts",), proxied_broker=True
)
def half_open_broker(site: Site) -> None:
    assert site.proxy is not None
    site.pusher.stream(15)
    site.seen(60)
    site.proxy.freeze()
    _noticed(site)
    site.proxy.thaw()
    site.mended()
    site.flows(30)


@fault(
    7,
    "half-open connections to the ledger",
    within=60,
    without=("ledger_timeouts",),
    setups=(SERVERS,),
    drops_packets=True,
)
def half_open_ledger(site: Site) -> None:
    assert site.postgres is not None
    site.pusher.stream(15)
    site.seen(60)
    with dropping(site.postgres.port):
        _noticed(site)
        site.demand(site.history.answers[503] > 0, "the intake answers 503")
    site.mended()
    site.flows(30)


def _noticed(site: Site) -> None:
    site.strike()
    site.until(lambda: "dispatch_waits" in site.log("dispatch-1"), "the dispatcher notices", 30.0)
    site.pass_time(_SILENT_SECONDS)


@fault(
    7,
    "an acknowledgement that gets no answer",
    within=60,
    without=("acknowledgements",),
)
def unanswered(site: Site) -> None:
    site.pusher.stream(15)
    site.seen(60)
    site.arms.turn(DEAF)
    for name in site.parts.names("worker"):
        point = f"{DEAF}-{site.parts.pid(name)}"
        site.until(partial(site.arms.came, point), f"{name} acknowledges in vain")
        site.strike()
    site.arms.turn_off(DEAF)
    site.mended()
    site.flows(30)


@fault(
    8,
    "connections reset, then 500 ms for each answer",
    within=120,
    without=("leases", "outbox"),
    proxied_broker=True,
    # With half a second for each answer a batch takes longer than the other rows' lease.
    visibility_seconds=60,
    stage_seconds=50,
    settings={"SARING_LEASE_SECONDS": "40"},
)
def reset_and_slow(site: Site) -> None:
    assert site.proxy is not None
    for _ in range(40):
        site.push(10)
        site.proxy.reset()
        site.strike()
        site.pass_time(site.chance.uniform(0.05, 0.4))
    site.until(lambda: not site.unfinished(), "all are done in spite of the resets", 120.0)
    site.pusher.stream(2)
    site.proxy.delay = 0.25  # either way
    site.strike()
    site.flows(90)
    site.proxy.delay = 0.0
    site.flows()
