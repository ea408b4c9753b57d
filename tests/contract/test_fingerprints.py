"""The promises of tasks.ports.Fingerprints, on the fake and on real servers."""

import threading
from collections.abc import Callable, Sequence

import pytest
import redis

from tasks.ports import Fingerprints
from tasks.stage import Unavailable
from workers.adapters.memory_fingerprints import MemoryFingerprints
from workers.adapters.valkey_fingerprints import PREFIX, THIRTY_DAYS, ValkeyFingerprints


@pytest.fixture(params=["memory", "valkey", "redis_client"])
def index(request: pytest.FixtureRequest) -> Fingerprints:
    """Each implementation in turn, empty."""
    if request.param == "memory":
        return MemoryFingerprints()
    return ValkeyFingerprints(request.getfixturevalue(request.param))


@pytest.fixture(params=["valkey", "redis_client"])
def client(request: pytest.FixtureRequest) -> redis.Redis:
    """A client of each kind of server in turn."""
    found: redis.Redis = request.getfixturevalue(request.param)
    return found


def test_the_first_to_claim_owns(index: Fingerprints) -> None:
    assert index.claim([("x:1", "kota/a")]) == ["kota/a"]
    assert index.claim([("x:1", "kota/b")]) == ["kota/a"]


def test_claiming_again_returns_oneself(index: Fingerprints) -> None:
    for _ in range(3):
        assert index.claim([("x:1", "kota/a"), ("n:1", "kota/a")]) == ["kota/a"] * 2


def test_within_one_call_the_order_decides(index: Fingerprints) -> None:
    claims = [("n:1", "kota/a"), ("n:1", "kota/b"), ("n:2", "kota/b"), ("n:2", "kota/a")]

    assert index.claim(claims) == ["kota/a", "kota/a", "kota/b", "kota/b"]


def test_kinds_of_fingerprint_are_apart(index: Fingerprints) -> None:
    index.claim([("x:1", "kota/a")])

    assert index.claim([("n:1", "kota/b")]) == ["kota/b"]


def test_nothing_claimed_is_nothing_answered(index: Fingerprints) -> None:
    assert list(index.claim([])) == []


def test_a_full_batch_is_answered_in_order(index: Fingerprints) -> None:
    claims = [(f"{kind}:{n}", f"kota/{n}") for n in range(64) for kind in "xn"]

    assert index.claim(claims) == [ref for _, ref in claims]


def test_many_claim_at_once_and_one_owns(index: Fingerprints) -> None:
    answers = _at_once(lambda n: index.claim([("x:1", f"kota/{n}")]), 16)

    assert len({owner for answer in answers for owner in answer}) == 1


def _at_once(claim: Callable[[int], Sequence[str]], count: int) -> list[Sequence[str]]:
    answers: list[Sequence[str]] = []
    ready = threading.Barrier(count)

    def run(number: int) -> None:
        ready.wait()
        answers.append(claim(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == count
    return answers


def test_a_server_forgets_after_the_time_and_not_later(client: redis.Redis) -> None:
    index = ValkeyFingerprints(client)
    index.claim([("x:1", "kota/a")])
    client.expire(f"{PREFIX}x:1", 100)
    index.claim([("x:1", "kota/b"), ("x:2", "kota/b")])

    assert 0 < client.ttl(f"{PREFIX}x:1") <= 100  # a later claim prolongs nothing
    assert THIRTY_DAYS - 5 < client.ttl(f"{PREFIX}x:2") <= THIRTY_DAYS
    client.delete(f"{PREFIX}x:1")
    assert index.claim([("x:1", "kota/b")]) == ["kota/b"]


def test_a_server_keeps_what_another_worker_claimed(client: redis.Redis) -> None:
    ValkeyFingerprints(client).claim([("x:1", "kota/a")])

    assert ValkeyFingerprints(client).claim([("x:1", "kota/b")]) == ["kota/a"]


def test_a_claim_is_one_round_trip(client: redis.Redis) -> None:
    before = client.info("stats")["total_reads_processed"]
    ValkeyFingerprints(client).claim([(f"x:{n}", "kota/a") for n in range(128)])

    # The claim (a large request may arrive in two pieces), and the INFO that counts.
    assert client.info("stats")["total_reads_processed"] - before <= 3


def test_a_server_that_is_full_is_unavailable(client: redis.Redis) -> None:
    limit = client.config_get("maxmemory")["maxmemory"] or "0"
    client.config_set("maxmemory", 1)
    try:
        with pytest.raises(Unavailable, match="index of duplicates"):
            ValkeyFingerprints(client).claim([("x:1", "kota/a")])
    finally:
        client.config_set("maxmemory", limit)


def test_a_server_that_is_away_is_unavailable() -> None:
    client = redis.Redis(port=1, socket_connect_timeout=1)

    with pytest.raises(Unavailable, match="index of duplicates"):
        ValkeyFingerprints(client).claim([("x:1", "kota/a")])
