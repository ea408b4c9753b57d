"""The lexicon as data: whole, without contradictions, and no word of a regional language in it."""

import re
import shutil
from pathlib import Path

import pytest

from tasks import lexicon as module
from tasks.lexicon import FOLDER, Lexicon, lexicon
from tasks.spelling import LONGEST, spelled

# Common words of Javanese, Sundanese, Minangkabau and Palembang Malay that are close to slang.
REGIONAL = {
    "jav": "ora ojo iki iku opo piye wis durung karo nang neng sing kudu gedhe cilik kowe mung",
    "sun": "teu henteu moal naon saha kumaha kamana abdi anjeun urang mah teh atuh wae bae enjing",
    "min": "indak alah alun ambo awak den iko apo baa dima kama nan jo lai ko lah",
    "mui": "dak idak katek galo wong kito cakmano nian pacak budak kau kagek payo kalu ngapo siapo",
}


@pytest.mark.parametrize("name", ["slang", "words", "emoji"])
def test_no_entry_stands_twice(name: str) -> None:
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    entries = [entry for line in lines[1:] for entry in line.split("\t")[1].split()]
    assert len(entries) == len(set(entries))


def test_it_is_large_enough_to_matter() -> None:
    known = lexicon()
    assert len(known.spellings) >= 1_500
    assert len(known.words) >= 1_500
    assert len(known.emoji) >= 150


def test_what_is_plain_is_no_spelling_of_something_else() -> None:
    known = lexicon()
    parts = {part for word in known.spellings.values() for part in word.split()}
    assert parts.isdisjoint(known.spellings)
    assert known.words.isdisjoint(known.spellings)


def test_spellings_are_single_lower_case_words() -> None:
    for typed, word in lexicon().spellings.items():
        assert re.fullmatch(r"[^\W_]+", typed)
        assert len(typed) <= LONGEST
        assert typed == typed.lower() != word


@pytest.mark.parametrize("typed", sorted(lexicon().spellings)[::7])
def test_spelling_twice_has_one_effect(typed: str) -> None:
    if len(typed) > 1:
        assert " ".join(map(spelled, spelled(typed).split())) == spelled(typed)


@pytest.mark.parametrize("language", REGIONAL)
def test_words_of_regional_languages_stay(language: str) -> None:
    assert [spelled(word) for word in REGIONAL[language].split()] == REGIONAL[language].split()


def test_an_emoji_is_one_sign_that_the_pattern_finds() -> None:
    for sign, name in lexicon().emoji.items():
        assert re.fullmatch("[\u2190-\u2bff\U0001f000-\U0001faff]|🇮🇩", sign)
        assert re.fullmatch("[a-z ]+", name)


def test_a_broken_line_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("slang", "words", "emoji"):
        (tmp_path / f"{name}.tsv").write_text("word\ttyped\ntidak gk\n", encoding="utf-8")
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"slang\.tsv, line 2"):
        lexicon.__wrapped__()


def test_another_entry_makes_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    same = lexicon.__wrapped__()
    with (tmp_path / "words.tsv").open("a") as file:
        file.write("more\tbaru1\n")
    assert same == lexicon()
    assert lexicon.__wrapped__().version != same.version
    assert re.fullmatch("[0-9a-f]{12}", same.version)


def test_a_word_is_known_before_a_clitic_too() -> None:
    known = Lexicon(spellings={"rmh": "rumah"}, words=frozenset({"rumah"}), emoji={}, version="")
    assert all(map(known.knows, ["rumah", "rumahnya", "rmhku", "rmh"]))
    assert not any(map(known.knows, ["nya", "rumahx", ""]))
