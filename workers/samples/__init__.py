"""The sample set: 200 invented submissions that `saring demo` and the tests send through.

What it holds, and why each broken line is broken, is written in README.md beside this file.
"""

from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent

ITEMS: Final = _HERE / "items.jsonl"
"""190 valid submissions, one JSON object a line, oldest first."""
BROKEN: Final = _HERE / "broken.jsonl"
"""10 broken ones: the door refuses eight; two pass it and end in quarantine at `normalise`."""
LATE: Final = _HERE / "late.jsonl"
"""One hoax in three wordings and two languages: `saring demo` pushes them singly at its end."""
FACTCHECKS: Final = _HERE / "factchecks"
"""64 invented fact-checks, a Markdown file each, for the demo and the evaluation alone."""
PROCEDURES: Final = _HERE / "procedures"
"""26 invented pages about procedures, a Markdown file each, for trying and the evaluation alone."""
