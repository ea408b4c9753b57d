"""The words that stand where personal data or a link stood."""

import re
from typing import Final, Literal

Personal = Literal["mention", "nik", "phone", "email", "address", "account_number"]

MENTION: Final = "[AKUN]"
NIK: Final = "[NIK]"
PHONE: Final = "[TELEPON]"
EMAIL: Final = "[SUREL]"
ADDRESS: Final = "[ALAMAT]"
ACCOUNT: Final = "[REKENING]"

KINDS: Final[dict[str, Personal]] = {
    MENTION: "mention",
    NIK: "nik",
    PHONE: "phone",
    EMAIL: "email",
    ADDRESS: "address",
    ACCOUNT: "account_number",
}
"""What each placeholder hides, as `Masked.kind`."""

PERSONAL: Final = re.compile("|".join(map(re.escape, KINDS)))
LINK: Final = re.compile(r"\[TAUTAN ([^\s\[\]]{1,255})\]")
"""A link; its group is the host."""

UNKNOWN_HOST: Final = "_"


def link(host: str) -> str:
    """The placeholder of a link to `host`, such as `[TAUTAN contoh.id]`.

    A host that the placeholder cannot hold becomes `_`.
    """
    placeholder = f"[TAUTAN {host}]"
    return placeholder if LINK.fullmatch(placeholder) else f"[TAUTAN {UNKNOWN_HOST}]"


def hides(placeholder: str) -> tuple[str, str]:
    """What a placeholder stands for, "link" or as `KINDS` has it, and the host of a link."""
    found = LINK.fullmatch(placeholder)
    return ("link", found[1]) if found else (KINDS.get(placeholder, "masked"), "")
