"""docs/push.md states the limits and the statuses that the code has."""

import re
from pathlib import Path
from typing import Final

import httpx

from tasks.models import MAX_TEXT, Submission
from workers.client.retry import FIRST_SECONDS, LONGEST_SECONDS, pause
from workers.door import EARLIEST, FUTURE
from workers.intake.body import BODY_SECONDS, MAX_BODY, MAX_RATIO
from workers.intake.events import SUBMISSION_TYPE
from workers.intake.problems import KINDS
from workers.intake.reading import MAX_ITEMS
from workers.ledger.pushes import ANSWER_DAYS
from workers.signatures import TOLERANCE_SECONDS
from workers.sources import BURST, ITEMS_PER_SECOND

PAGE: Final = (Path(__file__).parents[2] / "docs" / "push.md").read_text()


def test_the_limits() -> None:
    for row in (
        f"| items in one request | {MAX_ITEMS:,} |",
        f"| bytes of one request, as sent and after decompression | {MAX_BODY >> 20} MiB |",
        f"up to {MAX_RATIO} times smaller than what it holds |",
        f"| time for the whole body to arrive | {BODY_SECONDS} s |",
        f"| items a second | {ITEMS_PER_SECOND:g}, after {BURST:,} at once;",
        f"| `text` | needed | up to {MAX_TEXT:,} characters;",
        f"at most {TOLERANCE_SECONDS // 60} minutes off",
        f"remembers it for {ANSWER_DAYS} days",
        f"from {FIRST_SECONDS} up to {LONGEST_SECONDS:g} seconds",
        f"not before {EARLIEST.year}, and not more than a day ahead",
        SUBMISSION_TYPE,
    ):
        assert row in PAGE
    assert FUTURE.days == 1


def test_each_field_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (needed)? ?\|", PAGE, re.MULTILINE)
    fields = Submission.model_fields
    assert dict(rows) == {
        name: "needed" if field.is_required() else "" for name, field in fields.items()
    }


def test_each_status_of_a_push() -> None:
    rows = {int(one) for one in re.findall(r"^\| ([45][0-9]{2}) \|", PAGE, re.MULTILINE)}
    assert rows == {kind.status for kind in KINDS.values()} - {404, 405}  # of other addresses


def test_what_is_sent_again() -> None:
    said = re.search(r"Send again on ([0-9, ]+), and when no answer came", PAGE)
    assert said is not None
    again = {one for one in range(300, 600) if pause(0, httpx.Response(one), 0.5) is not None}
    assert {int(one) for one in said[1].split(",")} == again
