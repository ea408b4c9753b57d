"""Files of fact-checks: what each format gives, and what is said of a broken one."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.factcheck import OUTCOMES, SUBTYPES, FactCheck, Library
from tasks.masking import mask_text, mask_url
from tests.factchecks import check, one, read, said, to_csv, to_markdown
from workers.factchecks import entries
from workers.samples import FACTCHECKS

ROW = "x,Jembatan roboh.,Salah,2026-01-01,Cek Contoh,https://a.example/1,ind"
HEADER = "id,claim,verdict,date,publisher,url,language"


def unmasked(text: str) -> bool:
    """Letters at random may look like a handle."""
    return mask_text(text) == text


lines = (
    st.text(min_size=1, max_size=60).map(lambda s: check(1, claim=f"a{s}").claim).filter(unmasked)
)
addresses = st.from_regex(r"https://[a-z]{1,9}\.example/[a-z0-9/-]{0,20}", fullmatch=True).filter(
    lambda url: mask_url(url) == url
)
checks = st.builds(
    lambda outcome, subtype, **rest: FactCheck(
        outcome=outcome, subtype=subtype if outcome == "refuted" else None, **rest
    ),
    outcome=st.sampled_from(OUTCOMES),
    subtype=st.none() | st.sampled_from(SUBTYPES),
    id=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/~-]{0,30}", fullmatch=True),
    claim=lines,
    variants=st.lists(lines, max_size=3).map(tuple),
    language=st.sampled_from(["ind", "jav", "eng"]),
    verdict=lines,
    date=st.dates(min_value=date(1000, 1, 1)),
    publisher=lines,
    url=addresses,
    sources=st.lists(st.fixed_dictionaries({"title": lines, "url": addresses}), max_size=3).map(
        tuple
    ),
    clarification=st.text(max_size=200).filter(unmasked),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("berkas")


@given(wanted=checks)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_check_survives_csv_and_markdown(folder: Path, wanted: FactCheck) -> None:
    file = folder / "satu.md"
    file.write_text(to_markdown(wanted), newline="")
    assert one(read(file)) == wanted
    file = folder / "satu.csv"
    for delimiter in ",;\t":
        file.write_text(to_csv(wanted, delimiter=delimiter), newline="")
        assert one(read(file)) == wanted


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_byte_order_marks_and_line_ends_do_not_matter(tmp_path: Path, bom: bytes, end: str) -> None:
    wanted = check(1, variants=["satu", "dua"], clarification="Fakta.\n\nKlaim itu salah.")
    for name, text in (("a.csv", to_csv(wanted)), ("a.md", to_markdown(wanted))):
        plain = text.replace("\r\n", "\n")
        (tmp_path / name).write_bytes(bom + plain.replace("\n", end).encode())
        assert one(read(tmp_path / name)) == wanted


def test_the_samples_are_whole() -> None:
    found = read(FACTCHECKS)
    assert found.problems == ()
    assert len(Library.of(found.checks).checks) == 64
    for sample in found.checks:
        assert "Contoh" in sample.publisher
        assert sample.outcome == "refuted"
        assert sample.subtype is not None
        assert len(sample.sources) >= 2
        assert {url.split("/")[2].rpartition(".")[2] for url in addresses_of(sample)} == {"example"}


def addresses_of(sample: FactCheck) -> list[str]:
    return [sample.url, *(source.url for source in sample.sources)]


def test_a_plain_csv(tmp_path: Path) -> None:
    file = tmp_path / "cek.csv"
    file.write_text(f"{HEADER},sources\n{ROW},Siaran pers https://b.example\n\n,,,,,,,\n")
    made = one(read(file))
    assert (made.id, made.outcome, made.subtype) == ("x", "refuted", None)
    assert [(s.title, s.url) for s in made.sources] == [("Siaran pers", "https://b.example")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "row 1: no column id, claim"),
        (HEADER.replace("verdict", "rating"), "row 1: no column verdict"),
        (f"{HEADER},pelaku\n", "row 1: unknown column 'pelaku'"),
        (f"{HEADER},url\n", "row 1: a column stands twice"),
        (f"{HEADER}\n{ROW},lebih", "row 2: has 8 cells, the header 7"),
        (f'{HEADER}\nx,"Jembatan', "after row 1: is no CSV"),
        (f"{HEADER}\n{ROW.replace('Salah', 'Ngawur')}", "row 2: unknown rating 'Ngawur'"),
        (f"{HEADER}\n{ROW.replace('Salah', '')}", "row 2: verdict: Field required"),
        (f"{HEADER}\n{ROW.replace(',ind', ',')}", "row 2: no language"),
        (f"{HEADER}\n{ROW}é".encode("latin-1"), "line 2: is not UTF-8"),
    ],
)
def test_a_broken_csv(tmp_path: Path, content: bytes | str, says: str) -> None:
    assert said(tmp_path / "cek.csv", content).startswith(f"cek.csv, {says}")


def test_the_language_may_be_given_and_the_outcome_written(tmp_path: Path) -> None:
    file = tmp_path / "cek.csv"
    ngawur = ROW.replace("Salah", "Ngawur").removesuffix("ind")
    file.write_text(f"{HEADER},outcome\n{ngawur},unproven\n")
    made = one(read(file, language="min"))
    assert (made.language, made.verdict, made.outcome) == ("min", "Ngawur", "unproven")


GOOD = to_markdown(check(1))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("Hanya teks.", "line 1: no front matter"),
        ("---\nid: a\n", "line 1: no front matter"),
        ("---\nid: a\nclaim: b: c\n---\n", "line 3: is no YAML"),
        ("---\nid: a\nid: b\n---\n", "line 3: is no YAML ('id' stands twice"),
        ("---\nsources:\n- {url: a, url: b}\n---\n", "line 3: is no YAML ('url' stands twice"),
        ("---\n? [a]\n: b\n---\n", "line 2: is no YAML"),
        ("---\nclaim: &a [*a]\n---\n", "line 2: is no YAML"),
        ("---\nid: a\nclaim: \x07\n---\n", "line 3: holds a control character"),
        ("---\nclaim: " + "[" * 3_000 + "\n---\n", ""),
        ("---\n- a\n---\n", "line 2: holds no fields"),
    ],
)
def test_broken_front_matter_names_its_line(tmp_path: Path, content: str, says: str) -> None:
    assert said(tmp_path / "cek.md", content).startswith(f"cek.md, {says}" if says else "cek.md")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("verdict: Salah", "verdict: Ngawur", "unknown rating 'Ngawur'"),
        ("verdict: Salah", "verdict: [Salah]", "verdict: is no text"),
        ("verdict: Salah", "verdict:", "verdict: Field required"),
        ("verdict: Salah", "verdict: Salah\nvariants: satu", "variants: is no list of texts"),
        ("verdict: Salah", "verdict: Salah\nsources: [satu]", "sources: is no list of title"),
        ("verdict: Salah", "verdict: Salah\npelaku: Budi", "unknown field 'pelaku'"),
        ("date: '2026-03-14'", "date: 14 Maret 2026", "date: is no date"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    content = GOOD.replace("outcome: refuted\n", "").replace(old, new)
    assert content != GOOD
    assert said(tmp_path / "cek.md", content).startswith(f"cek.md: {says}")


def test_the_words_of_a_publisher_are_no_yaml_guesses(tmp_path: Path) -> None:
    file = tmp_path / "cek.md"
    file.write_text(
        GOOD.replace("verdict: Salah", "verdict: No").replace("claim: ", "claim: 1:20 ")
    )
    made = one(read(file))
    assert made.verdict == "No"
    assert made.claim.startswith("1:20 ")


def test_all_problems_are_told_and_an_id_is_given_once(tmp_path: Path) -> None:
    rows = [ROW, ROW, ROW.replace("roboh", "miring"), ROW.replace("Salah", "Ngawur")]
    (tmp_path / "a.csv").write_text("\n".join([HEADER, *rows]))
    (tmp_path / "b.md").write_text("kosong")
    (tmp_path / "README.md").write_text("Bukan cek fakta.")
    found = read(tmp_path)
    assert len(found.checks) == 1
    assert [str(one).split(":")[0] for one in found.problems] == [
        *("a.csv, row 4", "a.csv, row 5", "b.md, line 1")
    ]
    assert "id x came before" in str(found.problems[0])


def test_no_handle_and_no_number_of_a_person_is_taken_over(tmp_path: Path) -> None:
    secret = "081200000001"
    wrong = check(
        1,
        claim=f"Hubungi @akun_contoh di {secret} untuk bantuan.",
        variants=[f"WA {secret}"],
        clarification=f"Nomor {secret} bukan milik dinas.",
        sources=[{"title": "Unggahan @akun_contoh", "url": "https://x.com/akun_contoh/status/1"}],
    )
    for name, text in (("a.csv", to_csv(wrong)), ("a.md", to_markdown(wrong))):
        (tmp_path / name).write_text(text, newline="")
        kept = one(read(tmp_path / name)).model_dump_json()
        assert secret not in kept
        assert "akun_contoh" not in kept


def test_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no file"):
        read(tmp_path)
    (tmp_path / "a.txt").write_text("x")
    assert "unknown format: name it with --format" in str(read(tmp_path / "a.txt").problems[0])
    (tmp_path / "a.json").write_text('{"claims": []}')
    with pytest.raises(ValueError, match="holds no fact-check"):
        read(tmp_path / "a.json")


def test_a_huge_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MAX_BYTES", 2**20)
    assert "is larger than 1 MiB: cut it" in said(tmp_path / "a.csv", "x" * (2**20 + 1))
