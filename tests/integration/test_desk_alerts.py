"""Alerts: found once, kept, shown, and seen by a person; on both databases."""

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from tests.desks import Said, people, publish
from tests.running import clean_environment
from workers.desk.watching import Watch
from workers.ledger import Ledger, open_ledger
from workers.ledger.alerts import Alert, alerts_since, judge, look, see, unseen
from workers.ledger.decisions import Overtaken
from workers.ledger.desk_tables import audit
from workers.ledger.narratives import forward_all
from workers.ledger.reach import HOUR_MS

TEXT = "Kabarnya loket KTP tutup mulai besok"
NOW = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
HOUR = int(NOW.timestamp() * 1000) // HOUR_MS
MS = int(NOW.timestamp() * 1000)


def steady(narrative: str, hours: int, each: int) -> list[Said]:
    """So many items in each of these full hours before this one."""
    return [
        Said("rumour", TEXT, narrative=narrative, written=NOW - timedelta(hours=back, minutes=at))
        for back in range(hours, 0, -1)
        for at in range(each)
    ]


def now(narrative: str, count: int) -> list[Said]:
    """So many items in this hour."""
    return [
        Said("rumour", TEXT, narrative=narrative, written=NOW - timedelta(seconds=at))
        for at in range(count)
    ]


def grown(ledger: Ledger) -> list[Alert]:
    """A narrative that grows beside one that goes on as before; what was found of them."""
    publish(ledger, *steady("n-1", 24, 3), *now("n-1", 40), *steady("n-2", 24, 12), *now("n-2", 12))
    return look(ledger, MS)


def entries(ledger: Ledger) -> list[tuple[str, str, str]]:
    with ledger.read() as connection:
        rows = connection.execute(
            select(audit.c.kind, audit.c.subject, audit.c.detail)
            .where(audit.c.kind.not_like("staff.%"))
            .order_by(audit.c.number)
        )
        return [(row.kind, row.subject, row.detail) for row in rows]


def test_what_grows_faster_than_its_own_past_is_found_and_what_goes_on_is_not(
    ledger: Ledger,
) -> None:
    (alert,) = grown(ledger)
    assert (alert.narrative_id, alert.hour, alert.growth.came) == ("n-1", HOUR, 40)
    assert alert.growth.expected == pytest.approx(3, rel=0.1)
    assert alerts_since(ledger, 0) == [alert]


def test_what_grew_in_the_last_hour_still_counts_when_the_next_begins(ledger: Ledger) -> None:
    grown(ledger)
    judged = judge(ledger, ["n-1", "n-2"], HOUR + 1)
    assert {root: one.came for root, one in judged.items()} == {"n-1": 40, "n-2": 12}


def test_an_hour_alarms_once_however_often_it_is_looked_at(ledger: Ledger) -> None:
    grown(ledger)
    assert look(ledger, MS) == []
    assert look(ledger, MS + HOUR_MS) == []  # now one of the hours that are looked at again
    assert len(alerts_since(ledger, 0)) == 1


def test_several_that_look_at_once_keep_one_row(ledger: Ledger, ledger_url: str) -> None:
    publish(ledger, *steady("n-1", 24, 3), *now("n-1", 40))
    others = [open_ledger(ledger_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda one: look(one, MS), others))
    for one in others:
        one.engine.dispose()
    assert sum(len(some) for some in found) == 1
    assert [kind for kind, _, _ in entries(ledger)] == ["alert.raised"]


def test_items_that_come_in_late_are_counted_in_their_hour(ledger: Ledger) -> None:
    late = [Said("rumour", TEXT, written=NOW - timedelta(hours=1, seconds=at)) for at in range(40)]
    publish(ledger, *steady("n-1", 24, 1), *late)
    (alert,) = look(ledger, MS)
    assert alert.hour == HOUR - 1


def test_a_morning_that_wakes_every_narrative_is_no_alarm(ledger: Ledger) -> None:
    names = [f"n-{number}" for number in range(12)]
    publish(
        ledger,
        *(one for name in names for one in steady(name, 12, 3)),
        *(one for name in names for one in now(name, 14)),
    )
    assert look(ledger, MS) == []


def test_a_joined_narrative_alarms_under_the_id_it_has_by_now(ledger: Ledger) -> None:
    publish(ledger, *steady("n-1", 24, 1), *now("n-1", 20), *now("n-b", 20))
    forward_all(ledger, ["n-b"], "n-1")
    (alert,) = look(ledger, MS)
    assert (alert.narrative_id, alert.growth.came) == ("n-1", 40)
    forward_all(ledger, ["n-1"], "n-0")
    assert [one.narrative_id for one in alerts_since(ledger, 0)] == ["n-0"]
    assert unseen(ledger) == 1
    assert see(ledger, "n-0", HOUR, "staff/1") == 1


def test_the_log_holds_numbers_and_no_text(ledger: Ledger) -> None:
    (alert,) = grown(ledger)
    see(ledger, "n-1", HOUR, "staff/1")
    (raised, raised_of, detail), (seen, seen_of, _) = entries(ledger)
    assert (raised, seen) == ("alert.raised", "alert.seen")
    assert raised_of == seen_of == "narrative/n-1"
    assert orjson.loads(detail) == {
        "hour": HOUR,
        "came": 40,
        "expected": alert.growth.expected,
        "chance": alert.growth.chance,
    }


def test_what_one_has_seen_another_cannot_see_again(ledger: Ledger) -> None:
    grown(ledger)
    see(ledger, "n-1", HOUR, "staff/1")
    assert unseen(ledger) == 0
    with pytest.raises(Overtaken):
        see(ledger, "n-1", HOUR, "staff/2")
    assert [one.seen_by for one in alerts_since(ledger, 0)] == ["staff/1"]


def test_an_alert_that_was_raised_since_is_not_marked_as_seen(ledger: Ledger) -> None:
    grown(ledger)
    with pytest.raises(Overtaken):
        see(ledger, "n-1", HOUR - 1, "staff/1")
    assert unseen(ledger) == 1


def test_the_page_shows_alerts_until_somebody_has_seen_them(ledger: Ledger) -> None:
    grown(ledger)
    with people(ledger, "viewer", "desk") as (viewer, desk):
        page = viewer.page("/alerts")
        assert "40 item" in " ".join((page.css_first(".tellings .hours") or page).text().split())
        assert page.css_first('form[action="/alerts/seen"]') is None
        assert viewer.get("/alerts/count").text.strip().endswith("</span>1")
        assert viewer.post("/alerts/seen", narrative="n-1", until=str(HOUR)).status_code == 403

        form = desk.page("/alerts").css_first('form[action="/alerts/seen"]')
        assert form is not None
        sent = {
            node.attributes["name"] or "": node.attributes["value"] or ""
            for node in form.css("input")
        }
        assert desk.post("/alerts/seen", **sent).headers["location"] == "/alerts"
        assert desk.page("/alerts").css_first('form[action="/alerts/seen"]') is None
        assert desk.get("/alerts/count").text.strip() == ""
        assert desk.post("/alerts/seen", **sent).status_code == 409
        assert desk.post("/alerts/seen", narrative="n-1", until="besok").status_code == 422
    assert [one.seen_by for one in alerts_since(ledger, 0)] == [desk.staff.id]


def test_the_watch_looks_beside_the_pages(ledger: Ledger, until: Callable[..., None]) -> None:
    fresh = [
        Said("rumour", TEXT, written=datetime.now(UTC) - timedelta(milliseconds=at))
        for at in range(80)
    ]
    watch = Watch(ledger, every_seconds=0.05).begin()
    publish(ledger, *fresh)
    until(lambda: unseen(ledger) == 1, "the watch finds what grows")
    watch.end()


def test_the_command_looks_and_shows(ledger: Ledger, ledger_url: str, tmp_path: Path) -> None:
    fresh = [
        Said("rumour", TEXT, written=datetime.now(UTC) - timedelta(milliseconds=at))
        for at in range(80)
    ]
    publish(ledger, *fresh)
    environment = clean_environment(SARING_LEDGER_URL=ledger_url, SARING_DATA_DIR=str(tmp_path))
    command = [sys.executable, "-m", "workers.cli", "alerts"]
    told = subprocess.run(
        [*command, "--json"], env=environment, capture_output=True, text=True, check=True
    )
    assert sum(one["growth"]["came"] for one in json.loads(told.stdout)) >= 40
    table = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "n-1" in table.stdout
