"""The reasons of a publication in the language of who reads them."""

from tasks.models import Publication
from tasks.policy import LANGUAGES_COVERED
from tasks.reasons import checked, reasons
from tasks.route import leading
from tasks.words import LANGUAGES, ReaderLanguage


def retold(said: Publication, reader: ReaderLanguage) -> tuple[str, ...]:
    """Its reasons in the language `reader`, where today's words for them are those of then.

    Where a rule says something else by now, they are given as they were published.
    """
    told = {language: _told(said, language) for language in LANGUAGES}
    return told[reader] if said.reasons in told.values() else said.reasons


def _told(said: Publication, reader: ReaderLanguage) -> tuple[str, ...]:
    covered = said.language in LANGUAGES_COVERED
    is_copy = said.duplicate_of is not None
    lead = leading(said.acts)
    why = reasons(lead, said.desk, said.state, covered=covered, is_copy=is_copy, reader=reader)
    return (*(one for claim in said.claims for one in checked(claim, reader)), *why)
