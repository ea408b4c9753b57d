"""A street address with a house number, as a pattern over folded text.

A street alone ("macet di Jalan Sudirman") is where something happens and stays.
"""

from typing import Final

_STREET: Final = (
    r"\b(?:jl|jln|jalan|gg|gang|lorong|lrg|lr|kompleks?|komp|perumahan|perum|cluster|rusun|"
    r"apartemen)\b\.? {0,2}"
)
_NAME: Final = r"(?:[\w'/-]{1,30}+\.?,? {1,2}){0,5}?"
_HOUSE: Final = r"(?:\b(?:no|nomor|nmr)\b|#)[ .:]{0,3}\d{1,4}(?: ?[a-z])?\b(?:[/-]\d{1,3}[a-z]?\b)?"
_BLOCK: Final = r"\bblok\b[ .]{0,2}(?:[a-z]{1,2}[ ./-]{0,2}\d{1,4}|\d{1,4})[a-z]?\b"
_NEIGHBOURS: Final = r"\brt\b[ .]{0,2}\d{1,3}(?:[ ,/]{0,3}rw[ .]{0,2}\d{1,3}|/\d{1,3})?\b"
_BARE: Final = rf"\d{{1,4}}[a-z]?[ ,]{{1,2}}{_NEIGHBOURS}"  # Jl. Melati 12 RT 03
_MORE: Final = rf"(?:[ ,/]{{1,2}}(?:{_HOUSE}|{_BLOCK}|{_NEIGHBOURS})){{0,3}}"

ADDRESS: Final = rf"{_STREET}{_NAME}(?:{_HOUSE}|{_BLOCK}|{_BARE}){_MORE}"
