"""How people deny, doubt, ask and report: every pattern is found, and nothing makes it slow."""

from time import process_time

import pytest

from tasks.claims import ClaimIndex, match
from tasks.claims.stance import GROUPS, families, groups
from tasks.claims.tables import FOLDER, rows
from training.claim_samples import sample_library

PATTERNS = [
    (family, phrase.strip(), closing.split(",")[0].strip())
    for family, openings, _, closing in rows("stance", 4)
    for phrase in openings.split(",")
]


def test_every_pattern_is_found_and_counts_for_its_group() -> None:
    for family, opening, closing in PATTERNS:
        said = opening if closing.startswith("!") else f"{opening} {closing}".strip()
        text = f"xyz {said.replace('*', '')} xyz"
        assert family in families(text), text
        (group,) = [place for place, names in enumerate(GROUPS.values()) if family in names]
        assert groups(text)[group] > 0


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("Itu HOAKS.", "falsehood"),
        ("jangan\nlangsung percaya", "calm"),
        ("Don\u2019t believe it", "calm"),
        ("bukan soal listrik tetapi air", "correction"),
        ("siapakah dia", "question"),
        ("Benar?", "question"),
        ("pesan itu sejak kemarin ramai beredar", "report"),
        ("PALEMBANG, Contoh.com - Warga", "dateline"),
        ("polisi masih terus mendalami", "desk"),
    ],
)
def test_patterns_are_read_in_any_case_over_lines_and_gaps(text: str, family: str) -> None:
    assert family in families(text)


@pytest.mark.parametrize(
    "text",
    [
        "Air di Kota Contoh beracun.",
        "salah satu dan salah satunya",
        "jangan satu dua tiga empat percaya",
        "bohongxyz xbohong",
        "Palembang - kota di tepi sungai"[11:],
    ],
)
def test_what_is_no_pattern_is_not_found(text: str) -> None:
    assert families(text) == frozenset()
    assert groups(text) == (0.0, 0.0, 0.0, 0.0)


def test_each_list_is_read_and_a_broken_row_is_refused(tmp_path: pytest.TempPathFactory) -> None:
    assert {path.stem for path in FOLDER.glob("*.tsv")} == {
        *("negations", "numbers", "opposites", "stance", "words")
    }
    with pytest.raises(ValueError, match="stance"):
        list(rows("stance", 2))


HOSTILE = [
    "a",
    " ",
    "\n",
    "?",
    ". ",
    "9",
    "9.",
    "9,9 ",
    "-",
    "A ",
    "[A",
    "PALEMBANG (",
    "bukan ",
    "jangan x ",
    "pesan ",
    "masih " + "x" * 50 + " ",
    "pesan\t\t\t\t\t\t\t\t\t\t",
    "ratus ribu dua ",
    "\u0120\u2019",
    "air vaksin imunisasi bayar ",
    "Bohong! Vaksin? ",
]


@pytest.mark.parametrize("part", HOSTILE)
def test_no_text_of_twenty_thousand_characters_is_slow(part: str) -> None:
    text = (part * 20_000)[:20_000]
    index = ClaimIndex.of(sample_library())
    claim = sample_library().checks[0].claim
    begun = process_time()
    match(index, [text, f"{claim} {text}", f"{text} {claim}"], [{}] * 3)
    assert process_time() - begun < 1.0
