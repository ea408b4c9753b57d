"""The sentences that the head of acts learns from: invented for it, one file for each voice.

A row of `training/acts/<voice>.tsv` has a label, a language (ISO 639-3) and a text, as somebody
would post it. A label is an act, or says in what manner no act is done (`OTHERS`): counter-speech,
say, is written with the words of hate, and a head that knows it by name does not take it for that.
Numbers and addresses in the texts are invented, and stand there as people write them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tasks.normalise import clean
from tasks.words import Act

FOLDER: Final = Path(__file__).parent / "acts"
ACTS: Final[tuple[Act, ...]] = (
    "criticism",
    "satire",
    "misconduct_report",
    "identity_hate",
    "incitement_threat",
    "doxxing",
    "scam_impersonation",
    "good_news",
    "question",
    "complaint",
    "rumour",
    "slander_person",
    "abusive",
    "emergency",
)
"""The acts that it learns. `press` follows from the kind, `false_claim` needs a fact-check."""
OTHERS: Final = (
    "other_counter",
    "other_daily",
    "other_figurative",
    "other_identity",
    "other_play",
    "other_quoted",
    "other_report",
    "other_safety",
    "other_trade",
    "other_warning",
)
"""Manners in which dangerous words are harmless, most of them neighbours of an act."""
LABELS: Final = (*ACTS, *OTHERS)
_HEADER: Final = "act\tlanguage\ttext"


class Sentence(NamedTuple):
    """One invented text, as the stages read it, with its label and the voice that wrote it."""

    label: str
    language: str
    text: str
    voice: str


def sentences(folder: Path = FOLDER) -> Iterator[Sentence]:
    """Every sentence, in the same order each time; a text that stands twice comes once.

    Raises ValueError that names the file and the line of a row that is none.
    """
    seen: set[str] = set()
    for path in sorted(folder.glob("*.tsv")):
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        if header != _HEADER:
            raise ValueError(f"{path.name}:1: the header must be {_HEADER!r}")
        for number, row in enumerate(rows, 2):
            sentence = _sentence(row, path.stem, f"{path.name}:{number}")
            if sentence.text.casefold() not in seen:
                seen.add(sentence.text.casefold())
                yield sentence


def _sentence(row: str, voice: str, where: str) -> Sentence:
    parts = row.split("\t")
    if len(parts) != 3:
        raise ValueError(f"{where}: {len(parts)} columns instead of 3; put tabs between them")
    label, language, text = parts
    if label not in LABELS:
        raise ValueError(f"{where}: act: no label {label!r}; use one of {', '.join(LABELS)}")
    return Sentence(label, language, clean(text), voice)
