"""A small document with secrets: private, replaced whole, and read again when it has changed."""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError

T = TypeVar("T", bound=BaseModel)
_Stamp = tuple[int, int, int]


@dataclass(slots=True)
class SecretFile(Generic[T]):
    """A document of type `model` in the file `path`, or `given` whole by the setting `setting`.

    `model()` is the empty document. The model writes its secrets in clear (field_serializer)
    and its validators never quote one.
    """

    path: Path
    given: SecretStr | None
    model: type[T]
    setting: str
    _kept: tuple[_Stamp | None, T] | None = field(default=None, init=False, repr=False)

    def read(self) -> T:
        """The document as it is now; a missing file is an empty one.

        Costs one stat() while nothing changes. Raises ValueError that names the file or setting
        and the field, never a value; OSError where the file may not be read.
        """
        stamp = None if self.given is not None else _stamp_now(self.path)
        if self._kept is None or self._kept[0] != stamp:
            self._kept = self._load()
        return self._kept[1]

    def change(self, edit: Callable[[T], T]) -> T:
        """Replace the document by `edit(document)`; what others change at once is not lost.

        Raises ValueError where a setting gives the document, what `edit` and `read` raise,
        and OSError where the file cannot be written. Then nothing has changed.
        """
        if self.given is not None:
            raise ValueError(
                f"{self.setting} gives this document whole (environment or mounted secret): "
                f"change it there, or unset it to use {self.path}"
            )
        path = self.path.resolve()  # a link stays one, and all its names share one lock
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(path.with_name(f"{path.name}.lock")):
            edited = edit(self._load()[1])
            _replace(path, edited.model_dump_json(indent=2).encode() + b"\n")
        return edited

    def _load(self) -> tuple[_Stamp | None, T]:
        if self.given is not None:
            return None, self._parsed(self.given.get_secret_value(), self.setting)
        try:
            with self.path.open("rb") as file:
                stamp = _stamp(os.fstat(file.fileno()))
                return stamp, self._parsed(file.read(), str(self.path))
        except FileNotFoundError:
            return None, self.model()

    def _parsed(self, document: str | bytes, origin: str) -> T:
        try:
            return self.model.model_validate_json(document)
        except ValidationError as error:
            raise ValueError(f"{origin}: {in_words(error)}") from None


def in_words(error: ValidationError) -> str:
    """What pydantic found on one line: fields and problems, never a value."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(_in_words(one["loc"], one["msg"]) for one in problems)


def _in_words(where: tuple[int | str, ...], problem: str) -> str:
    said = problem.removeprefix("Value error, ")
    return f"{'.'.join(map(str, where))}: {said}" if where else said


def _stamp(stat: os.stat_result) -> _Stamp:
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _stamp_now(path: Path) -> _Stamp | None:
    try:
        return _stamp(path.stat())
    except FileNotFoundError:
        return None


@contextmanager
def _locked(lock: Path) -> Iterator[None]:
    """Hold `lock`, a file that stays: the document itself is replaced under it."""
    with os.fdopen(os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _replace(path: Path, document: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)  # gone already, unless something failed
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Put the new name on disk as well: a rotated secret must not come back."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
