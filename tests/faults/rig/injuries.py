"""Single injuries, each over in seconds: what the random schedule chooses from."""

import signal
from collections.abc import Callable
from typing import Final

from tasks.pipeline import PIPELINE
from tests.faults.rig.site import Site
from tests.faults.rig.wounds import POISONS
from workers.queue import QUEUES

_HOUR: Final = 3600


def kill_a_child(site: Site) -> None:
    name = site.chance.choice(site.parts.names("worker"))
    for child in site.parts.children(name)[:1]:
        child.kill()


def kill_a_part(site: Site) -> None:
    site.parts.send(site.chance.choice(site.parts.names("")), signal.SIGKILL)


def stop_a_part(site: Site) -> None:
    site.parts.send(site.chance.choice(site.parts.names("")), signal.SIGTERM)


def freeze_a_part(site: Site) -> None:
    name = site.chance.choice(site.parts.names(""))
    site.parts.send(name, signal.SIGSTOP)
    site.pass_time(site.chance.uniform(1.0, 10.0))
    site.parts.send(name, signal.SIGCONT)


def crash_at_a_boundary(site: Site) -> None:
    stage = site.chance.choice(PIPELINE).name
    moment = site.chance.choice(("ran", "sent"))
    site.arms.arm(f"{moment}-{stage}", whole=site.chance.random() < 0.5)


def kill_the_broker(site: Site) -> None:
    site.broker.kill()
    site.pass_time(site.chance.choice((1.0, 7.0)))
    site.broker.start()


def wipe_the_broker(site: Site) -> None:
    site.wipe(whole=site.chance.random() < 0.5)


def reset_connections(site: Site) -> None:
    assert site.proxy is not None
    site.proxy.reset()


def hang_connections(site: Site) -> None:
    assert site.proxy is not None
    site.proxy.freeze()
    site.pass_time(site.chance.uniform(3.0, 15.0))
    site.proxy.thaw()


def slow_connections(site: Site) -> None:
    assert site.proxy is not None
    site.proxy.delay = 0.1
    site.pass_time(10.0)
    site.proxy.delay = 0.0


def take_the_ledger_away(site: Site) -> None:
    with site.ledger_gone():
        site.pass_time(site.chance.uniform(1.0, 15.0))


def lock_the_ledger(site: Site) -> None:
    with site.ledger_locked():
        site.pass_time(site.chance.uniform(0.1, 3.0))


def turn_the_clock(site: Site) -> None:
    site.set_clock(site.chance.choice((-_HOUR, 0, _HOUR)))


def send_a_poison(site: Site) -> None:
    word = site.chance.choice(sorted(POISONS))
    site.may_quarantine |= set(site.push(1, source="racun", words=word))


def send_what_nobody_can_read(site: Site) -> None:
    with site.broker.client() as client:
        client.lpush(site.chance.choice(QUEUES), b"{\xff\xfe")


def flood(site: Site) -> None:
    site.push(500, source="ramai")


INJURIES: Final[tuple[Callable[[Site], None], ...]] = (
    kill_a_child,
    kill_a_part,
    stop_a_part,
    freeze_a_part,
    crash_at_a_boundary,
    kill_the_broker,
    wipe_the_broker,
    reset_connections,
    hang_connections,
    slow_connections,
    take_the_ledger_away,
    lock_the_ledger,
    turn_the_clock,
    send_a_poison,
    send_what_nobody_can_read,
    flood,
)
