"""The words of `saring try --explain`, in each reader language."""

from typing import Final, NamedTuple

from tasks.words import ReaderLanguage


class Sayings(NamedTuple):
    """Names of rows and columns."""

    desk: str
    state: str
    priority: str
    language: str
    target: str
    sentiment: str
    act: str
    found_by: str
    reason: str
    words: str
    signal: str
    probability: str
    drivers: str
    model: str


SAYINGS: Final[dict[ReaderLanguage, Sayings]] = {
    "id": Sayings(
        desk="Meja",
        state="Keadaan",
        priority="Prioritas",
        language="Bahasa",
        target="Sasaran",
        sentiment="Sentimen",
        act="Tindak tutur",
        found_by="Ditemukan oleh",
        reason="Alasan",
        words="Kata",
        signal="Sinyal model",
        probability="Peluang",
        drivers="Kata yang mendorongnya, dan bobotnya",
        model="Penilaian model.",
    ),
    "en": Sayings(
        desk="Desk",
        state="State",
        priority="Priority",
        language="Language",
        target="Target",
        sentiment="Sentiment",
        act="Act",
        found_by="Found by",
        reason="Reason",
        words="Words",
        signal="Model signal",
        probability="Probability",
        drivers="Words that drove it, and their weight",
        model="The model's view.",
    ),
}
