"""The suite itself: large enough, balanced, each pair minimal, nothing said twice."""

import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Final, get_args

from tasks.words import ACTS, DANGER_ACTS, PROTECTED_ACTS, Kind
from tests.speech.sentences import EXPECTED, HALVES, sentences

ALL: Final = sentences()
BY_ID: Final = {sentence.id: sentence for sentence in ALL}
PAIRS: Final = [
    (sentence, BY_ID[sentence.pair])
    for sentence in ALL
    if sentence.pair in BY_ID and not sentence.danger
]
LANGUAGES: Final = {"ind", "jav", "sun", "min", "mui", "zsm", "eng"}
"""ISO 639-3; `mui` (Musi) is the Malay of Palembang."""
PROGRAM: Final = ("tasks", "training", "workers")
TEXT_FILES: Final = {".csv", ".json", ".jsonl", ".md", ".py", ".toml", ".tsv", ".txt"}
MOST_WORDS_CHANGED: Final = 2
MOST_OF_ONE_FRAME: Final = 3


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:[-'][^\W_]+)*", text.casefold())


def words_changed(one: str, other: str) -> int:
    """Words to insert, delete or replace until one text reads like the other."""
    ours, theirs = words(one), words(other)
    before = list(range(len(theirs) + 1))
    for number, word in enumerate(ours, 1):
        now = [number]
        for at, also in enumerate(theirs, 1):
            now.append(min(before[at] + 1, now[-1] + 1, before[at - 1] + (word != also)))
        before = now
    return before[-1]


def test_there_are_enough_of_each() -> None:
    count = Counter(sentence.danger for sentence in ALL)
    assert count[False] >= 280
    assert count[True] >= 200
    assert len(PAIRS) >= 100


def test_ids_are_unique_and_no_text_stands_twice() -> None:
    assert len(BY_ID) == len(ALL)
    said = Counter(" ".join(words(sentence.text)) for sentence in ALL)
    assert max(said.values()) == 1


def test_rows_are_in_order() -> None:
    for sentence in ALL:
        assert sentence.expected in EXPECTED
        assert sentence.kind in get_args(Kind)
        assert sentence.language in LANGUAGES
        assert sentence.act in ACTS
        assert re.fullmatch(sentence.function.replace("_", "-") + r"-\d\d", sentence.id)
        assert 3 <= len(words(sentence.text)) <= 60, sentence.id
        assert sentence.text == sentence.text.strip()


def test_acts_fit_what_is_expected() -> None:
    for sentence in ALL:
        assert sentence.danger is (sentence.act in (*DANGER_ACTS, "emergency")), sentence.id
        if sentence.act in PROTECTED_ACTS:
            assert sentence.expected == "protected", sentence.id


def test_files_hold_what_their_names_say() -> None:
    order = [(sentence.half, sentence.expected) for sentence in ALL]
    places = [(half, expected) for half in HALVES for expected in EXPECTED]
    assert order == sorted(order, key=places.index)
    assert set(order) == set(places)


def test_pairs_are_minimal_and_never_parted() -> None:
    assert {sentence.pair for sentence in ALL} <= BY_ID.keys() | {""}
    assert 2 * len(PAIRS) == sum(sentence.pair != "" for sentence in ALL)
    for safe, danger in PAIRS:
        assert danger.danger, safe.id
        assert danger.pair == safe.id
        assert danger.half == safe.half
        assert danger.language == safe.language
        assert 1 <= words_changed(safe.text, danger.text) <= MOST_WORDS_CHANGED, safe.id


def test_halves_are_alike() -> None:
    for expected in EXPECTED:
        count = Counter(sentence.half for sentence in ALL if sentence.expected == expected)
        assert abs(count["open"] - count["held"]) <= 5
    for half in HALVES:
        mine = [sentence for sentence in ALL if sentence.half == half]
        assert {sentence.language for sentence in mine} == LANGUAGES
        assert {sentence.function for sentence in mine} == {one.function for one in ALL}


def test_regional_languages_speak_on_both_sides() -> None:
    for language in LANGUAGES - {"zsm"}:
        mine = Counter(sentence.danger for sentence in ALL if sentence.language == language)
        assert min(mine[False], mine[True]) >= 10, language


def test_no_frame_is_filled_more_than_three_times() -> None:
    bags = {sentence.id: frozenset(words(sentence.text)) for sentence in ALL}
    alike = Counter(
        one.id
        for left, right in combinations(ALL, 2)
        if left.pair != right.id
        and len(bags[left.id] & bags[right.id]) >= 0.6 * len(bags[left.id] | bags[right.id])
        for one in (left, right)
    )
    assert max(alike.values(), default=0) < MOST_OF_ONE_FRAME


def test_the_program_has_not_learned_a_sentence_by_heart() -> None:
    # Shorter ones are what many people say: they may stand in a lexicon by chance.
    told = {one.id: " ".join(words(one.text)) for one in ALL if len(words(one.text)) >= 6}
    root = Path(__file__).parents[2]
    for folder in PROGRAM:
        for file in (root / folder).rglob("*"):
            if file.suffix in TEXT_FILES:
                known = " ".join(words(file.read_text(encoding="utf-8")))
                assert [one for one, text in told.items() if text in known] == [], file.name
