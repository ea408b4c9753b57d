"""Passwords of the staff: which are good enough, and how they are kept.

After NIST SP 800-63B (revision 4, 3.1.1): long, compared with what others would guess first, and
no rules of composition. Kept as Argon2id with the second set of parameters of RFC 9106.
"""

import secrets
import unicodedata
from collections.abc import Collection
from functools import cache
from itertools import pairwise
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final, Literal

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 256
Weakness = Literal["short", "long", "own", "common"]

_HASHER: Final = PasswordHasher()
_AT_ONCE: Final = BoundedSemaphore(3)
"""Each takes 64 MiB: as many as the memory of a small machine bears."""
_PATIENCE_SECONDS: Final = 3.0


class Busy(Exception):
    """Too many log in at once: try again in a moment."""


def weakness(password: str, own: Collection[str]) -> Weakness | None:
    """What is wrong with a new password; None if it is good. `own`: the login and the name."""
    typed, password = password, _readable(password)
    if min(len(typed), len(password)) < MIN_LENGTH:
        return "short"
    if len(password) > MAX_LENGTH:
        return "long"
    letters = _letters(password)
    words = {_unit(_letters(_readable(part))) for whole in own for part in (whole, *whole.split())}
    if _unit(letters) in words - {""}:
        return "own"
    guessed = _unit(letters) in _common() or _is_run(password) or len(_unit(password)) < 4
    return "common" if guessed else None


def keep(password: str) -> str:
    """What is stored of a password. Raises Busy."""
    with _Turn():
        return _HASHER.hash(_readable(password))


def is_right(kept: str | None, password: str) -> bool:
    """Whether it is the password of which `kept` was stored.

    None stands for somebody who has none: the answer takes as long, and is no. Raises Busy.
    """
    with _Turn():
        try:
            _HASHER.verify(kept if kept is not None else _nobodys(), _readable(password))
        except VerifyMismatchError:
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether it was stored with other parameters than those of today."""
    return _HASHER.check_needs_rehash(kept)


class _Turn:
    """One of the few that compute at once."""

    def __enter__(self) -> None:
        if not _AT_ONCE.acquire(timeout=_PATIENCE_SECONDS):
            raise Busy

    def __exit__(self, *_error: object) -> None:
        _AT_ONCE.release()


@cache
def _common() -> frozenset[str]:
    """What is left of the commonest leaked passwords without digits and signs.

    International and Indonesian ones; most people add digits and signs only at the end.
    """
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text().split())


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def _readable(password: str) -> str:
    """The same password whatever keyboard typed it (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password)


def _letters(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalpha())


def _unit(text: str) -> str:
    """The shortest piece of which `text` is a repetition."""
    return text[: (text + text).find(text, 1)] if text else ""


def _is_run(password: str) -> bool:
    """Whether each character follows the one before, as in 123456789012 and lkjihgfedcba."""
    steps = [ord(after) - ord(before) for before, after in pairwise(password)]
    return all(step in (1, -9) for step in steps) or all(step in (-1, 9) for step in steps)
