"""Rows 16 to 19: the ledger away, a frozen dispatcher, floods."""

import signal

from tests.faults.rig.fault import EMBEDDED, SERVERS, fault
from tests.faults.rig.site import Site

_AWAY_SECONDS = 30.0


@fault(
    16,
    "the ledger away for 30 s, then fought over",
    within=60,
    without=("leases",),
    setups=(SERVERS, EMBEDDED),  # SQLite, a file, is never away
)
def ledger_away(site: Site) -> None:
    site.pusher.stream(15)
    site.seen(60)
    site.hold_some()
    with site.ledger_gone():
        site.arms.turn_off("slow")
        site.strike()
        site.pass_time(_AWAY_SECONDS)
        site.demand(site.parts.runs("intake"), "the intake lives on")
    site.flows(40)
    for _ in range(10):
        with site.ledger_locked():
            site.strike()
            site.pass_time(0.5)
        site.pass_time(0.1)
    site.mended()
    site.flows(30)


@fault(
    17, "a dispatcher frozen with a claim, two at once", within=60, without=("once",), dispatchers=2
)
def frozen_dispatcher(site: Site) -> None:
    site.pusher.stream(20)
    for _ in range(3):
        site.seen(len(site.history.seen) + 40)
        site.arms.turn("freeze")
        site.until(lambda: site.arms.came("freeze"), "a dispatcher holds a claim", 20.0)
        site.strike()
        site.flows(30)
        site.pass_time(16.0)  # longer than its lease
        site.arms.turn_off("freeze")
    name = site.chance.choice(site.parts.names("dispatch"))
    site.parts.send(name, signal.SIGKILL)
    site.strike()
    site.mended()
    site.flows(30)


@fault(18, "10,000 items due at once beside live ones", within=240, without=("turns",))
def flood_of_due(site: Site) -> None:
    _beside_a_flood(site, 10_000, live=10)


@fault(19, "a noisy source, 1000 to 1", within=120, without=("turns",))
def noisy_source(site: Site) -> None:
    _beside_a_flood(site, 4_000, live=4)


def _beside_a_flood(site: Site, flood: int, live: int) -> None:
    """What is live must be seen while most of the flood still waits."""
    site.parts.send("dispatch-1", signal.SIGSTOP)
    site.push(flood, source="ramai")
    site.parts.send("dispatch-1", signal.SIGCONT)
    site.strike(flood)
    site.seen(1, 30.0)
    for _ in range(live):
        site.flows(60)
    noise = sum(ref.startswith("ramai/") for ref in site.history.seen)
    site.demand(noise < flood // 2, f"{noise} of {flood} came before {live} live ones")
    site.mended()
