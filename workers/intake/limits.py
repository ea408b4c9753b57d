"""The limits of the intake, in words: from the numbers that its code works with."""

from typing import Final

from tasks.models import MAX_TEXT
from workers.door import EARLIEST, FUTURE
from workers.intake.body import BODY_SECONDS, MAX_BODY, MAX_RATIO
from workers.intake.reading import MAX_ITEMS, MAX_VALUES
from workers.ledger.pushes import ANSWER_DAYS
from workers.signatures import MAX_SIGNATURES, TOLERANCE_SECONDS
from workers.sources import BURST, ITEMS_PER_SECOND

LIMITS: Final = {
    "Items in a request": f"{MAX_ITEMS:,}",
    "JSON values in a request": f"{MAX_VALUES:,}",
    "Body, as sent and after expansion": f"{MAX_BODY // 2**20} MiB each",
    "Expansion of a compressed body": f"{MAX_RATIO}-fold",
    "Time for the whole body to arrive": f"{BODY_SECONDS:g} s",
    "Text of an item": f"{MAX_TEXT:,} characters",
    "Date of an item": f"from {EARLIEST:%Y-%m-%d} to {FUTURE.days} day ahead",
    "Rate of a source": f"{ITEMS_PER_SECOND:g} items a second, {BURST:,} at once; the operator "
    "may set others",
    "An answer is given again to the same key for": f"{ANSWER_DAYS} days",
    "Clock of a signature": f"{TOLERANCE_SECONDS // 60} minutes off at most",
    "Signatures in one header": f"{MAX_SIGNATURES}",
}
