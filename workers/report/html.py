"""A report as one HTML page that needs nothing from anywhere."""

from typing import Final

from workers.report.document import Document
from workers.report.writing import Writer

POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
"""What a browser lets the page do, wherever it is opened: show itself."""


def page(document: Document, writer: Writer, styles: str) -> bytes:
    """The page, with `styles` (CSS) in it."""
    html = writer.voice.render(
        "report/page.html", writer.language, document=document, styles=styles, policy=POLICY
    )
    return html.encode()
