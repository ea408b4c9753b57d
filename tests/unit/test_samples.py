"""The sample set is what its README says: valid where it should be, invented, and varied."""

import html
import json
import re
import unicodedata
from collections import Counter
from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from tasks.models import Submission
from workers.samples import BROKEN, ITEMS

# Every handle in the set, as author or as mention. All are invented for it.
HANDLES = frozenset(
    {
        "aa_lalan_contoh",
        "aliansi_air_lalan",
        "anakkos_lalan",
        "ayah_tiga_lalan",
        "bangun.contoh.lalan",
        "bicik_lalan_contoh",
        "bujang_lalan_2tak",
        "bupati.lalan.asli2",
        "cak_lalan_contoh",
        "dikbud_lalan",
        "dukcapil_sungailalan",
        "emak_lalan_bawel",
        "expat.lalan.contoh",
        "humas_sungailalan",
        "inspektorat_lalan",
        "invest.lalan.cepat",
        "kabar_burung_lalan",
        "kakak.lalan.contoh",
        "kopi_tepi_lalan",
        "lik_contoh_lalan",
        "loker_lalan_kilat",
        "mahasiswi_lalan",
        "mamah.muda.lalan",
        "mandeh_lalan",
        "mang_lalan_cek",
        "mbahkung_lalan",
        "pakguru.contoh.lalan",
        "riverside_lalan",
        "senja.contoh.lalan",
        "si_paling_tau_lalan",
        "sopir.lalan.contoh",
        "teteh.lalan.contoh",
        "tirtalalan_resmi",
        "uda_rantau_lalan",
        "warga_contoh_17",
        "warta_lalan_contoh",
    }
)

# Which item repeats which earlier one, letter for letter or as people forward things.
COPIES = {
    "fa-0003": "fa-0001",
    "fa-0004": "pm-0023",
    "kw-0012": "pm-0007",
    "kw-0017": "pm-0026",
    "kw-0023": "pm-0023",
    "kw-0031": "sd-0008",
    "pm-0016": "pm-0004",
    "pm-0030": "kw-0006",
    "pm-0032": "pm-0018",
    "pm-0033": "kw-0004",
    "pm-0048": "pm-0013",
    "pm-0055": "kw-0003",
    "pm-0063": "pm-0028",
    "pm-0067": "kw-0025",
    "pm-0068": "pm-0060",
    "pm-0069": "pm-0056",
    "pm-0072": "pm-0047",
    "pm-0078": "kw-0021",
    "pm-0080": "kw-0020",
    "pm-0083": "pm-0065",
    "pm-0089": "pm-0082",
    "pm-0090": "pm-0062",
    "pm-0096": "kw-0043",
    "pm-0097": "pm-0076",
    "pm-0098": "kw-0040",
    "pm-0099": "kw-0028",
    "rs-0016": "sd-0005",
    "rs-0017": "sd-0003",
    "sd-0001": "rs-0002",
    "sd-0009": "rs-0008",
    "sd-0011": "rs-0009",
    "sd-0015": "rs-0022",
}

# The same claim in other words: no comparison of letters finds these.
PARAPHRASES = (
    ("kw-0026", "pm-0064", "kw-0006"),  # the old identity card expires and must be bought anew
    ("kw-0042", "pm-0035", "kw-0004"),  # the tap water holds formalin
    ("pm-0059", "kw-0027", "kw-0002"),  # vaccination plants a chip
    ("kw-0046", "pm-0001", "kw-0020"),  # an earthquake is certain at a given hour
)

FORWARDING = frozenset({"rt", "fwd", "sebarkan", "viralkan"})
MENTION = re.compile(r"(?<![\w.])@([\w.]+)")
URL = re.compile(r"https?://([^\s/\"<>]+)[^\s\"<>]*")
TAG = re.compile(r"<[^>]+>")

REFUSED = {
    1: "json_invalid",
    2: "missing",
    3: "extra_forbidden",
    4: "literal_error",
    5: "timezone_aware",
    6: "string_too_long",
    7: "string_pattern_mismatch",
    8: "value_error",
}
"""Line of broken.jsonl -> the one error of Submission; lines 9 and 10 hold only markup."""

LINES = ITEMS.read_text(encoding="utf-8").splitlines()
BROKEN_LINES = BROKEN.read_text(encoding="utf-8").splitlines()
SAMPLES = {item.id: item for item in map(Submission.model_validate_json, LINES)}


def plain(text: str) -> str:
    return TAG.sub(" ", html.unescape(text))


def form(text: str) -> str:
    """The letters and digits of a text without links, mentions and words of forwarding."""
    bare = MENTION.sub(" ", URL.sub(" ", plain(text)))
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", bare).casefold())
    return "".join(word for word in words if word not in FORWARDING)


def test_counts() -> None:
    kinds = Counter(item.kind for item in SAMPLES.values())
    assert kinds == {"post": 134, "article": 56}
    assert (len(LINES), len(BROKEN_LINES)) == (190, 10)


def test_ids_are_unique_even_without_their_source() -> None:
    assert len(SAMPLES) == len(LINES)


def test_items_are_in_the_order_of_their_dates_on_two_days_of_western_indonesia() -> None:
    dates = [item.published_at for item in SAMPLES.values()]
    assert dates == sorted(dates)
    assert {when.utcoffset() for when in dates} == {timedelta(hours=7)}
    assert {when.date() for when in dates} == {date(2026, 11, 20), date(2026, 11, 21)}


def test_lengths_are_those_of_posts_and_articles() -> None:
    for item in SAMPLES.values():
        if item.kind == "article":
            assert item.title, item.id
            assert 60 <= len(plain(item.text).split()) <= 220, item.id
        elif any(letter.isalpha() for letter in item.text):
            assert 40 <= len(item.text) <= 280, item.id


def test_only_invented_handles_occur() -> None:
    texts = [f"{item.title or ''} {item.text}" for item in SAMPLES.values()]
    mentions = {handle for text in texts for handle in MENTION.findall(text)}
    authors = {item.author for item in SAMPLES.values() if item.author is not None}
    assert mentions | authors == HANDLES
    assert all("lalan" in handle or "contoh" in handle for handle in HANDLES)


def test_links_and_numbers_lead_nowhere() -> None:
    for item in SAMPLES.values():
        hosts = URL.findall(f"{item.url or ''} {item.text}")
        assert set(hosts) <= {"example.org", "example.id", "contoh.example"}, item.id
        for number in re.findall(r"\b\d{16}\b", item.text):
            assert number.startswith("169999"), item.id
        for phone in re.findall(r"\b08[\d -]{8,}", item.text):
            assert re.sub(r"\D", "", phone).startswith("08120000000"), item.id


def test_at_least_thirty_items_repeat_an_earlier_one() -> None:
    assert len(COPIES) >= 30
    order = list(SAMPLES)
    for copy, original in COPIES.items():
        assert form(SAMPLES[copy].text) == form(SAMPLES[original].text), copy
        assert order.index(original) < order.index(copy)


def test_some_repeats_are_letter_for_letter_and_most_are_not() -> None:
    exact = [copy for copy, of in COPIES.items() if SAMPLES[copy].text == SAMPLES[of].text]
    assert len(exact) == 7


def test_nothing_else_is_repeated() -> None:
    forms = Counter(form(item.text) for ref, item in SAMPLES.items() if ref not in COPIES)
    del forms[""]  # the texts of only emoji or signs
    assert [text for text, times in forms.items() if times > 1] == []


def test_paraphrases_share_no_form() -> None:
    for wordings in PARAPHRASES:
        assert len({form(SAMPLES[ref].text) for ref in wordings}) == len(wordings)


@pytest.mark.parametrize(("line", "error"), REFUSED.items())
def test_broken_line_is_refused_at_the_door_for_one_reason(line: int, error: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Submission.model_validate_json(BROKEN_LINES[line - 1])
    assert [each["type"] for each in caught.value.errors()] == [error]


def test_the_other_broken_lines_pass_the_door_and_hold_only_markup() -> None:
    passed = [
        Submission.model_validate_json(text)
        for line, text in enumerate(BROKEN_LINES, start=1)
        if line not in REFUSED
    ]
    texts = [re.sub(r"<script>.*</script>", "", item.text, flags=re.DOTALL) for item in passed]
    assert [
        (plain(text).strip(), item.title) for text, item in zip(texts, passed, strict=True)
    ] == [
        ("", None),
        ("", None),
    ]


def test_no_broken_line_takes_the_id_of_a_sample() -> None:
    ids = [json.loads(line)["id"] for line in BROKEN_LINES[1:]]
    assert len(set(ids)) == 9
    assert not set(ids) & set(SAMPLES)
