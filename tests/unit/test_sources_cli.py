"""`saring sources`, as an operator uses it."""

import json
import re
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from workers.cli import sources as commands
from workers.cli.spans import parse_overlap
from workers.secretfile import SecretFile
from workers.settings import load_settings
from workers.signatures import key_of, new_secret
from workers.sources import Source, Sources

WIDE = {"COLUMNS": "200"}


@dataclass
class Desk:
    """A command line with a data directory of its own."""

    path: Path

    def run(self, *arguments: str, input_: str | None = None) -> Result:
        app = typer.Typer()
        commands.add_to(app)
        load_settings.cache_clear()
        return CliRunner().invoke(app, ["sources", *arguments], input=input_, env=WIDE)

    def prints(self, *arguments: str, input_: str | None = None) -> str:
        """Standard output of a command that works."""
        result = self.run(*arguments, input_=input_)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refuses(self, *arguments: str, input_: str | None = None) -> str:
        """The one line that main() prints of a command that fails."""
        result = self.run(*arguments, input_=input_)
        assert isinstance(result.exception, ValueError), result.output
        assert result.stdout == ""
        assert "\n" not in str(result.exception)
        return str(result.exception)

    def source(self, name: str) -> Source:
        found = SecretFile(self.path, None, Sources, "SARING_SOURCES").read().find(name)
        assert found is not None
        return found


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("SARING_DATA_DIR", str(tmp_path))
    for name in ("SARING_SOURCES", "SARING_SOURCES_FILE"):
        monkeypatch.delenv(name, raising=False)
    yield Desk(tmp_path / "keys" / "sources.json")
    load_settings.cache_clear()


def test_a_new_source_signs_with_the_secret_that_is_printed_alone(desk: Desk) -> None:
    result = desk.run("add", "pantau-media")
    secret = result.stdout.removesuffix("\n")
    assert desk.source("pantau-media").valid_secrets(time.time()) == [secret]
    assert len(key_of(secret)) == 32
    assert "/v1/items?source=pantau-media" in result.stderr
    assert secret not in result.stderr
    assert stat.S_IMODE(desk.path.stat().st_mode) == 0o600


def test_or_it_sends_a_token_that_is_printed_alone(desk: Desk) -> None:
    result = desk.run("add", "pantau-media", "--token")
    token = result.stdout.removesuffix("\n")
    source = desk.source("pantau-media")
    assert source.has_token(token, time.time())
    assert source.secrets == ()
    assert "Bearer" in result.stderr
    assert token not in result.stderr
    assert token not in desk.path.read_text()


def test_what_it_may_do_is_kept(desk: Desk) -> None:
    desk.prints(
        *("add", "a", "--as", "media-*", "--as", "b"),
        *("--rate", "0.5", "--burst", "10", "--no-read"),
    )
    source = desk.source("a")
    assert source.may_push_as == ("media-*", "b")
    assert (source.items_per_second, source.burst, source.may_read) == (0.5, 10, False)


def test_without_options_it_has_the_defaults(desk: Desk) -> None:
    desk.prints("add", "a")
    source = desk.source("a")
    assert source == Source(name="a", secrets=source.secrets)


@pytest.mark.parametrize("by", ["file", "stdin"])
def test_a_secret_that_the_sender_made_is_taken_and_not_printed(
    desk: Desk, tmp_path: Path, by: str
) -> None:
    secret, file = new_secret(), tmp_path / "secret"
    file.write_text(f"{secret}\n")
    result = (
        desk.run("add", "a", "--secret-file", str(file))
        if by == "file"
        else desk.run("add", "a", "--secret-file", "-", input_=f"{secret}\n")
    )
    assert result.exit_code == 0
    assert result.stdout == ""
    assert secret not in result.stderr
    assert desk.source("a").valid_secrets(time.time()) == [secret]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "Budi"), r"^name: "),
        (("add", "a", "--as", "*b"), r"^may_push_as\.0: "),
        (("add", "a", "--rate", "0"), r"^items_per_second: .*greater than 0"),
        (("add", "a", "--rate", "nan"), r"^items_per_second: "),
        (("add", "a", "--burst", "0"), r"^burst: .*greater than 0"),
        (("add", "a", "--secret-file", "-"), r"^a signing secret is base64 after whsec_"),
        (("add", "a", "--secret-file", "-", "--token"), "choose one"),
        (("add", "known"), "there is a source known already"),
        (("rotate", "b"), "no source b; `saring sources list`"),
        (("rotate", "known", "--overlap", "1 week"), "use 90s, 30m, 12h or 7d"),
        (("disable", "b"), "no source b"),
        (("enable", "b"), "no source b"),
    ],
)
def test_a_mistake_is_said_in_one_line_and_changes_nothing(
    desk: Desk, arguments: tuple[str, ...], words: str
) -> None:
    desk.prints("add", "known")
    before = desk.path.read_text()
    said = desk.refuses(*arguments, input_="whsec_rahasia!")
    assert re.search(words, said)
    assert "rahasia" not in said
    assert desk.path.read_text() == before


@pytest.mark.parametrize("kind", [(), ("--token",)])
def test_a_rotation_prints_the_new_one_and_lets_the_old_one_end(
    desk: Desk, kind: tuple[str, ...]
) -> None:
    old = desk.prints("add", "a", *kind).strip()
    result = desk.run("rotate", "a", "--overlap", "30m")
    new = result.stdout.strip()
    assert "good until" in result.stderr
    source = desk.source("a")

    def valid(when: float) -> list[bool]:
        secrets = source.valid_secrets(when)
        return [one in secrets or source.has_token(one, when) for one in (old, new)]

    now = time.time()
    assert valid(now) == valid(now + 1_700) == [True, True]
    assert valid(now + 1_800) == [False, True]


def test_a_source_is_disabled_and_enabled(desk: Desk) -> None:
    desk.prints("add", "a")
    assert desk.prints("disable", "a") == ""
    assert desk.source("a").disabled
    assert desk.prints("enable", "a") == ""
    assert not desk.source("a").disabled


def test_the_list_shows_all_but_what_proves_it(desk: Desk) -> None:
    proofs = [
        desk.prints("add", "a").strip(),
        desk.prints("add", "b", "--token", "--as", "media-*", "--rate", "0.5").strip(),
        desk.prints("rotate", "b").strip(),
    ]
    desk.prints("disable", "a")
    for shown in (desk.prints("list"), desk.prints("list", "--json")):
        for word in ("a", "b", "media-*", "0.5", "signed", "token", "2000"):
            assert word in shown
        for proof in proofs:
            assert proof.rpartition(".")[2] not in shown
        assert desk.source("b").tokens[0].value.get_secret_value() not in shown
    table = desk.prints("list").splitlines()
    assert [re.findall("yes|no", line) for line in table if " a " in line] == [["yes", "yes"]]


def test_the_json_list_is_for_programs(desk: Desk) -> None:
    desk.prints("add", "a", "--token")
    desk.prints("rotate", "a", "--overlap", "2h")
    [one] = json.loads(desk.prints("list", "--json"))
    [until] = one.pop("old_until")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", until)
    assert one == {
        "name": "a",
        "may_push_as": ["a"],
        "may_read": True,
        "items_per_second": 200.0,
        "burst": 2000,
        "disabled": False,
        "kind": "token",
    }


def test_an_old_one_whose_time_is_over_is_not_listed(desk: Desk) -> None:
    desk.prints("add", "a")
    desk.prints("rotate", "a", "--overlap", "0s")
    [one] = json.loads(desk.prints("list", "--json"))
    assert one["old_until"] == []


def test_a_document_of_the_environment_is_shown_and_not_changed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARING_SOURCES", Sources(sources=(Source(name="x"),)).model_dump_json())
    assert json.loads(desk.prints("list", "--json"))[0]["name"] == "x"
    for change in (("add", "a"), ("rotate", "x"), ("disable", "x"), ("enable", "x")):
        assert "SARING_SOURCES gives this document" in desk.refuses(*change)
    assert not desk.path.exists()


def test_a_secret_never_comes_as_an_argument(desk: Desk) -> None:
    shown = desk.prints("add", "--help")
    assert "--secret-file" in shown
    assert not re.search(r"--secret\b(?!-file)", shown)


@pytest.mark.parametrize(
    ("span", "seconds"), [("0s", 0), ("90s", 90), ("30m", 1_800), ("12h", 43_200), ("7d", 604_800)]
)
def test_a_span_of_time(span: str, seconds: float) -> None:
    assert parse_overlap(span) == seconds


@pytest.mark.parametrize("span", ["", "24", "h", "-1h", "1.5h", "1h30m", "1h ", "٣h", "9999999d"])
def test_what_is_no_span(span: str) -> None:
    with pytest.raises(ValueError, match="use 90s, 30m, 12h or 7d"):
        parse_overlap(span)
