"""The words of `saring try --explain`, in each reader language."""

from typing import Final, NamedTuple

from tasks.words import ReaderLanguage, Sentiment, State, Target

Said = dict[ReaderLanguage, str]


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
STATES: Final[dict[State, Said]] = {
    "auto": {"id": "otomatis", "en": "automatic"},
    "needs_human": {"id": "menunggu keputusan petugas", "en": "waits for a person's decision"},
    "abstained": {"id": "program tidak menentukan sikap", "en": "the program abstains"},
}
TARGETS: Final[dict[Target, Said]] = {
    "institution": {"id": "lembaga", "en": "institution"},
    "office_holder": {"id": "pejabat dalam jabatannya", "en": "office holder in role"},
    "private_person": {"id": "warga", "en": "private person"},
    "protected_group": {"id": "golongan", "en": "protected group"},
    "none": {"id": "tidak ada", "en": "none"},
}
SENTIMENTS: Final[dict[Sentiment, Said]] = {
    "positive": {"id": "positif", "en": "positive"},
    "neutral": {"id": "netral", "en": "neutral"},
    "negative": {"id": "negatif", "en": "negative"},
}
LANGUAGES: Final[dict[str, Said]] = {
    "ind": {"id": "Indonesia", "en": "Indonesian"},
    "zsm": {"id": "Melayu", "en": "Malay"},
    "jav": {"id": "Jawa", "en": "Javanese"},
    "sun": {"id": "Sunda", "en": "Sundanese"},
    "min": {"id": "Minangkabau", "en": "Minangkabau"},
    "mui": {"id": "Melayu Palembang", "en": "Palembang Malay"},
    "bjn": {"id": "Banjar", "en": "Banjarese"},
    "ban": {"id": "Bali", "en": "Balinese"},
    "ace": {"id": "Aceh", "en": "Acehnese"},
    "bug": {"id": "Bugis", "en": "Buginese"},
    "mad": {"id": "Madura", "en": "Madurese"},
    "nij": {"id": "Ngaju", "en": "Ngaju"},
    "bbc": {"id": "Batak Toba", "en": "Toba Batak"},
    "eng": {"id": "Inggris", "en": "English"},
    "und": {"id": "tidak diketahui", "en": "not known"},
}
"""Names of languages by ISO 639-3 code; a code without a name is shown as it is."""
