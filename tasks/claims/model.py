"""The weights: is a text about a claim, and does it assert it? Made by `saring train`."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from tasks.claims import tables
from tasks.claims.close import Close, Features
from tasks.claims.leaning import columns
from tasks.claims.rarity import Rarity
from tasks.claims.stance import groups

FILE: Final = Path(__file__).parents[1] / "assets" / "weights" / "claims.npz"
VERSION: Final = "1"
"""Changes whenever the code makes other inputs of a text."""
MATCHING: Final = (
    *("covered", "bag", "precise", "rarest", "numbers", "other_numbers", "names", "other_names"),
)
"""Features of the first logistic: is this the claim, whatever is said of it?"""
ASSERTING: Final = (
    *("covered", "bag", "precise", "rarest", "numbers", "other_numbers"),
    *("clarifies", "clarified_numbers", "negations", "opposite"),
)
"""Features of the second, besides groups, acts and leaning: is the claim asserted?"""
HEARD: Final = (
    ("question", "rumour"),
    ("other_counter", "other_warning", "other_safety"),
    ("other_report", "other", "other_quoted"),
    ("scam_impersonation", "emergency", "incitement_threat"),
)
"""Labels of the head of acts whose probabilities are summed."""
LEAST_MASS: Final = 40.0
"""Weight of a wording from which it can be confirmed: a short one is soon met by chance."""
_LEAST_HEARD: Final = 0.02
_MATCHING: Final = tuple(map(Features._fields.index, MATCHING))
_ASSERTING: Final = tuple(map(Features._fields.index, ASSERTING))


@dataclass(frozen=True, slots=True)
class Said:
    """A text, and what is known of how it says what it says."""

    text: str
    acts: Mapping[str, float]
    """What the head of acts says of it: label to probability."""
    groups: tuple[float, ...]
    """What `stance.groups` finds in it."""

    @classmethod
    def of(cls, text: str, acts: Mapping[str, float]) -> Self:
        """A text of which the head of acts says this."""
        return cls(text, acts, groups(text))


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Two logistics, the linear model of how people deny, and the weights of terms."""

    version: str
    rarity: Rarity
    matching: tuple[float, ...]
    """Weights of MATCHING, the constant last."""
    asserting: tuple[float, ...]
    """Weights of what `inputs` gives, the constant last."""
    stance: NDArray[np.float64]
    """A weight for each column of `leaning`."""
    bias: float
    suggest_from: float
    """Log odds that a text is about a claim from which it is shown;"""
    confirm_from: float
    """and log odds that it asserts it from which it is taken for the claim."""

    @classmethod
    def load(cls, path: Path = FILE) -> Self:
        """Read the weights. Raises FileNotFoundError, or ValueError if not made for this code."""
        content = path.read_bytes()
        with np.load(path, allow_pickle=False) as arrays:
            made_for = str(arrays["made_for"])
            if made_for != made_with():
                raise ValueError(
                    f"{path}: weights made with word lists and code {made_for}, but these are "
                    f"{made_with()}; run `saring train` to make them again"
                )
            return cls(
                version=hashlib.sha256(content).hexdigest()[:12],
                rarity=Rarity(arrays["idf"]),
                matching=tuple(arrays["matching"].tolist()),
                asserting=tuple(arrays["asserting"].tolist()),
                stance=arrays["stance"].astype(np.float64) * float(arrays["scale"]),
                bias=float(arrays["bias"]),
                suggest_from=float(arrays["suggest_from"]),
                confirm_from=float(arrays["confirm_from"]),
            )

    def about(self, close: Close) -> float:
        """Log odds that a text is about the claim of `close`."""
        return _linear(self.matching, [close.features[at] for at in _MATCHING])

    def asserts(self, close: Close, said: Said) -> float:
        """Log odds that a text asserts the claim of `close`."""
        at, values = columns(said.text, close.shared)
        leaning = float(self.stance[at] @ values) + self.bias
        return _linear(self.asserting, inputs(close, said, leaning))

    def confirms(self, close: Close, said: Said, asserts: float) -> bool:
        """Whether a text so surely asserts the claim of `close` that no person need say so.

        `asserts`: its log odds.
        """
        sure = asserts >= self.confirm_from and close.mass >= LEAST_MASS
        return sure and not vetoed(close, said)


def inputs(close: Close, said: Said, leaning: float) -> list[float]:
    """What the second logistic reads. An act that is not known counts as improbable."""
    heard = (sum(said.acts.get(label, 0.0) for label in labels) for labels in HEARD)
    return [
        *(close.features[at] for at in _ASSERTING),
        *said.groups,
        *(math.log(_LEAST_HEARD + probability) for probability in heard),
        leaning,
    ]


def vetoed(close: Close, said: Said) -> bool:
    """Whether a text must not be taken for an assertion, whatever its score.

    It has a word of denial, hearsay, question or report, a number that only the clarification
    has, or the opposite of a word of the claim.
    """
    turned = close.features.clarified_numbers or close.features.opposite
    return bool(turned) or any(said.groups)


def made_with() -> str:
    """What weights are made with: the word lists, and the version of the code."""
    return f"{VERSION} {tables.version()}"


@cache
def model() -> Model:
    """The model that comes with the code, read once."""
    return Model.load()


def _linear(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(w * v for w, v in zip(weights, values, strict=False)) + weights[-1]
