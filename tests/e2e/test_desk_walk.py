"""The whole way of the desk on real parts: items pushed, decided, clarified, judged, referred,
proved and reported, in a real browser. Its pictures go to SARING_PICTURES, if that is set.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tasks.factors import FACTORS
from tests.browsers import CHROMIUM, faults
from tests.judging import words
from tests.running import Up, write_posts
from workers.desk.duties import QUEUES
from workers.ledger.published import published
from workers.run import read_run

SAMPLES = Path(__file__).parents[2] / "workers" / "samples"
PASSWORD = "kopi susu tetangga jauh"
WIDTHS = (1280, 390)
PLACES = (
    *(f"/queue/{desk}" for desk in QUEUES),
    *("/", "/none", "/narratives", "/alerts", "/amplify", "/answer", "/service", "/oversight"),
    *("/procedures", "/clarifications", "/referrals", "/thresholds", "/appeals", "/audit"),
    *("/report", "/report/digest", "/people", "/account"),
)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("SARING_PICTURES", str(tmp_path / "pictures")))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.is_file():
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def member(chromium: Browser, up: Up, login: str, *roles: str) -> Iterator[Page]:
    """The window of a new member of staff, who has just chosen a password by their link."""
    asked = [word for role in roles for word in ("--role", role)]
    added = up.saring("staff", "add", login, "--name", login.capitalize(), *asked)
    assert added.returncode == 0, added.stderr
    run = read_run(up.data_dir)
    assert run is not None
    context = chromium.new_context(
        base_url=run.desk_url, viewport={"width": WIDTHS[0], "height": 900}
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(added.stdout.strip())
    page.get_by_label("Kata sandi baru", exact=True).fill(PASSWORD)
    page.get_by_label("Ulangi kata sandi baru").fill(PASSWORD)
    page.get_by_role("button", name="Simpan dan masuk").click()
    page.get_by_role("link", name=login.capitalize()).wait_for()
    yield page
    context.close()
    assert not errors


def go(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, path


@pytest.mark.timeout(900)
def test_the_whole_way(
    start_up: Any, chromium: Browser, tmp_path: Path, until: Callable[..., None], pictures: Path
) -> None:
    with start_up() as up:
        assert up.saring("factchecks", "import", str(SAMPLES / "factchecks")).returncode == 0
        assert up.saring("procedures", "import", str(SAMPLES / "procedures")).returncode == 0
        for posts in (SAMPLES / "items.jsonl", write_posts(tmp_path / "posts.jsonl", 10)):
            assert up.saring("push", str(posts)).returncode == 0
        until(up.all_done, "all 200 items are done", 120.0)
        assert sum(up.status().states.values()) == 200
        with (
            member(chromium, up, "ani", "desk") as ani,
            member(chromium, up, "budi", "desk", "viewer", "legal", "admin", "reviewer") as budi,
            member(chromium, up, "citra", "reviewer") as citra,
            member(chromium, up, "dewi", "reviewer") as dewi,
            member(chromium, up, "eko", "legal") as eko,
        ):
            decide_by_keyboard(ani)
            clarify(ani, budi, tmp_path)
            refer(up, citra, dewi, eko, tmp_path)
            refused_for_criticism(up, citra)
            prove(up)
            report(up, tmp_path)
            look(budi, pictures)


def decide_by_keyboard(page: Page) -> None:
    go(page, "/queue/answer")
    waiting = page.locator("[data-row]")
    before = waiting.count()
    assert before > 2
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator("#toast")).to_contain_text("ditandai selesai")
    expect(waiting).to_have_count(before - 1)
    page.keyboard.press("u")
    expect(waiting).to_have_count(before)
    page.keyboard.press("x")
    expect(waiting).to_have_count(before - 1)


def clarify(writer: Page, second: Page, folder: Path) -> None:
    """A draft from the fact-check of a hoax, completed, published by somebody else, taken away."""
    go(writer, "/queue/clarify")
    writer.keyboard.press("j")
    writer.keyboard.press("Enter")
    expect(writer).to_have_url(re.compile("/item/"))
    writer.locator("form[action='/clarify'] button").first.click()
    expect(writer).to_have_url(re.compile("/edit$"))
    number = writer.locator("input[name^=title_]").count()
    writer.get_by_label("Judul: faktanya").fill("Faktanya sudah diperiksa dan berbeda")
    writer.locator(f"#s-title-{number - 1}").fill("Pemeriksaan kampus")
    writer.locator(f"#s-publisher-{number - 1}").fill("Kampus Contoh")
    writer.locator(f"#s-url-{number - 1}").fill("https://kampus.example/uji")
    writer.get_by_role("button", name="Simpan draf").click()
    expect(writer.locator(".sheet .headline")).to_contain_text("Faktanya sudah diperiksa")
    address = writer.url
    second.goto(address)
    if second.get_by_label("Saya paham sarannya").count():
        second.get_by_label("Saya paham sarannya").check()
    second.get_by_role("button", name="Terbitkan").click()
    expect(second.locator(".tags")).to_contain_text("Terbit")
    for ending in ("png", "svg"):
        with second.expect_download() as taken:
            second.locator(f"a[download][href$='square.{ending}']").click()
        taken.value.save_as(folder / f"kartu.{ending}")
    assert (folder / "kartu.png").read_bytes().startswith(b"\x89PNG")
    review = second.locator("#export-claimreview")
    found = re.fullmatch(r"<script[^>]*>(.*)</script>", review.input_value(), re.DOTALL)
    assert found is not None
    assert json.loads(found[1])["@type"] == "ClaimReview"


def refer(up: Up, first: Page, second: Page, officer: Page, folder: Path) -> None:
    """Two judge a threat, each alone; the officer signs, and takes the packet."""
    threat = next(
        one
        for one in up.results()
        if one["desk"] == "review" and one["acts"][0]["act"] == "incitement_threat"
    )
    found = published(up.outside.ledger, threat["source"], threat["id"])
    assert found is not None
    for page, who in ((first, "citra"), (second, "dewi")):
        go(page, f"/review/{found.seq}")
        for factor, said in words(who).items():
            page.locator(f"#{factor}").fill(said)
        page.locator("input[name=refer][value=yes]").check()
        page.locator("form.judging button.main").click()
    expect(second.locator("main")).to_contain_text("dirujuk kepada pejabat hukum")
    go(officer, "/referrals")
    officer.get_by_role("link", name="Rujukan 1").click()
    officer.get_by_role("checkbox").check()
    officer.get_by_role("button", name="Tandatangani").click()
    expect(officer.locator("main")).to_contain_text("ditandatangani")
    with officer.expect_download() as taken:
        officer.get_by_role("button", name="Ambil sebagai JSON").click()
    taken.value.save_as(folder / "rujukan.json")
    packet = (folder / "rujukan.json").read_text()
    assert threat["text"] in json.dumps(json.loads(packet), ensure_ascii=False)
    assert not re.search(r"@[A-Za-z]", packet)  # versions of rules end in @2
    assert set(FACTORS) <= set(re.findall(r"\w+", packet))


def refused_for_criticism(up: Up, reviewer: Page) -> None:
    """Speech against an office has no form to judge it by, and the address takes none."""
    criticism = next(one for one in up.results() if one["acts"][0]["act"] == "criticism")
    found = published(up.outside.ledger, criticism["source"], criticism["id"])
    assert found is not None
    answer = reviewer.goto(f"/review/{found.seq}")
    assert answer is not None
    assert reviewer.locator("form.judging").count() == 0
    go(reviewer, "/queue/review")
    token = json.loads(reviewer.locator("body").get_attribute("hx-headers") or "")["x-csrf-token"]
    sent = reviewer.request.post(
        f"/review/{found.seq}",
        form={
            **{str(name): said for name, said in words("citra").items()},
            "csrf": token,
            "seen": found.seen,
            "refer": "yes",
        },
    )
    assert sent.status in (404, 409, 422)


def prove(up: Up) -> None:
    shown = up.saring("audit", "verify")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    kinds = up.saring("audit", "show", "--jsonl").stdout
    for kind in ("decision.handled", "judgement", "referral.signed", "link.used"):
        assert f'"{kind}"' in kinds, kind


def report(up: Up, folder: Path) -> None:
    made = up.saring("report", "--since", "7d", "--out", str(folder / "laporan"))
    assert made.returncode == 0, made.stderr
    names = {path.suffix for path in (folder / "laporan").iterdir()}
    assert {".html", ".pdf"} <= names


def look(page: Page, folder: Path) -> None:
    """No page keeps anybody out or is wider than the screen; each has its pictures taken."""
    items = page.locator("[data-row] a[href^='/item/']")
    go(page, "/queue/clarify")
    item = items.first.get_attribute("href")
    go(page, str(item))
    narrative = page.locator("a[href^='/narrative/']").first.get_attribute("href")
    for path in (*PLACES, str(item), str(narrative)):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            go(page, path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            name = re.sub(r"\W+", "-", path).strip("-") or "home"
            page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
        assert faults(page) == [], path
