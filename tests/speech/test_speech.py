"""Protected speech is left alone and dangers are found: two numbers over a suite of sentences.

In the manner of HateCheck (README.md). Run with -s to read the table, and the sentences of
open/ that fail.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import orjson
import pytest
from typer.testing import CliRunner

from tasks.words import PROTECTED_ACTS
from tests.speech.report import Outcome, Share, escalated, failure, missed, print_report, told_apart
from tests.speech.sentences import Sentence, sentences
from workers.cli import program

MOST_ESCALATED: Final = 0.005
LEAST_FOUND: Final = 0.90

Outcomes = tuple[Outcome, ...]

_ISSUE_4: Final = pytest.mark.xfail(
    strict=True, reason="issue 4 is open: the bound stands and is not met; -s shows by how much"
)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """What `saring try` makes of each sentence, masking at the door included."""
    found = routed(sentences(), tmp_path_factory.mktemp("speech"))
    print_report(found)
    return found


def routed(said: Iterable[Sentence], folder: Path) -> Outcomes:
    said = tuple(said)
    file = folder / "sentences.jsonl"
    file.write_bytes(b"\n".join(map(submission, said)))
    result = CliRunner().invoke(program("try"), ["try", str(file)])
    assert result.exit_code == 0, result.stderr
    published = [orjson.loads(line) for line in result.stdout.splitlines()]
    assert [one["id"] for one in published] == [sentence.id for sentence in said]
    return tuple(
        Outcome(sentence, one["desk"]) for sentence, one in zip(said, published, strict=True)
    )


def submission(sentence: Sentence) -> bytes:
    return orjson.dumps(
        {
            "source": "suite",
            "id": sentence.id,
            "kind": sentence.kind,
            "text": sentence.text,
            "published_at": "2026-11-01T00:00:00Z",
        }
    )


@_ISSUE_4
def test_protected_and_harmless_speech_is_not_escalated(outcomes: Outcomes) -> None:
    share = escalated(outcomes)
    assert share.value <= MOST_ESCALATED, f"wrongly escalated: {share}"


@pytest.mark.parametrize("act", PROTECTED_ACTS)
def test_no_protected_act_is_escalated(outcomes: Outcomes, act: str) -> None:
    assert [one.sentence.id for one in outcomes if one.sentence.act == act and one.wrong] == []


@_ISSUE_4
def test_dangers_are_found(outcomes: Outcomes) -> None:
    share = missed(outcomes)
    assert 1 - share.value >= LEAST_FOUND, f"missed: {share}"


def test_the_numbers_count_what_they_name() -> None:
    # One pair at the right desks, and one with a wrong desk on each side.
    said = [one for one in sentences() if one.pair]
    first = next(one for one in said if one.danger)
    second = next(one for one in said if one.danger and one != first)
    partners = {one.pair: one for one in said}
    mixed = (
        Outcome(first, "review"),
        Outcome(partners[first.id], "none"),
        Outcome(second, "none"),
        Outcome(partners[second.id], "review"),
    )
    assert (escalated(mixed), missed(mixed), told_apart(mixed)) == (Share(1, 2),) * 3


def test_bounds_are_exact() -> None:
    # None in n: the upper bound solves (1 - p)^n = 0.025; all of n is its mirror image.
    assert str(Share(0, 100)) == "0 of 100 = 0.0% (95%: 0.0% to 3.6%)"
    assert str(Share(100, 100)) == "100 of 100 = 100.0% (95%: 96.4% to 100.0%)"


def test_nobody_reads_what_is_held() -> None:
    for sentence in sentences():
        shown = failure(Outcome(sentence, "none"))
        assert (sentence.text in shown) is (sentence.half == "open")
        assert sentence.text not in repr(sentence)
