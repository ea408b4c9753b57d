"""The pages of narratives, on both databases."""

import time
from datetime import UTC, datetime, timedelta

from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select, update

from tasks.models import Claim, Publication
from tests.desks import Said, people, publish
from tests.factchecks import check
from workers.ledger import Ledger
from workers.ledger.factchecks import store, withdraw
from workers.ledger.narratives import forward_all
from workers.ledger.schema import publications

FIRST = "Mulai besok loket tutup dan warga bayar Rp50.000 lewat agen"
SECOND = "Mulai Senin loket tutup dan warga bayar Rp75.000 lewat agen"
NOW = datetime.now(UTC)


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def account(number: int) -> bytes:
    return f"AKUN{number:012}".encode()


def told(count: int, narrative: str = "n-1", accounts: int = 5) -> list[Said]:
    """A first version, and copies of it in the hours since."""
    firsts = [Said("rumour", FIRST, narrative=narrative, written=hours_ago(9), account=account(0))]
    return firsts + [
        Said(
            "rumour",
            FIRST,
            narrative=narrative,
            copy_of="pantau/no-1",
            account=account(number % accounts),
            platform=("x", "facebook")[number % 2],
            written=hours_ago(8 - 7 * number / count),
        )
        for number in range(1, count)
    ]


def words(page: LexborHTMLParser, selector: str = "main") -> str:
    return " ".join(" ".join(node.text() for node in page.css(selector)).split())


def claim(ledger: Ledger, one: Claim) -> None:
    """Let every version make this claim."""
    with ledger.write() as connection:
        for seq, body in connection.execute(select(publications.c.seq, publications.c.body)).all():
            said = Publication.model_validate_json(body).model_copy(update={"claims": (one,)})
            connection.execute(
                update(publications)
                .where(publications.c.seq == seq)
                .values(body=said.model_dump_json())
            )


def test_the_page_says_how_much_came_where_and_when(ledger: Ledger) -> None:
    publish(ledger, *told(20))
    with people(ledger, "viewer") as (viewer,):
        page = viewer.page("/narrative/n-1")
    tiles = [words(LexborHTMLParser(tile.html or ""), "dd") for tile in page.css(".tiles div")]
    assert tiles[:3] == ["20", "95%", "5"]
    assert FIRST in words(page, ".headline")
    assert "Sepuluh menit terpadat memuat" in words(page)
    platforms = [words(LexborHTMLParser(one.html or ""), "p") for one in page.css(".platforms li")]
    assert platforms == ["facebook 10", "x 10"]
    bars = page.css(".bars.tall rect")
    rows = page.css("figure table tbody tr")
    assert len(bars) == len(rows) > 3
    assert sum(int(row.css("td")[1].text()) for row in rows) == 20


def test_few_accounts_are_never_counted(ledger: Ledger) -> None:
    publish(ledger, *told(20, accounts=4))
    with people(ledger, "viewer admin") as (viewer,):
        page, listed = viewer.page("/narrative/n-1"), viewer.page("/narratives")
    assert "<5" in words(page, ".tiles")
    assert "<5 akun" in words(listed)


def test_no_page_holds_an_account_or_leads_to_the_posts_of_one(ledger: Ledger) -> None:
    publish(ledger, *told(20))
    with people(ledger, "viewer admin desk") as (viewer,):
        for path in ("/narratives", "/narrative/n-1", "/alerts"):
            html = viewer.get(path).text
            assert "AKUN" not in html
            assert account(1).hex() not in html
            links = [node.attributes.get("href") or "" for node in LexborHTMLParser(html).css("a")]
            # `/account` is the page of whoever is logged in.
            assert not [
                one for one in links if "account" in one.removeprefix("/account") or "author" in one
            ]


def test_a_narrative_that_was_joined_leads_on(ledger: Ledger) -> None:
    publish(ledger, *told(3))
    publish(ledger, Said("rumour", SECOND, narrative="n-2", written=hours_ago(3)), first=10)
    forward_all(ledger, ["n-2"], "n-1")
    with people(ledger, "viewer") as (viewer,):
        answer = viewer.get("/narrative/n-2?zoom=all")
        page = viewer.page("/narrative/n-1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/narrative/n-1?zoom=all")
    assert "Versi teks (2)" in words(page)


def test_a_narrative_of_which_nothing_is_held_is_not_found(ledger: Ledger) -> None:
    with people(ledger, "viewer") as (viewer,):
        assert viewer.get("/narrative/n-404").status_code == 404
        assert "Belum ada narasi" in words(viewer.page("/narratives"))


def test_a_version_shows_what_it_changed_of_the_one_before_or_of_the_first(ledger: Ledger) -> None:
    third = SECOND.replace("Senin", "Jumat")
    said = [Said("rumour", text, written=hours_ago(9 - at)) for at, text in enumerate(
        (FIRST, SECOND, third)
    )]  # fmt: skip
    publish(ledger, *said, Said("rumour", FIRST, copy_of="pantau/no-1", written=hours_ago(1)))
    with people(ledger, "viewer") as (viewer,):
        before = viewer.page("/narrative/n-1")
        first = viewer.page("/narrative/n-1?against=first")
    assert words(before, "#version-1 .facts").startswith("Versi 1")
    assert "1 salinan" in words(before, "#version-1")
    assert "tanpa salinan" in words(before, "#version-2")
    assert words(before, "#version-3 del") == "[dihapus: Senin]"
    assert words(before, "#version-3 ins") == "[ditambah: Jumat]"
    assert words(first, "#version-3 del") == "[dihapus: besok] [dihapus: Rp50.000]"


def test_versions_go_on_from_page_to_page(ledger: Ledger) -> None:
    texts = [f"Mulai tanggal {day} loket tutup" for day in range(1, 131)]
    publish(
        ledger,
        *(Said("rumour", one, written=hours_ago(20 - at / 10)) for at, one in enumerate(texts)),
    )
    numbers: list[str] = []
    with people(ledger, "viewer") as (viewer,):
        for number in range(1, 8):
            page = viewer.page(f"/narrative/n-1?page={number}")
            numbers += [node.attributes["id"] or "" for node in page.css(".versions > li")]
            gone = page.css(".versions > li:last-child del")
            assert len(gone) == 1, number
        beyond = viewer.page("/narrative/n-1?page=99")
    assert numbers == [f"version-{number}" for number in range(1, 131)]
    assert beyond.css_first("#version-130") is not None


def test_harmful_text_is_veiled_until_asked_for(ledger: Ledger) -> None:
    threat = "Bakar saja rumah mereka malam ini"
    publish(ledger, *(Said("incitement_threat", threat, written=hours_ago(at)) for at in (1, 2)))
    with people(ledger, "reviewer") as (reviewer,):
        page, listed = reviewer.page("/narrative/n-1"), reviewer.page("/narratives")
    for node in page.css("p.said, p.headline"):
        assert node.parent is not None
        assert node.parent.tag == "details"
        assert "open" not in node.parent.attributes
    assert page.css("p.headline")
    assert threat not in words(listed)


def test_a_known_claim_stands_with_its_verdict_sources_and_date(ledger: Ledger) -> None:
    publish(ledger, *told(3))
    sources = [{"title": "Edaran Dinas Contoh", "url": "https://dinas.example/edaran"}]
    store(ledger, [check(1, sources=sources, clarification="Loket tetap buka.")])
    claim(ledger, Claim(claim_id="contoh-1", verdict="Salah", score=0.9, decision="confirm"))
    with people(ledger, "viewer") as (viewer,):
        known = words(viewer.page("/narrative/n-1"), ".claim")
        withdraw(ledger, "contoh-1", "keliru")
        later = words(viewer.page("/narrative/n-1"), ".claim")
    for part in ("dibantah", "Salah", "14 Mar 2026", "Loket tetap buka.", "Edaran Dinas Contoh"):
        assert part in known
    assert "ditarik" not in known
    assert "ditarik" in later


def test_without_a_fact_check_a_claim_is_still_to_be_verified(ledger: Ledger) -> None:
    publish(ledger, *told(3))
    with people(ledger, "viewer") as (viewer,):
        assert "perlu diverifikasi" in words(viewer.page("/narrative/n-1"))


def test_who_works_at_a_desk_can_begin_a_clarification(ledger: Ledger) -> None:
    publish(ledger, *told(3))
    button = 'a[href="/clarify/new?narrative=n-1"]'
    with people(ledger, "viewer", "desk") as (viewer, desk):
        assert viewer.page("/narrative/n-1").css_first(button) is None
        page = desk.page("/narrative/n-1")
        assert page.css_first(button) is not None
        assert page.css_first('a[href="/queue/clarify?narrative=n-1"]') is not None


def test_the_list_shows_the_largest_or_the_fastest_first(ledger: Ledger) -> None:
    slow = [
        Said("rumour", "Kabar lama", narrative="n-lama", written=hours_ago(at)) for at in range(9)
    ]
    now = datetime.now(UTC)
    fast = [
        Said("rumour", "Kabar baru", narrative="n-baru", written=now - timedelta(seconds=at))
        for at in range(6)
    ]
    publish(ledger, *slow, *fast)
    with people(ledger, "viewer") as (viewer,):
        largest, fastest = (
            [node.attributes["href"] for node in viewer.page(path).css(".tellings h2 a")]
            for path in ("/narratives", "/narratives?window=7d&order=fastest")
        )
    assert largest == ["/narrative/n-lama", "/narrative/n-baru"]
    assert fastest[0] == "/narrative/n-baru"


def test_both_languages_fill_every_page(ledger: Ledger) -> None:
    publish(ledger, *told(8))
    with people(ledger, "desk") as (desk,):
        desk.client.cookies.set("saring_language", "en")
        assert "Distinct accounts" in words(desk.page("/narrative/n-1"))
        assert "Narratives" in words(desk.page("/narratives"))
        assert "Alerts" in words(desk.page("/alerts"))


def test_a_narrative_of_ten_thousand_items_costs_little(ledger: Ledger) -> None:
    edits = [
        Said("rumour", f"{FIRST} {at}", narrative="n-besar", written=hours_ago(150 - at / 10))
        for at in range(500)
    ]
    copies = [
        Said(
            "rumour",
            FIRST,
            narrative="n-besar",
            copy_of=f"pantau/no-{1 + at % 500}",
            account=account(at % 3000),
            written=hours_ago(140 * (1 - at / 9500)),
        )
        for at in range(9500)
    ]
    publish(ledger, *edits, *copies)
    with people(ledger, "viewer") as (viewer,):
        spent = []
        for _ in range(3):
            begun = time.process_time()
            page = viewer.page("/narrative/n-besar?zoom=7d")
            spent.append(time.process_time() - begun)
    assert "10.000" in words(page, ".tiles")
    assert min(spent) < 0.3  # CPU of the desk and of this client: others use the machine too
