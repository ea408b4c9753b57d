"""Examples of the acts: sentences invented for training, made of frames.

A frame is a sentence with choices, `{Tolong|Mohon} perbaiki {jalan|lampu} di {@suku}`: a choice
lies between bars, may be empty, and `@name` stands for a list of `fillers.toml` (`@Name`: with a
capital letter). Only choices that stay natural in every combination share a frame.
`training/acts/<act>.tsv` holds the frames of one act, with their language; `other_*.tsv` those
in which no act is done, most of them hard neighbours of an act.
"""

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

FOLDER: Final = Path(__file__).parent / "acts"
OTHER: Final = "other"
SENTENCES: Final = 9
"""Sentences made of one frame, at most: more would only teach the frame."""
_DRAWS: Final = 4 * SENTENCES

_CHOICE: Final = re.compile(r"\{([^{}]*)\}")
_SPACES: Final = re.compile(r" (?=[,.?!])")
_MARKS: Final = re.compile(r"(?<!\[)[,.!?;:\"](?!\w)")
_WORD: Final = re.compile(r"\w+")
# As people type, not as they are taught to write. Regional words that look alike are left alone.
_TYPED: Final = {
    "aku": "gw",
    "anda": "km",
    "atau": "ato",
    "banget": "bgt",
    "banyak": "bnyk",
    "begitu": "gitu",
    "belum": "blm",
    "bagaimana": "gmn",
    "dengan": "dgn",
    "hanya": "cuma",
    "jangan": "jgn",
    "juga": "jg",
    "kalau": "klo",
    "kamu": "lu",
    "karena": "krn",
    "kenapa": "knp",
    "lagi": "lg",
    "mereka": "mrk",
    "orang": "org",
    "pakai": "pake",
    "saja": "aja",
    "sampai": "sampe",
    "saya": "sy",
    "semua": "smua",
    "seperti": "kayak",
    "sudah": "udh",
    "tapi": "tp",
    "terima": "trima",
    "tidak": "gak",
    "untuk": "utk",
    "yang": "yg",
}


class Sentence(NamedTuple):
    """One invented text, the act that it does (or `other`), and the frame it was made of."""

    act: str
    language: str
    text: str
    frame: str


def sentences(folder: Path = FOLDER) -> Iterator[Sentence]:
    """Every example, in the same order each time. Raises KeyError for an unknown filler."""
    fillers = tomllib.loads((folder / "fillers.toml").read_text(encoding="utf-8"))
    for path in sorted(folder.glob("*.tsv")):
        act = OTHER if path.stem.startswith(OTHER) else path.stem
        with path.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
                for text in expand(row["frame"], fillers):
                    yield Sentence(act, row["language"], text, row["frame"])


def expand(frame: str, fillers: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Up to `SENTENCES` different sentences of a frame, spread over its choices.

    Every other one is written as people type: short forms, no capitals, few marks.
    """
    made: dict[str, None] = {}
    for draw in range(_DRAWS):
        if len(made) == SENTENCES:
            break
        text = _drawn(frame, draw, fillers)
        made.setdefault(typed(text, draw) if draw % 2 else text)
    return tuple(made)


def _drawn(frame: str, draw: int, fillers: Mapping[str, list[str]]) -> str:
    def choose(choice: re.Match[str]) -> str:
        options = choice[1].split("|")
        # Each choice is drawn apart from the others, so that all pairs of options may meet.
        drawn = crc32(f"{draw} {choice.start()} {frame}".encode())
        return _filled(options[drawn % len(options)], drawn // len(options), fillers)

    return _SPACES.sub("", " ".join(_CHOICE.sub(choose, frame).split())).strip(" ,")


def _filled(option: str, draw: int, fillers: Mapping[str, list[str]]) -> str:
    if not option.startswith("@"):
        return option
    words = fillers[option[1:].lower()]
    word = words[draw % len(words)]
    return word[0].upper() + word[1:] if option[1].isupper() else word


def typed(text: str, draw: int) -> str:
    """`text` as people type it: in lower case, with short forms, mostly without marks."""
    text = "".join(
        part if part.startswith("[") else part.lower() for part in re.split(r"(\[[^\]]*\])", text)
    )
    if draw % 4 == 1:
        text = " ".join(_MARKS.sub("", text).split())
    return _WORD.sub(lambda word: _TYPED.get(word[0], word[0]), text)
