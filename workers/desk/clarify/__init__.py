"""The desk Clarify: drafts, their sources, publication by a second person, and exports."""

from typing import Final

from workers.desk.clarify import exports, pages, writing

PAGES: Final = (*pages.PAGES, *writing.PAGES, *exports.PAGES)
