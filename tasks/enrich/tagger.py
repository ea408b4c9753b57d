"""A tagger of names: where a text names a place or an institution that no gazetteer lists.

A linear-chain model over hashed features of words (`word_features`), whose weights are data
(`tasks/assets/weights/names.npz`), made by `training.tagger`. To tell names apart it has states
for names of persons; no `Name` can be made of them: persons are never stored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from tasks.enrich.key_index import KeyIndex, Keys
from tasks.enrich.lines import WORD, Line, Span, lines
from tasks.enrich.viterbi import Scores, best_paths
from tasks.enrich.word_features import (
    CODES,
    MARGIN,
    PAD,
    VERSION,
    joint_keys,
    word_keys,
)

WEIGHTS: Final = Path(__file__).parents[1] / "assets" / "weights" / "names.npz"

Kind = Literal["place", "institution"]
"""What a name may be of. There is no word for persons here, on purpose."""

MANNERS: Final = 2
"""Ways of writing, each with states of its own: news, and the prose of encyclopaedias and pages
about oneself. The sets that the model learned from disagree on what is a place; a text is read in
the manner that fits it better."""
WAYS: Final = 7
"""States of one manner: outside of a name; then, for persons, places and institutions, the first
word of a name (an odd number) and its further words (the next number)."""
STATES: Final = MANNERS * WAYS
BEGINS: Final[dict[int, Kind]] = {3: "place", 5: "institution", 10: "place", 12: "institution"}
"""States in which a name begins that may be told. Those of persons are not among them."""

_STOPS: Final = " .,;:!?…"
"""Signs that end no name; each is a word of its own."""
_LONGEST_NAME: Final = 8
"""Words of a name, at most."""
_MOST_LARGE: Final = 0.75
"""The share of words that begin large up to which a capital tells something."""
_REMEMBERED: Final = 32_768
"""Words that are remembered before all are forgotten: bounds the memory to some 10 MB beside
those of one batch."""
_AT_ONCE: Final = 2_048
"""Words whose scores are made in one go: bounds the memory that takes."""

_RECORD: Final = np.dtype(
    [("codes", np.uint32, CODES), ("scores", np.int16, (2 * MARGIN + 1, STATES))]
)


class Name(NamedTuple):
    """A name in a text: code points `start` up to `end`; whole words."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Tagger:
    """The weights: int8, in steps that all of them share, so that scores are exact integers.

    `words[i, d]` are the weights, by state, of feature i of `word_index` of the word at distance
    `d - MARGIN`; `joints` those of features of `joint_index`. The last row of weights is zero,
    for features unknown. `start` (manners, states of one) and `steps` (manners, from, to) are the
    scores of the first state and from state to state. `memory` holds what was made of words met
    before.
    """

    word_index: KeyIndex
    words: NDArray[np.int8]
    joint_index: KeyIndex
    joints: NDArray[np.int8]
    start: Scores
    steps: Scores
    memory: dict[str, bytes]

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Self:
        """Read weights. Raises FileNotFoundError, or ValueError when not made for this code."""
        with np.load(path, allow_pickle=False) as arrays:
            if arrays["features_version"] != VERSION:
                raise ValueError(
                    f"{path}: weights for word features version {arrays['features_version']}, but "
                    f"the code makes version {VERSION}; run `saring train` to make them again"
                )
            return cls.of(
                np.cumsum(arrays["word_gaps"], dtype=np.uint32),
                arrays["words"],
                np.cumsum(arrays["joint_gaps"], dtype=np.uint32),
                arrays["joints"],
                arrays["start"],
                arrays["steps"],
            )

    @classmethod
    def of(
        cls,
        word_keys: Keys,
        words: NDArray[np.int8],
        joint_keys: Keys,
        joints: NDArray[np.int8],
        start: Scores,
        steps: Scores,
    ) -> Self:
        """A tagger of these arrays: keys ascend, and no row for unknown features is there yet."""
        words = np.concatenate([words, np.zeros_like(words, shape=(1, *words.shape[1:]))])
        joints = np.concatenate([joints, np.zeros_like(joints, shape=(1, STATES))])
        indices = KeyIndex.of(word_keys), KeyIndex.of(joint_keys)
        return cls(indices[0], words, indices[1], joints, start, steps, {})

    def tag(self, texts: Sequence[str]) -> tuple[tuple[Name, ...], ...]:
        """The names of places and institutions in each text, in text order, without overlap.

        A text's names depend on that text alone. Its first `MOST_WORDS` words are read; the cost
        is linear in them.
        """
        read = [[line for line in lines(text) if _tells(line)] for text in texts]
        states = iter(self.states([line for found in read for line in found]))
        return tuple(
            tuple(name for line in found for name in _names(line, next(states))) for found in read
        )

    def states(self, found: Sequence[Line]) -> list[list[int]]:
        """The state of each word of each line: numbers without meaning outside of the model."""
        stream = [PAD] * MARGIN
        here: list[int] = []  # where in the stream each word stands
        for line in found:
            here.extend(range(len(stream), len(stream) + len(line.words)))
            stream += [*line.words, *[PAD] * MARGIN]
        lengths = np.array([size for line in found for size in line.parts], dtype=np.int64)
        if not here:
            return [[] for _ in found]
        scores = self._scores(stream)[np.array(here) - MARGIN].reshape(-1, MANNERS, WAYS)
        path = iter(best_paths(scores, lengths, self.start, self.steps).tolist())
        return [list(islice(path, len(line.words))) for line in found]

    def _scores(self, stream: Sequence[str]) -> Scores:
        """The scores (words, states) of all words but for `MARGIN` at either end."""
        self._remember(stream)
        records = np.frombuffer(b"".join([self.memory[word] for word in stream]), dtype=_RECORD)
        count = len(stream) - 2 * MARGIN
        joints = self.joints[self.joint_index.rows(joint_keys(records["codes"]))]
        scores: Scores = joints.sum(axis=1, dtype=np.int32)
        for shift in range(2 * MARGIN + 1):
            scores += records["scores"][shift : shift + count, shift]
        return scores

    def _remember(self, stream: Sequence[str]) -> None:
        """See to it that `memory` has every word of `stream`; many are made in one go."""
        if len(self.memory) > _REMEMBERED:
            self.memory.clear()
        new = [word for word in dict.fromkeys(stream) if word not in self.memory]
        for first in range(0, len(new), _AT_ONCE):
            some = new[first : first + _AT_ONCE]
            self.memory.update(zip(some, self._records(some), strict=True))

    def _records(self, words: Sequence[str]) -> list[bytes]:
        """What each word brings: its codes, and its scores at each distance."""
        keys = np.array([word_keys(word) for word in words], dtype=np.uint32)
        records = np.empty(len(words), dtype=_RECORD)
        records["codes"] = keys[:, :CODES]
        records["scores"] = self.words[self.word_index.rows(keys)].sum(axis=1, dtype=np.int16)
        whole = records.tobytes()
        return [whole[at : at + _RECORD.itemsize] for at in range(0, len(whole), _RECORD.itemsize)]


@cache
def tagger() -> Tagger | None:
    """The tagger that comes with the code, read once per process; None where it was left out."""
    return Tagger.load() if WEIGHTS.is_file() else None


def runs(line: Line, states: Sequence[int]) -> Iterator[tuple[int, Span]]:
    """The names in a line whose words have `states`: the state of the first word, and the span."""
    begins = [at for at, state in enumerate(states) if state % WAYS % 2]
    spans = line.spans if begins else []
    for first in begins:
        last = first
        while last + 1 < len(states) and states[last + 1] == states[first] + 1:
            last += 1
        yield states[first], (spans[first][0], spans[last][1])


def _names(line: Line, states: Sequence[int]) -> Iterator[Name]:
    """The names that may be told, of a line whose words have `states`."""
    for state, (start, end) in runs(line, states):
        said = line.text[start - line.start : end - line.start].rstrip(_STOPS)
        if state in BEGINS and _is_name(said):
            yield Name(BEGINS[state], start, start + len(said))


def _tells(line: Line) -> bool:
    """Whether some words of a line begin large, and not nearly all of them.

    No name is told where no letter is large. In titles and shouts a capital says nothing: the
    model has seen few such lines, and takes any word in them for a name.
    """
    if line.text == line.text.lower():
        return False
    letters = [word[0] for word in line.words if word[0].isalpha()]
    return sum(map(str.isupper, letters)) <= _MOST_LARGE * len(letters)


def _is_name(said: str) -> bool:
    """Whether it has the form of a name: posts unlike the training data give others too."""
    words = WORD.findall(said)
    return (
        0 < len(words) <= _LONGEST_NAME
        and said[0].isalnum()
        and any(map(str.isupper, said))
        and not any(word.startswith("[") for word in words)
    )
