"""The promises of tasks.ports.Stories, on the fake and on real servers."""

import threading
from dataclasses import replace
from uuid import uuid4

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.ports import BAND_OWNERS, STORIES, TERM_OWNERS, Stories
from tasks.stage import Unavailable
from tasks.telling import Join, Keys, Place, Telling, Told
from workers.adapters.memory_stories import MemoryStories
from workers.adapters.valkey_stories import EPOCH_SECONDS, EPOCHS, PREFIX, ValkeyStories

WIDEST = (1 << 50) - 1


@pytest.fixture(params=["memory", "valkey", "redis_client"])
def index(request: pytest.FixtureRequest) -> Stories:
    """Each implementation in turn, empty."""
    if request.param == "memory":
        return MemoryStories()
    return ValkeyStories(request.getfixturevalue(request.param))


@pytest.fixture(params=["valkey", "redis_client"])
def client(request: pytest.FixtureRequest) -> redis.Redis:
    """A client of each kind of server in turn."""
    found: redis.Redis = request.getfixturevalue(request.param)
    return found


def telling(name: str, text: int = 0) -> Telling:
    """A telling of source `kota`; every byte of it has its own value."""
    return Telling(
        ref=f"kota/{name}",
        digest=text.to_bytes(8),
        exact=b"\xff\x00exact!",
        sketch=bytes(range(64)),
        lead=f"kabar {name} \u00e9\ua9a7",
    )


def told(
    index: Stories,
    name: str,
    text: int,
    bands: tuple[int, ...] = (),
    terms: tuple[int, ...] = (),
) -> Told:
    """What the index says of one telling."""
    (answer,) = index.tell([(telling(name, text), Keys(text, bands, terms))])
    return answer


def met(answer: Told) -> list[tuple[str, str]]:
    """The earlier tellings, each with its relation."""
    return [(one.telling.ref.removeprefix("kota/"), one.relation) for one in answer.known]


def test_what_was_told_comes_back_whole(index: Stories) -> None:
    long = replace(telling("a", 1), ref="s" * 64 + "/" + "i" * 200, lead="\u00e9" * 256)
    index.tell([(long, Keys(1, (), ()))])

    assert told(index, "b", 1).known[0].telling == long


def test_the_same_text_is_met_alone(index: Stories) -> None:
    one = told(index, "a", 1, (10, 11), (20, 21))
    answer = told(index, "b", 1, (10, 11), (20, 21))

    assert one.known == ()
    assert met(answer) == [("a", "text")]
    assert answer.number == answer.known[0].number == one.number


def test_one_shared_band_is_enough_and_older_ones_come_first(index: Stories) -> None:
    told(index, "a", 1, (10, 11))
    told(index, "b", 2, (12, 13))

    assert met(told(index, "c", 3, (13, 10, 99))) == [("a", "copy"), ("b", "copy")]


def test_two_shared_terms_are_needed_and_most_come_first(index: Stories) -> None:
    told(index, "a", 1, (), (20, 21))
    told(index, "b", 2, (), (20, 21, 22))
    told(index, "c", 3, (), (22, 29))

    assert met(told(index, "d", 4, (), (20, 21, 22))) == [("b", "story"), ("a", "story")]


def test_a_copy_may_be_a_story_too(index: Stories) -> None:
    told(index, "a", 1, (10,), (20, 21))

    assert met(told(index, "b", 2, (10,), (20, 21))) == [("a", "copy"), ("a", "story")]


def test_told_again_it_keeps_its_number_and_never_meets_itself(index: Stories) -> None:
    first = told(index, "a", 1, (10,), (20, 21))
    second = told(index, "b", 2, (10,), (20, 21))

    assert told(index, "a", 1, (10,), (20, 21)).number == first.number
    again = told(index, "b", 2, (10,), (20, 21))
    assert (again.number, met(again)) == (second.number, met(second))


def test_told_again_it_meets_none_that_came_later(index: Stories) -> None:
    told(index, "a", 1, (10,), (20, 21))
    told(index, "b", 2, (10,), (20, 21))
    told(index, "c", 3, (10,), (20, 21))

    assert met(told(index, "a", 1, (10,), (20, 21))) == []
    assert met(told(index, "b", 2, (10,), (20, 21))) == [("a", "copy"), ("a", "story")]


def test_keys_are_remembered_to_their_limits(index: Stories) -> None:
    names = [f"{n:02}" for n in range(TERM_OWNERS + 4)]
    for n, name in enumerate(names):
        told(index, name, 100 + n, (10,), (20, 21))

    answer = met(told(index, "last", 1, (10,), (20, 21)))
    assert answer[:BAND_OWNERS] == [(name, "copy") for name in names[:BAND_OWNERS]]
    assert answer[BAND_OWNERS:] == [(name, "story") for name in names[:STORIES]]


def test_the_widest_keys_are_kept_apart(index: Stories) -> None:
    told(index, "a", WIDEST, (WIDEST - 1,))

    assert met(told(index, "b", WIDEST >> 1, (WIDEST - 2,))) == []
    assert met(told(index, "c", 0, (WIDEST - 1,))) == [("a", "copy")]
    assert met(told(index, "d", WIDEST)) == [("a", "text")]


def test_within_one_call_later_ones_meet_earlier_ones(index: Stories) -> None:
    pairs = [(telling(name, 1), Keys(1, (), ())) for name in "abc"]

    assert [met(one) for one in index.tell(pairs)] == [[], [("a", "text")], [("a", "text")]]


def test_nothing_told_is_nothing_answered(index: Stories) -> None:
    assert list(index.tell([])) == []
    assert list(index.settle([], [])) == []


def test_alone_a_telling_is_its_own_narrative(index: Stories) -> None:
    number = told(index, "a", 7).number

    assert list(index.settle([], [number])) == [Place(((7).to_bytes(8),), None)]


def test_narratives_join_into_the_older(index: Stories) -> None:
    one, two, three = (told(index, name, n).number for n, name in enumerate("abc", 1))
    index.settle([Join(three, two)], [])
    places = index.settle([Join(three, one)], [one, two, three])

    assert [place.digests[-1] for place in places] == [(1).to_bytes(8)] * 3
    assert [len(place.digests) for place in places] == [1, 2, 3]
    assert all(place.first is None for place in places)


def test_a_copy_names_the_first_and_not_another_copy(index: Stories) -> None:
    one, two, three = (told(index, name, n).number for n, name in enumerate("abc", 1))
    joins = [Join(two, one, copy=True), Join(three, two, copy=True)]

    assert [place.first for place in index.settle(joins, [one, two, three])] == [
        None,
        "kota/a",
        "kota/a",
    ]


def test_joining_again_changes_nothing(index: Stories) -> None:
    one, two = (told(index, name, n).number for n, name in enumerate("ab", 1))
    joins = [Join(two, one, copy=True)]

    assert index.settle(joins, [one, two]) == index.settle(joins, [one, two])


def test_an_unknown_number_stands_nowhere(index: Stories) -> None:
    assert list(index.settle([], [12_345])) == [Place(())]


Step = tuple[int, tuple[int, ...], tuple[int, ...], int, bool]
STEPS = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.lists(st.integers(50, 60), max_size=3).map(tuple),
        st.lists(st.integers(70, 80), max_size=4).map(tuple),
        st.integers(0, 12),
        st.booleans(),
    ),
    max_size=25,
)


# Each example has a prefix of its own, so the server need not be emptied in between.
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_a_server_answers_as_the_fake_does(valkey: redis.Redis, steps: list[Step]) -> None:
    real, fake = ValkeyStories(valkey, prefix=f"{uuid4()}:"), MemoryStories()
    numbers: list[int] = []
    for step, (text, bands, terms, other, copy) in enumerate(steps):
        answers = [told(index, str(step), text, bands, terms) for index in (real, fake)]
        assert answers[0] == answers[1]
        numbers.append(answers[0].number)
        earlier = numbers[other % len(numbers)]
        joins = [Join(numbers[-1], earlier, copy)] if earlier < numbers[-1] else []
        assert real.settle(joins, numbers) == fake.settle(joins, numbers)


def test_many_tell_at_once_and_one_is_first(index: Stories) -> None:
    answers: list[Told] = []
    ready = threading.Barrier(16)

    def tell(number: int) -> None:
        ready.wait()
        answers.append(told(index, str(number), 1))

    threads = [threading.Thread(target=tell, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    if not isinstance(index, MemoryStories):  # which lives in one thread
        assert [len(answer.known) for answer in answers].count(0) == 1
    assert len(answers) == 16


def test_everything_on_a_server_ends(client: redis.Redis) -> None:
    index = ValkeyStories(client)
    one, two = (told(index, name, n, (10,), (20, 21)).number for n, name in enumerate("ab", 1))
    index.settle([Join(two, one, copy=True)], [])

    lives = {key: client.ttl(key) for key in client.scan_iter(f"{PREFIX}*")}
    counter = f"{PREFIX}last".encode()
    assert lives.pop(counter) == -1  # one number, which must never go back
    longest = EPOCH_SECONDS * EPOCHS
    assert all(longest - 60 < life <= longest for life in lives.values()), lives


def test_records_of_two_epochs_never_end_together(client: redis.Redis) -> None:
    index = ValkeyStories(client)
    before = told(index, "a", 1).number
    client.delete(*client.scan_iter(f"{PREFIX}epoch:*"))  # as after 45 days
    after = told(index, "b", 2).number

    assert sorted(client.scan_iter(f"{PREFIX}r:*")) == [
        f"{PREFIX}r:{number // 128}".encode() for number in (before, after)
    ]
    assert after // 128 > before // 128
    assert told(index, "c", 3).number == after + 1


def test_each_call_is_one_round_trip(client: redis.Redis) -> None:
    index = ValkeyStories(client)
    told(index, "first", 1)  # the script is loaded
    index.settle([], [1])
    before = client.info("stats")["total_reads_processed"]
    pairs = [(telling(str(n), n), Keys(n, (n,), (n,))) for n in range(64)]
    answers = index.tell(pairs)
    index.settle([], [one.number for one in answers])

    # The two calls (a large request may arrive in pieces), and the INFO that counts.
    assert client.info("stats")["total_reads_processed"] - before <= 5


def test_forgetting_empties_the_index_and_nothing_else(client: redis.Redis) -> None:
    client.set("saring:other", "stays")
    index = ValkeyStories(client)
    before = told(index, "a", 1)
    index.forget()

    after = told(index, "b", 1)
    assert met(after) == []
    assert after.number > before.number  # a worker may still hold the old one
    assert client.get("saring:other") == b"stays"


def test_a_server_that_is_full_is_unavailable(client: redis.Redis) -> None:
    limit = client.config_get("maxmemory")["maxmemory"] or "0"
    client.config_set("maxmemory", 1)
    try:
        with pytest.raises(Unavailable, match="index of stories"):
            told(ValkeyStories(client), "a", 1)
    finally:
        client.config_set("maxmemory", limit)


def test_a_server_that_is_away_is_unavailable() -> None:
    client = redis.Redis(port=1, socket_connect_timeout=1)

    with pytest.raises(Unavailable, match="index of stories"):
        told(ValkeyStories(client), "a", 1)
