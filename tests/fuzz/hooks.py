"""What schemathesis cannot know by itself: lines of JSON are sent as they are."""

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson", "application/jsonl")
def lines(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    """The text of the lines; bytes that were made on purpose to be none stay as they are."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
