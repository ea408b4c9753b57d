"""Protection of those who report misconduct: what leads to them is left out where it is shown.

The address of a post leads to its author on the platform, and so do its exact time and platform.
What authors say of themselves in the text is taken out; the text is a quotation all the same, and
who searches for its words may find it: docs/desk/public.md says so.
"""

import re
from typing import Final

from tasks.models import Publication

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


def protects(publication: Publication) -> bool:
    """Whether its author reports misconduct: then no page or export may show what leads to them."""
    return publication.desk == "oversight" or any(
        one.act == "misconduct_report" for one in publication.acts
    )


def without_reporter(text: str) -> str:
    """The text without the names by which its author speaks of themselves. Linear."""
    return _SELF.sub(lambda one: (one["before"] or one["short"]) + WITHHELD, text)
