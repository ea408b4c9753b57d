"""Rows 5, 6 and 9: a broker that dies, forgets, or is full."""

from functools import partial

import redis

from tests.faults.rig.fault import BOTH, fault
from tests.faults.rig.history import post
from tests.faults.rig.site import Site

_BALLAST = 1_000_000


@fault(
    5,
    "kill -9 of the broker, back after 1, 7 and 40 s",
    within=60,
    without=("leases", "append_only_file", "return_of_leases"),
    setups=BOTH,
)
def killed(site: Site) -> None:
    site.pusher.stream(15)
    for seconds in (1, 7, 40):
        site.seen(len(site.history.seen) + 20)
        site.broker.kill()
        site.strike()
        site.pass_time(seconds)
        answer = site.pusher.once([post(f"mati-{seconds}", 1)])
        site.demand(answer.status_code == 202, "the intake needs no broker to accept")
        site.broker.start()
        site.flows(40)


@fault(6, "the broker's data wiped", within=60, without=("rebuild",), setups=BOTH)
def wiped(site: Site) -> None:
    first = [post("asal", number) for number in range(1, 41)]
    site.pusher.give(first)
    site.until(lambda: not site.unfinished(), "the first are published", 60.0)
    site.pusher.stream(15)
    for number, whole in enumerate((False, True)):
        site.wipe(whole=whole)
        site.strike()
        site.flows(40)
        copies = [one | {"source": f"salinan-{number}"} for one in first]
        refs = site.pusher.give(copies)
        site.until(partial(_done, site, refs), "the copies are done", 60.0)
        states = site.states()
        known = sum(states[ref][0] == "duplicate" for ref in refs)
        site.demand(known == len(refs), f"{known} of {len(refs)} copies were known as copies")


def _done(site: Site, refs: list[str]) -> bool:
    return not set(refs) & set(site.unfinished())


@fault(9, "the broker's memory is full", within=60, without=("pressure",), memory_mb=48)
def full(site: Site) -> None:
    site.pusher.stream(15)
    site.seen(60)
    with site.broker.client() as client:
        for number in range(1000):
            try:
                client.set(f"ballast:{number}", b"x" * _BALLAST)
            except redis.ResponseError:
                break
        site.strike()
        site.until(lambda: site.history.answers[429] > 0, "the intake answers 429", 15.0)
        site.pass_time(10.0)
        client.delete(*client.keys("ballast:*"))
    site.mended()
    site.flows(40)
