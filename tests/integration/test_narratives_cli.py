"""`saring narratives` and `saring reindex`, on a real ledger and a real broker."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
import typer
from typer.testing import CliRunner, Result

from tasks.group import group
from tasks.models import Batch, Content, Grouping, Item, Normalised
from tasks.ports import Ports
from tasks.publish import publication
from tasks.words import ReaderLanguage
from tests.items import entry, finished
from workers.adapters.memory_publisher import MemoryPublisher
from workers.adapters.valkey_memory import Loss, ValkeyMemory
from workers.adapters.valkey_stories import PREFIX, ValkeyStories
from workers.broker import connect
from workers.cli import narratives
from workers.cli.narratives import COLUMNS, LINES, VERSIONS
from workers.cli.status import status
from workers.ledger import Ledger, open_ledger
from workers.ledger.accept import accept
from workers.ledger.leases import claim
from workers.ledger.release import ledger_id, record
from workers.mending import Interrupted
from workers.run import NotRunning
from workers.settings import load_settings

CHAIN = (
    "Pasar Lemabang kebanjiran sejak subuh, pedagang sayur memindahkan dagangan ke trotoar depan"
    " masjid dan pembeli diminta parkir di lapangan voli"
)
RETOLD = CHAIN.replace("memindahkan", "memindahkn")
NOW = datetime.now(UTC)
LANGUAGES: list[ReaderLanguage] = ["id", "en"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings of this test alone."""
    monkeypatch.setenv("SARING_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("SARING_LEDGER_URL", "SARING_BROKER_URL", "SARING_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    load_settings.cache_clear()
    yield tmp_path
    load_settings.cache_clear()


@pytest.fixture
def here(folder: Path) -> Ledger:
    """The ledger that the commands find."""
    ledger = open_ledger(f"sqlite:///{folder / 'ledger.sqlite3'}")
    ledger.migrate()
    return ledger


@pytest.fixture
def client(broker_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    """A client of the broker that the commands find, of each kind in turn."""
    monkeypatch.setenv("SARING_BROKER_URL", broker_url)
    load_settings.cache_clear()
    with connect(broker_url) as opened:
        yield opened


def run(*arguments: str) -> Result:
    app = typer.Typer()
    narratives.add_to(app)
    return CliRunner().invoke(app, arguments)


def done(*arguments: str) -> str:
    """Standard output of a command that works."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def told(number: int, text: str, client: redis.Redis) -> Grouping:
    """What the stage says of an item that a worker gets now."""
    content = Content(source="pantau", id=f"no-{number}", kind="post", text=text, published_at=NOW)
    item = Item(content=content, normalised=Normalised(text=text))
    ports = Ports(ValkeyStories(client), MemoryPublisher())
    (after,) = group(Batch(id="b", items=(item,)), ports).items
    assert after.grouping is not None
    return after.grouping


def publish(ledger: Ledger, number: int, text: str, grouping: Grouping, account: int = 0) -> None:
    """Publish one item of that many minutes ago."""
    made = entry(number)
    written = NOW - timedelta(minutes=number)
    update = {"text": text, "published_at": written, "platform": "facebook"}
    content = made.content.model_copy(update=update)
    accept(ledger, [type(made)(content, made.digest, f"AKUN{account:012}".encode())])
    (batch,) = claim(ledger, 1, 64, 60.0)
    item = finished(batch.items[0])[0].with_grouping(grouping)
    record(ledger, [(item, publication(item))])


def six(ledger: Ledger) -> None:
    """Six items of one narrative, four of them copies, by five accounts; and one of another."""
    first = Grouping(narrative_id="n-1")
    copy = Grouping(narrative_id="n-1", duplicate_of="pantau/no-60", match="near")
    publish(ledger, 60, CHAIN, first, account=1)
    publish(ledger, 59, "Pedagang Lemabang pindah karena banjir", first, account=2)
    for number in range(4):
        publish(ledger, number, RETOLD, copy, account=3 + number % 3)
    publish(ledger, 40, "Posyandu buka lagi", Grouping(narrative_id="n-2"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_ledger_is_said_to_be_empty(
    here: Ledger, language: ReaderLanguage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARING_LANGUAGE", language)
    load_settings.cache_clear()

    assert done("narratives").strip() == LINES[language]["none"]
    assert json.loads(done("narratives", "--json")) == []
    with pytest.raises(ValueError, match=f"n-9: {LINES[language]['unknown']}"):
        raise run("narratives", "n-9").exception or AssertionError


def test_without_a_ledger_the_remedy_is_named() -> None:
    assert isinstance(run("narratives").exception, NotRunning)
    assert isinstance(run("reindex").exception, NotRunning)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_told_by_many_is_shown(
    here: Ledger, language: ReaderLanguage, monkeypatch: pytest.MonkeyPatch
) -> None:
    six(here)
    monkeypatch.setenv("SARING_LANGUAGE", language)
    load_settings.cache_clear()
    shown = done("narratives")

    assert all(column in shown for column in COLUMNS[language])
    (row,) = [line for line in shown.splitlines() if "n-1" in line]
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    first = (NOW - timedelta(minutes=60)).strftime("%Y-%m-%d %H:%M")
    assert cells == ["n-1", "6", "67%", "5", first, NOW.strftime("%Y-%m-%d %H:%M")]
    assert "n-2" not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_narrative_is_shown_in_whole(
    here: Ledger, language: ReaderLanguage, monkeypatch: pytest.MonkeyPatch
) -> None:
    six(here)
    monkeypatch.setenv("SARING_LANGUAGE", language)
    load_settings.cache_clear()
    shown = done("narratives", "n-1")

    assert all(column in shown for column in VERSIONS[language])
    assert LINES[language]["hours"] in shown
    assert f"{LINES[language]['platforms']}: facebook 6" in shown
    assert LINES[language]["burst"].split(":")[0] in shown
    assert "█" in shown
    assert shown.index("Pasar Lemabang") < shown.index("Pedagang Lemabang")
    assert "AKUN" not in shown


def test_json_holds_the_whole_profile_and_no_account(here: Ledger) -> None:
    six(here)
    (row,) = json.loads(done("narratives", "--json"))
    whole = json.loads(done("narratives", "n-1", "--json"))

    assert whole["summary"] == row
    assert (row["narrative_id"], row["items"], row["copies"], row["accounts"]) == ("n-1", 6, 4, "5")
    assert [(one["ref"], one["copies"]) for one in whole["versions"]] == [
        ("pantau/no-60", 4),
        ("pantau/no-59", 0),
    ]
    assert sum(whole["hours"]) == 6
    assert whole["burst"]["share"] == 4 / 6
    assert "AKUN" not in json.dumps(whole)


def test_rows_can_be_limited_in_time_and_number(here: Ledger) -> None:
    six(here)
    publish(here, 41, "Posyandu sudah buka", Grouping(narrative_id="n-2"))

    def ids(*options: str) -> list[str]:
        return [one["narrative_id"] for one in json.loads(done("narratives", "--json", *options))]

    assert ids() == ["n-1", "n-2"]
    assert ids("--limit", "1") == ["n-1"]
    assert ids("--since", "30m") == ["n-1"]
    assert ids("--since", "1m") == []


def keys(client: redis.Redis) -> dict[str, int]:
    """How many fields each hash of the index has."""
    return {
        key.decode(): client.hlen(key)
        for key in client.scan_iter(f"{PREFIX}*")
        if client.type(key) == b"hash"
    }


def test_reindex_finds_copies_of_what_was_published_again(
    here: Ledger, client: redis.Redis
) -> None:
    for number, text in ((3, CHAIN), (2, RETOLD), (1, "Posyandu Melati menimbang balita pagi ini")):
        publish(here, number, text, told(number, text, client))
    before = told(9, RETOLD.upper(), client)
    ValkeyStories(client).forget()
    assert keys(client) == {}

    assert "3 items" in done("reindex")
    filled = keys(client)
    assert told(9, RETOLD.upper(), client) == before
    assert (before.duplicate_of, before.match) == ("pantau/no-3", "near")
    assert "3 items" in done("reindex")  # harmless
    assert keys(client) == filled
    assert told(9, RETOLD.upper(), client) == before


def test_reindex_keeps_what_is_there_unless_it_is_told_to_forget(
    here: Ledger, client: redis.Redis
) -> None:
    publish(here, 1, CHAIN, told(1, CHAIN, client))
    told(8, "Lomba layang-layang tingkat kecamatan diundur sampai angin timur", client)
    other = "LOMBA layang-layang tingkat kecamatan diundur sampai angin timur"
    done("reindex")
    assert told(9, other, client).duplicate_of == "pantau/no-8"

    done("reindex", "--fresh")
    assert told(9, other, client).duplicate_of is None
    assert told(10, CHAIN, client).duplicate_of == "pantau/no-1"


def test_reindex_of_an_empty_ledger_does_nothing(here: Ledger, client: redis.Redis) -> None:
    assert "0 items" in done("reindex")
    assert keys(client) == {}


def test_reindex_opens_an_index_that_was_lost(here: Ledger, client: redis.Redis) -> None:
    publish(here, 1, CHAIN, told(1, CHAIN, client))
    client.flushall()
    assert "1 items" in done("reindex")
    assert ValkeyMemory(client, ledger_id(here)).look("dispatch") == "whole"


@pytest.mark.parametrize("options", [(), ("--fresh",)])
def test_reindex_does_nothing_while_somebody_else_is_at_it(
    here: Ledger, client: redis.Redis, options: tuple[str, ...]
) -> None:
    publish(here, 1, CHAIN, told(1, CHAIN, client))
    assert ValkeyMemory(client, ledger_id(here)).look("dispatch") == Loss(None)
    held = keys(client)
    failed = run("reindex", *options).exception
    assert isinstance(failed, Interrupted)
    assert "saring status" in str(failed)
    assert keys(client) == held


def test_the_status_shows_how_far_the_index_is(
    here: Ledger, client: redis.Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    memory = ValkeyMemory(client, ledger_id(here))
    memory.look("dispatch")
    memory.go_on("dispatch", 64, 3000)
    status()
    assert "64 of 3000 items filled again" in capsys.readouterr().out
    memory.open("dispatch")
    status()
    assert "filled again" not in capsys.readouterr().out
