"""The pages of a running intake: sound HTML, whole, loading nothing, fit for a telephone."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from pydantic import SecretStr
from selectolax.lexbor import LexborHTMLParser

from tests.running import clean_environment
from workers.intake import pages
from workers.intake.examples import LINES, POST
from workers.intake.openapi import openapi
from workers.intake.problems import KINDS
from workers.problems import WORDS
from workers.signatures import new_secret
from workers.sources import Credential, Source, Sources, new_token, token_credential

WORDS_OF_PROBLEMS: Final = sorted({*KINDS, *WORDS})
PAGES: Final[dict[str, bytes]] = {
    "/docs": pages.docs_page(),
    "/problems": pages.problems_page(),
    **{f"/problems/{word}": pages.problem_page(word) or b"" for word in WORDS_OF_PROBLEMS},
}
VOID: Final = {"meta", "link", "br", "hr", "img", "input"}
every_page = pytest.mark.parametrize("path", PAGES)


class _Nesting(HTMLParser):
    """Fails where a tag is not closed in its turn: selectolax mends that, as browsers do."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()


def tree(path: str) -> LexborHTMLParser:
    return LexborHTMLParser(PAGES[path].decode())


def attributes(path: str, name: str) -> list[str]:
    return [node.attributes[name] or "" for node in tree(path).css(f"[{name}]")]


@every_page
def test_a_page_is_sound_html(path: str) -> None:
    nesting = _Nesting()
    nesting.feed(PAGES[path].decode())
    nesting.close()
    assert nesting.open == []
    html = tree(path).css_first("html")
    assert html is not None
    assert html.attributes["lang"] == "en"
    ids = attributes(path, "id")
    assert len(ids) == len(set(ids))
    assert len(tree(path).css("main h1")) == len(tree(path).css("title")) == 1
    # Someone who listens goes from heading to heading: no level is left out.
    levels = [int((node.tag or "h0")[1]) for node in tree(path).css("h1, h2, h3, h4")]
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), levels


@every_page
def test_each_link_within_leads_somewhere(path: str) -> None:
    known = {*PAGES, "/openapi.json"}
    for link in attributes(path, "href"):
        if link.startswith("https://"):
            continue
        target, _, fragment = link.partition("#")
        assert target in known or target == ""
        if fragment:
            assert fragment in attributes(target or path, "id")


@every_page
def test_a_page_loads_nothing_and_runs_nothing(path: str) -> None:
    for tag in ("script", "link", "img", "iframe", "object", "form", "base"):
        assert not tree(path).css(tag)
    assert not attributes(path, "src")
    assert not attributes(path, "style")
    html = PAGES[path].decode()
    assert "@import" not in html
    assert "url(" not in html
    assert not re.search(r"\son[a-z]+=", html)


@every_page
def test_the_policy_lets_in_the_style_of_the_page_and_nothing_else(path: str) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", PAGES[path].decode(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = [part.split() for part in pages.CONTENT_SECURITY_POLICY.split(";")]
    allowed = {name: values for name, *values in policy}
    assert allowed.pop("style-src") == [f"'sha256-{digest}'"]
    assert set(map(tuple, allowed.values())) == {("'none'",)}
    assert "default-src" in allowed


def test_docs_holds_the_whole_document() -> None:
    page = tree("/docs")
    text = page.text()
    document = openapi()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in text
            assert operation["summary"] in text
    for name, schema in document["components"]["schemas"].items():
        (section,) = page.css(f"#schema-{name}")
        for field in schema["properties"]:
            assert field in section.text()
    for limit in document["x-limits"].values():
        assert limit in text
    for sample in document["paths"]["/v1/items"]["post"]["x-codeSamples"]:
        assert sample["source"] in text


@pytest.mark.parametrize("path", ["/docs", "/problems"])
def test_every_problem_is_listed_with_its_remedy(path: str) -> None:
    for word, kind in KINDS.items():
        (row,) = tree(path).css(f"#request-{word}")
        assert str(kind.status) in row.text()
        assert kind.remedy.replace("`", "") in row.text()
    for item_word in WORDS:
        assert len(tree(path).css(f"#item-{item_word}")) == 1


def test_there_is_no_page_of_an_unknown_problem() -> None:
    assert pages.problem_page("tidak_ada") is None
    assert pages.problem_page("<script>") is None


def test_what_is_no_html_is_escaped() -> None:
    macros: Any = pages._templates().get_template("macros.html").module
    hostile = "a **<b>** `<i>` <script>&\n\n<p>"
    assert str(macros.prose(hostile)).split("\n")[:2] == [
        "<p>a <strong>&lt;b&gt;</strong> <code>&lt;i&gt;</code> &lt;script&gt;&amp;</p>",
        "<p>&lt;p&gt;</p>",
    ]
    assert "<script>" not in str(macros.block("<script>", "<script>"))
    assert '"&lt;' in str(macros.block("", "<"))


def test_the_intake_serves_them(start_intake: Any, tmp_path: Path) -> None:
    with (
        start_intake(f"sqlite:///{tmp_path / 'ledger.sqlite3'}") as url,
        httpx.Client(base_url=url) as client,
    ):
        for path, html in PAGES.items():
            answer = client.get(path)
            assert (answer.status_code, answer.content) == (200, html)
            assert answer.headers["content-type"].startswith("text/html")
            assert answer.headers["content-security-policy"] == pages.CONTENT_SECURITY_POLICY
        assert client.get("/openapi.json").json() == openapi()
        nowhere = client.get("/problems/tidak_ada")
    assert nowhere.status_code == 404
    assert nowhere.json()["type"] == "/problems/not_found"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_code_on_the_page_runs_as_it_stands(start_intake: Any, tmp_path: Path) -> None:
    secret, token = new_secret(), new_token("pantau-media")
    sources = Sources(
        sources=(
            Source(name="pantau-media", tokens=(token_credential(token),)),
            Source(name="penanda", secrets=(Credential(value=SecretStr(secret)),)),
        )
    )
    (tmp_path / "token.txt").write_text(f"Authorization: Bearer {token}\n")
    (tmp_path / "items.jsonl").write_text(LINES)
    paths = openapi()["paths"]
    with start_intake(
        f"sqlite:///{tmp_path / 'ledger.sqlite3'}", SARING_SOURCES=sources.model_dump_json()
    ) as url:
        environment = clean_environment(
            SARING_INTAKE_URL=url, SARING_INTAKE_SECRET=secret, SARING_INTAKE_SOURCE="penanda"
        )
        for sample in paths["/v1/items"]["post"]["x-codeSamples"]:
            answer = run(sample, tmp_path, environment)
            assert answer["refused"] == 0, sample["label"]
        (state,) = paths["/v1/items/{source}/{id}"]["get"]["x-codeSamples"]
        assert run(state, tmp_path, environment)["ref"] == f"{POST['source']}/{POST['id']}"


def run(sample: dict[str, str], folder: Path, environment: dict[str, str]) -> Any:
    program = {"Shell": ["sh", "-c"], "Python": [sys.executable, "-c"]}[sample["lang"]]
    output = subprocess.check_output(
        [*program, sample["source"]], cwd=folder, env=environment, timeout=60
    )
    return json.loads(output)


CHROMIUM: Final = shutil.which("chromium")
MEASURE: Final = """<!doctype html><title>0</title><body><script>
const wanted = %s
for (const [path, width] of wanted) {
  const frame = document.createElement("iframe")
  frame.width = width
  frame.onload = () => {
    const page = frame.contentDocument
    const style = frame.contentWindow.getComputedStyle(page.body)
    const said = [path, width, page.documentElement.scrollWidth, style.margin].join(" ")
    document.body.append(said, document.createElement("br"))
  }
  frame.src = path
  document.body.append(frame)
}
</script>"""


@pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is not installed (Debian: apt-get install chromium)"
)
def test_in_a_browser_no_page_is_wider_than_the_screen_and_each_has_its_style(
    tmp_path: Path,
) -> None:
    wanted = [
        (path, width)
        for path in ("/docs", "/problems", "/problems/expands_too_much")
        for width in (320, 390, 1280)
    ]
    with _browsable({"/": (MEASURE % json.dumps(wanted)).encode(), **PAGES}) as url:
        dump = subprocess.check_output(
            [
                str(CHROMIUM),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                f"--user-data-dir={tmp_path}",
                "--virtual-time-budget=5000",
                "--dump-dom",
                url,
            ],
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=120,
        )
    measured = re.findall(r"(/\S+) (\d+) (\d+) (\d+px)", dump)
    assert len(measured) == len(wanted)
    for path, width, scrolled, margin in measured:
        assert margin == "0px", f"the policy keeps the style out of {path}"
        assert int(scrolled) <= int(width), path


@contextmanager
def _browsable(files: dict[str, bytes]) -> Iterator[str]:
    """The pages with their policy, but for the line that forbids the frames of the test."""
    policy = pages.CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = files.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.send_header("content-type", "text/html")
            if self.path != "/":
                self.send_header("content-security-policy", policy)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - so too
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
