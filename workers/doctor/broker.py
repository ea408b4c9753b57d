"""The broker: does it keep what it is given, refuse when it is full, and belong to saring alone?"""

import time
from collections.abc import Iterator
from typing import Any, Final, cast

import redis

from workers.doctor.finding import Finding, good, graded

_OURS: Final = ("saring", "unacked", "_kombu", "celery", "/")
"""How the names of keys begin that saring, Celery and kombu make."""
_LOOKED_AT: Final = 2000
SKEW_DOUBTFUL: Final = 1.0
"""Seconds between two clocks: leases and account keys are counted in longer times."""
SKEW_BAD: Final = 10.0


def examine_broker(client: redis.Redis) -> Iterator[Finding]:
    """Raises redis.RedisError when it does not answer."""
    server: dict[str, Any] = client.info()
    version = server.get("valkey_version", server.get("redis_version", "?"))
    yield good("broker", f"{server.get('server_name', 'redis')} {version} answers")
    yield _setting(client, "appendonly", ("yes",), "a restart would forget queues and the index")
    yield _setting(
        client, "appendfsync", ("everysec", "always"), "a crash of the machine would lose more"
    )
    yield _setting(
        client, "maxmemory-policy", ("noeviction",), "when it is full it drops queues in silence"
    )
    yield _memory(server)
    yield _writes(server)
    yield _alone(client)
    seconds, micros = client.time()
    yield skew("clock of the broker", seconds + micros / 1e6)


def skew(check: str, theirs: float) -> Finding:
    """How far another clock (seconds since 1970) is from this machine's."""
    apart = abs(time.time() - theirs)
    level = graded(apart, SKEW_DOUBTFUL, SKEW_BAD)
    remedy = "" if level == "good" else "keep both machines' clocks with NTP (chrony)"
    return Finding(check, level, f"{apart:.1f} s from this machine's", remedy)


def _setting(client: redis.Redis, name: str, wanted: tuple[str, ...], otherwise: str) -> Finding:
    try:
        held = cast(dict[str, str], client.config_get(name)).get(name, "?")
    except redis.ResponseError:  # managed servers forbid CONFIG
        return Finding(
            f"broker {name}", "doubtful", "cannot be read", f"see that it is {wanted[0]}"
        )
    if held in wanted:
        return good(f"broker {name}", held)
    return Finding(f"broker {name}", "bad", f"{held}: {otherwise}", f"set it to {wanted[0]}")


def _memory(server: dict[str, Any]) -> Finding:
    most, used = int(server["maxmemory"]), int(server["used_memory"])
    if most == 0:
        return Finding(
            "broker memory", "doubtful", "has no limit", "set maxmemory: else the machine ends it"
        )
    share = used / most
    level = graded(share, 0.7, 0.9)
    remedy = "" if level == "good" else "raise maxmemory, or let workers catch up"
    return Finding("broker memory", level, f"{share:.0%} of {most / 2**20:.0f} MB", remedy)


def _writes(server: dict[str, Any]) -> Finding:
    failed = [
        name
        for name in ("aof_last_write_status", "aof_last_bgrewrite_status")
        if server.get(name, "ok") != "ok"
    ]
    if not failed:
        return good("broker disk", "its last writes were good")
    return Finding(
        "broker disk", "bad", f"{', '.join(failed)} is not ok", "see its log: the disk may be full"
    )


def _alone(client: redis.Redis) -> Finding:
    strange = 0
    for seen, key in enumerate(client.scan_iter(count=500)):
        strange += not cast(bytes, key).decode(errors="replace").startswith(_OURS)
        if seen >= _LOOKED_AT:
            break
    if not strange:
        return good("broker database", "saring's alone")
    return Finding(
        "broker database",
        "doubtful",
        f"{strange} keys of others among the first {_LOOKED_AT}",
        "give saring a database of its own: one visibility timeout holds for all of it",
    )
