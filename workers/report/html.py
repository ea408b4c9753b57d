"""A report or a digest as one HTML page that needs nothing from anywhere."""

from typing import Final

from workers.report.digest import Digest
from workers.report.document import Document
from workers.report.writing import Writer

POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
"""What a browser lets the page do, wherever it is opened: show itself."""


def page(document: Document, writer: Writer, styles: str) -> bytes:
    """The report, with `styles` (CSS) in it."""
    title = f"{document.title}: {document.period} - {document.institution}"
    return _alone(writer, styles, title, "content", document=document)


def digest_page(digest: Digest, writer: Writer, styles: str) -> bytes:
    """The digest, with `styles` (CSS) in it."""
    title = f"{digest.title} - {digest.institution}"
    return _alone(writer, styles, title, "digest_content", digest=digest)


def _alone(
    writer: Writer, styles: str, title: str, content: str, **values: Document | Digest
) -> bytes:
    html = writer.voice.render(
        "report/alone.html",
        writer.language,
        title=title,
        styles=styles,
        policy=POLICY,
        content=f"report/{content}.html",
        **values,
    )
    return html.encode()
