"""A second opinion from a folder: `model.onnx` and `tokenizer.json`, on the CPU and offline.

Any sentence-embedding model fits whose output is one vector a token (the mean over the text is
taken) or one a text. It needs the extra `saring[embed]`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MODEL: Final = "model.onnx"
TOKENIZER: Final = "tokenizer.json"
HEAD: Final = "sentiment.npz"
"""The head fitted to the embeddings lies beside them."""
MAX_CHARACTERS: Final = 2_000
"""Of a text, from its beginning; a tokeniser should not see all of a hostile one."""
MAX_TOKENS: Final = 128
_PACKAGES: Final = ("onnxruntime", "tokenizers")


class NoEmbedder(ValueError):
    """The embedder cannot be used. The message names what is missing and the remedy."""


@dataclass(frozen=True, slots=True)
class OnnxOpinion:
    """See `tasks.ports.SecondOpinion`. The model is loaded when it is first asked: after the fork.

    Raises NoEmbedder when a package or a file is missing.
    """

    directory: Path

    def __post_init__(self) -> None:
        for package in _PACKAGES:
            if find_spec(package) is None:
                raise NoEmbedder(f"no package {package}: install saring[embed]")
        for name in (MODEL, TOKENIZER):
            if not (self.directory / name).is_file():
                raise NoEmbedder(f"no {name} in {self.directory}: put the model's there")

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.directory.resolve().name

    @property
    def version(self) -> str:
        """The first 12 hex digits of a sha256 over both files."""
        return _digest(self.directory)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `tasks.ports.SecondOpinion`; 0 texts give (0, 0)."""
        session, tokenizer = _loaded(self.directory)
        # One at a time: padding to the longest of a batch would change the others' last bits.
        rows = [_vector(session, tokenizer, text[:MAX_CHARACTERS]) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32)


@cache
def _digest(directory: Path) -> str:
    digest = hashlib.sha256()
    for name in (MODEL, TOKENIZER):
        with (directory / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


@cache
def _loaded(directory: Path) -> tuple[Any, Any]:
    """Session and tokeniser, once for each process."""
    import onnxruntime  # noqa: PLC0415 - an extra
    import tokenizers  # noqa: PLC0415 - an extra

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # beside other workers, and the same sums every time
    session = onnxruntime.InferenceSession(
        str(directory / MODEL), options, providers=["CPUExecutionProvider"]
    )
    tokenizer = tokenizers.Tokenizer.from_file(str(directory / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length=MAX_TOKENS)
    return session, tokenizer


def _vector(session: Any, tokenizer: Any, text: str) -> NDArray[np.float32]:
    # Half a surrogate pair is no text to a tokeniser; an empty text is one unknown token.
    encoded = tokenizer.encode(text.encode("utf-8", "replace").decode())
    ids = np.array([encoded.ids or [0]], dtype=np.int64)
    known = {
        "input_ids": ids,
        "attention_mask": np.ones_like(ids),
        "token_type_ids": np.zeros_like(ids),
    }
    wanted = {each.name: known[each.name] for each in session.get_inputs()}
    found = np.asarray(session.run(None, wanted)[0][0], dtype=np.float32)
    pooled = found.mean(axis=0) if found.ndim == 2 else found
    length = float(np.linalg.norm(pooled))
    return np.asarray(pooled / length if length > 0 else pooled, dtype=np.float32)
