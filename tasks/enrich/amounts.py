"""Amounts: money, shares and measures, as `IDR 2500000000`, `15%`, `3 ton`."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

_CURRENCIES: Final[Mapping[str, str]] = {
    "rp": "IDR",
    "idr": "IDR",
    "rupiah": "IDR",
    "perak": "IDR",
    "usd": "USD",
    "us$": "USD",
    "$": "USD",
    "dolar": "USD",
    "dolar as": "USD",
    "ringgit": "MYR",
    "riyal": "SAR",
    "euro": "EUR",
}
_POWERS: Final[Mapping[str, int]] = {
    "rb": 3,
    "ribu": 3,
    "k": 3,
    "jt": 6,
    "juta": 6,
    "m": 9,
    "miliar": 9,
    "milyar": 9,
    "t": 12,
    "triliun": 12,
    "trilyun": 12,
}
_MEASURES: Final[Mapping[str, str]] = {
    "%": "%",
    "persen": "%",
    "kilogram": "kg",
    "kilometer": "km",
    "sentimeter": "cm",
    "hektar": "ha",
    "hektare": "ha",
    "megawatt": "mw",
    "kepala keluarga": "kk",
}
_PLAIN: Final = "ton|kg|gram|kuintal|km|cm|meter|liter|ha|orang|jiwa|kk|unit|mw|kwh|keluarga|rumah"
_NUMBER: Final = r"\d{1,3}(?:[.,]\d{3}){1,5}(?:[.,]\d{1,2})?(?!\d)|\d{1,15}(?:[.,]\d{1,3})?(?!\d)"
_AMOUNT: Final = re.compile(
    r"(?:(?P<before>rp|idr|usd|us\$|\$)\.? ?)?"
    rf"(?P<from>{_NUMBER})(?: ?(?:-|–|sampai|hingga|s/d) ?(?P<to>{_NUMBER}))?"  # noqa: RUF001 - people write it
    r"(?: ?(?P<power>ribu|rb|k|juta|jt|miliar|milyar|m|triliun|trilyun|t)(?:an)?(?!\w))?"
    r"(?: ?(?P<unit>%|(?:rupiah|perak|dolar as|dolar|ringgit|riyal|euro|persen|kilogram|kilometer"
    rf"|sentimeter|hektare?|megawatt|kepala keluarga|{_PLAIN})(?!\w)))?(?!\w)",
    re.IGNORECASE,
)
_ONLY_MONEY: Final = frozenset("mt")
"""Powers that are units of length and weight elsewhere."""


def amount_at(text: str, start: int) -> tuple[int, str] | None:
    """The amount that begins at `start`: its end and its normalised name, lower number first.

    A number without a power, unit or currency is no amount.
    """
    match = _AMOUNT.match(text, start)
    if match is None:
        return None
    before, unit = (match[group] or "" for group in ("before", "unit"))
    power = match["power"] or ""
    if not (before or unit or power) or (power.lower() in _ONLY_MONEY and not before):
        return None
    said = _CURRENCIES.get(before.lower()) or _CURRENCIES.get(unit.lower())
    numbers = [_value(match[group], power) for group in ("from", "to") if match[group]]
    written = "-".join(map(_plain, numbers))
    if said is not None:
        return match.end(), f"{said} {written}"
    measure = _MEASURES.get(unit.lower(), unit.lower())
    return match.end(), f"{written} {measure}".strip() if measure != "%" else f"{written}%"


def _value(number: str, power: str) -> Decimal:
    return _decimal(number, scaled=bool(power)).scaleb(_POWERS.get(power.lower(), 0))


def _decimal(number: str, *, scaled: bool) -> Decimal:
    """The value of a number with points and commas, of which the last may be the decimal one."""
    whole, sign, rest = number.rpartition("," if number.rfind(",") > number.rfind(".") else ".")
    # "2.500" is 2500, but "2.500 juta" and "0,125" are not.
    grouped = len(rest) == 3 and not scaled and whole not in ("", "0")
    if not sign or grouped or number.count(sign) > 1:
        return Decimal(re.sub("[.,]", "", number))
    return Decimal(re.sub("[.,]", "", whole) + "." + rest)


def _plain(value: Decimal) -> str:
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
