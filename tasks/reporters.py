"""Protection of those who report misconduct: what leads to them is left out where it is shown.

The address of a post leads to its author on the platform, and so do its exact time and platform.
What authors say of themselves in the text is taken out; the text is a quotation all the same, and
who searches for its words may find it: docs/desk/public.md says so.
"""

import re
from typing import Final

from tasks.models import Publication, Span
from tasks.policy import ACT_THRESHOLD
from tasks.words import Desk

WITHHELD: Final = "[PELAPOR]"
"""Stands where authors named themselves."""
_NAME: Final = r"[A-Z][^\W\d_]*(?:[ .]+[A-Z][^\W\d_]*){0,3}"
_NAMING: Final = (
    r"nama (?:saya|sy|gue|gw|aku|ku|lengkap saya)|namaku|perkenalkan,? (?:nama )?saya|nama kulo"
    r"|nami abdi|jeneng ku|my name is|saya bernama|hormat saya|tertanda|salam"
)
_WHO: Final = "dari|warga|guru|staf|pegawai|karyawan|wali|honorer|mahasiswa"
_SELF: Final = re.compile(
    rf"(?P<before>\b(?i:{_NAMING}),?(?: adalah| yaiku| nyaeta| is)?[:,]?\s+){_NAME}"
    # "Saya Rina, guru ...": rather too much than too little.
    rf"|(?P<short>\b(?i:saya|aku|gue|gw|sy)(?:,? | adalah )){_NAME}(?=[,.;]|\s+(?:{_WHO})\b)"
)


def protects(publication: Publication, desk: Desk | None = None) -> bool:
    """Whether its author reports misconduct: then no page or export may show what leads to them.

    `desk`: where it stands by now, if a person has moved it.
    """
    return "oversight" in (desk, publication.desk) or any(
        one.act == "misconduct_report" and one.probability >= ACT_THRESHOLD
        for one in publication.acts
    )


def reporter_names(text: str) -> tuple[Span, ...]:
    """Where its author speaks of themselves by name. Linear."""
    return tuple(
        Span(start=one.start() + len(one["before"] or one["short"]), end=one.end())
        for one in _SELF.finditer(text)
    )


def without_reporter(text: str) -> str:
    """The text with WITHHELD in place of these names."""
    pieces, at = [], 0
    for span in reporter_names(text):
        pieces += [text[at : span.start], WITHHELD]
        at = span.end
    return "".join(pieces) + text[at:]
