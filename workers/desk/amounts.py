"""Numbers as people write them in each language."""

from tasks.words import ReaderLanguage


def amount(value: float, language: ReaderLanguage, digits: int = 0) -> str:
    """`value` with this many decimals: 10.000 and 6,1 in Indonesian, 10,000 and 6.1 in English."""
    written = f"{value:,.{digits}f}"
    return written.translate(str.maketrans(",.", ".,")) if language == "id" else written
