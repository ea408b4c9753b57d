"""What the door hands on. Of its own, since the door also serves where there is no ledger."""

from dataclasses import dataclass

from tasks.models import Content


@dataclass(frozen=True, slots=True)
class Entry:
    """What the door hands to the ledger: masked content, its digest, the account's keyed hash."""

    content: Content
    digest: bytes
    account: bytes | None
