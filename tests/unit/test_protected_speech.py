"""Protected speech stays out of the review desk; danger comes to it. Prints both rates.

`protected.txt` and `dangerous.txt` were looked at while the rules were written, so their rates
flatter. Three rounds of new sentences were each measured before any rule was changed: together
111 of 119 protected ones stayed out, and 28 of 84 dangerous ones came in. Two rounds then
widened the rules and joined the main lists; the third is `_unseen`, for which no rule changed.
Rules alone miss most of the danger that nobody foresaw.
"""

from pathlib import Path

import pytest

from tasks.classify import classification
from tasks.classify.hearing import hear
from tasks.heads import heads
from tasks.route import routing
from tasks.words import Desk, Kind

FOLDER = Path(__file__).parent / "speech"
ARTICLE = "kind: article | "

with_and_without_model = pytest.mark.parametrize("model", [False, True], ids=["rules", "heads"])


def spoken(name: str) -> list[tuple[Kind, str]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [
        ("article", line.removeprefix(ARTICLE)) if line.startswith(ARTICLE) else ("post", line)
        for line in lines
        if line and not line.startswith("#")
    ]


def desk(kind: Kind, text: str, *, model: bool) -> Desk:
    if model:
        (score,) = heads().score([text])
        language, signals = score.language, score.signals
    else:
        language, signals = "ind", {}
    heard = hear([text], [kind])[0] if model else ()
    found = classification(text, kind, language, signals, heard=heard)
    return routing(found, language, is_copy=False, reader="id").desk


def reviewed(name: str, *, model: bool) -> tuple[list[str], int]:
    sentences = spoken(name)
    texts = [text for kind, text in sentences if desk(kind, text, model=model) == "review"]
    rate = f"{name}, {'rules and heads' if model else 'rules'}: {len(texts)} of {len(sentences)}"
    print(rate)  # noqa: T201 - `pytest -s` shows the rates
    return texts, len(sentences)


@with_and_without_model
def test_no_protected_speech_reaches_the_review_desk(model: bool) -> None:
    texts, count = reviewed("protected.txt", model=model)
    assert (texts, count >= 80) == ([], True)


@with_and_without_model
def test_danger_reaches_the_review_desk(model: bool) -> None:
    texts, count = reviewed("dangerous.txt", model=model)
    assert len(texts) / count >= 0.85
    assert count >= 40


@with_and_without_model
def test_protected_speech_that_nobody_foresaw(model: bool) -> None:
    texts, count = reviewed("protected_unseen.txt", model=model)
    assert len(texts) / count <= 0.05


@with_and_without_model
def test_danger_that_nobody_foresaw_is_mostly_missed(model: bool) -> None:
    texts, count = reviewed("dangerous_unseen.txt", model=model)
    assert len(texts) >= 4, f"of {count}: fewer than when it was measured"


@pytest.mark.parametrize(
    "text",
    [
        "Le marché ouvre à sept heures, et ma sœur y vend du pain depuis vingt ans.",
        "Der Zug nach Hause war heute wieder voll, aber wir haben noch Plätze gefunden.",
        "Ang anak ko ay nag-aaral sa lungsod at umuuwi tuwing Linggo.",
        "Mama yangu anauza ndizi sokoni na baba ni mwalimu wa shule.",
        "Ami nia uma besik tasi, loron-loron ami haree ro boot sira liu.",
        "El equipo jugó bien y la gente cantó hasta que se apagaron las luces.",
        "Anh trai tôi mở một quán cà phê nhỏ gần trường học.",
        "Bu sabah annem pazardan taze ekmek ve peynir getirdi.",
    ],
)
def test_what_is_said_in_a_language_that_no_head_learned_is_left_alone(text: str) -> None:
    assert desk("post", text, model=True) != "review"


@pytest.mark.parametrize("name", ["protected.txt", "dangerous.txt"])
def test_no_sentence_stands_twice(name: str) -> None:
    texts = [text for _, text in spoken(name)]
    assert len(texts) == len(set(texts))
