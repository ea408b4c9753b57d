"""Registered domains: the part of a host that somebody registered, and answers for."""

from typing import Final

_INDONESIAN: Final = frozenset(
    "ac biz co desa go mil my net or ponpes sch web".split()  # noqa: SIM905 - reads better
)
"""The second levels that the registry of .id keeps; "go.id" itself is nobody's."""
_ABROAD: Final = frozenset(("ac", "co", "com", "edu", "gov", "net", "org"))
"""Second levels of other countries, such as com.my and co.uk."""


def registered_domain(host: str) -> str:
    """The registered domain of `host` (lower case): `a.b.go.id` gives `b.go.id`.

    A host that has none (one label, an IP address, `_`) is given back as it is.
    """
    labels = host.split(".")
    if len(labels) < 3 or labels[-1].isdecimal():
        return host
    return ".".join(labels[-3 if _second_level(*labels[-2:]) else -2 :])


def _second_level(label: str, top: str) -> bool:
    if top == "id":
        return label in _INDONESIAN
    return len(top) == 2 and label in _ABROAD
