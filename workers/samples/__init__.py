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
FACTCHECKS: Final = _HERE / "factchecks"
"""60 invented fact-checks, a Markdown file each; never loaded by themselves."""
