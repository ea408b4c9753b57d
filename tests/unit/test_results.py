"""Tables and times of the command line."""

from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from tasks.models import ActFinding, Publication
from tasks.words import ACTS, DESKS, ReaderLanguage
from workers import labels
from workers.cli.results import parse_since, shorten, table

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def publication() -> Publication:
    return Publication(
        id="pm-0001-dengan-id-yang-panjang-sekali",
        source="pantau-media",
        kind="post",
        published_at=NOW,
        url=None,
        platform=None,
        text="Lampu jalan padam\nsejak Senin.",
        language="ind",
        desk="service",
        state="auto",
        acts=(ActFinding(act="complaint", probability=0.85),),
        target="none",
        sentiment="negative",
        topics=(),
        signals={},
        entities=(),
        hashtags=(),
        links=(),
        masked=(),
        narrative_id="n-1",
        duplicate_of=None,
        claims=(),
        priority=55,
        reasons=("Ada keluhan.",),
        versions={},
    )


def test_every_desk_and_act_has_a_name_in_every_language() -> None:
    assert set(labels.DESKS) == set(DESKS)
    assert set(labels.ACTS) == set(ACTS)
    for names in (*labels.DESKS.values(), *labels.ACTS.values()):
        assert set(names) == {"id", "en"}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", ("Meja", "layanan", "keluhan", "85%")),
        ("en", ("Desk", "service", "complaint", "85%")),
    ],
)
def test_a_table_speaks_the_readers_language_and_shows_an_id_whole(
    language: ReaderLanguage, words: tuple[str, ...]
) -> None:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(table([publication()], language))
    shown = captured.get()
    for word in words:
        assert word in shown
    items = "".join(line.split("│")[2].strip() for line in shown.splitlines() if "│" in line)
    assert items == "pantau-media/pm-0001-dengan-id-yang-panjang-sekali"


def test_a_text_is_cut_and_kept_on_one_line() -> None:
    assert shorten("a\nb  c") == "a b c"
    assert shorten("x" * 100, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("since", "moment"),
    [
        ("90s", NOW - timedelta(seconds=90)),
        ("30m", NOW - timedelta(minutes=30)),
        ("7d", NOW - timedelta(days=7)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T07:00:00+07:00", datetime(2026, 11, 20, tzinfo=UTC)),
    ],
)
def test_since_is_understood(since: str, moment: datetime) -> None:
    assert parse_since(since, NOW) == moment


@pytest.mark.parametrize("since", ["kemarin", "7", "-7d", ""])
def test_another_since_is_refused_with_the_forms_that_are_known(since: str) -> None:
    with pytest.raises(ValueError, match="use 90s, 30m, 12h, 7d"):
        parse_since(since, NOW)
