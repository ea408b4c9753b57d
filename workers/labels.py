"""Names of desks, acts and other closed vocabularies, as people read them."""

from typing import Final

from tasks.models import ActFinding
from tasks.words import Act, Desk, ReaderLanguage, Sentiment, State, Target

Said = dict[ReaderLanguage, str]

DESKS: Final[dict[Desk, Said]] = {
    "review": {"id": "tinjau", "en": "review"},
    "clarify": {"id": "klarifikasi", "en": "clarify"},
    "oversight": {"id": "pengawasan", "en": "oversight"},
    "service": {"id": "layanan", "en": "service"},
    "answer": {"id": "jawab", "en": "answer"},
    "amplify": {"id": "gaungkan", "en": "amplify"},
    "none": {"id": "tanpa tindakan", "en": "none"},
}
ACTS: Final[dict[Act, Said]] = {
    "good_news": {"id": "kabar baik", "en": "good news"},
    "question": {"id": "pertanyaan", "en": "question"},
    "complaint": {"id": "keluhan", "en": "complaint"},
    "misconduct_report": {"id": "laporan pelanggaran", "en": "report of misconduct"},
    "criticism": {"id": "kritik", "en": "criticism"},
    "satire": {"id": "satire", "en": "satire"},
    "press": {"id": "karya pers", "en": "journalism"},
    "rumour": {"id": "kabar yang perlu diverifikasi", "en": "rumour, to be verified"},
    "false_claim": {"id": "klaim yang sudah dibantah", "en": "claim refuted by a fact-check"},
    "slander_person": {"id": "tuduhan terhadap warga", "en": "accusation against a private person"},
    "abusive": {"id": "kata kasar", "en": "abusive words"},
    "identity_hate": {"id": "serangan terhadap golongan", "en": "attack on a group"},
    "incitement_threat": {"id": "hasutan atau ancaman", "en": "incitement or threat"},
    "doxxing": {"id": "penyebaran data pribadi", "en": "doxxing"},
    "scam_impersonation": {"id": "penipuan atau akun palsu", "en": "scam or impersonation"},
    "emergency": {"id": "keadaan darurat", "en": "emergency"},
    "other": {"id": "lainnya", "en": "other"},
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


def act_label(finding: ActFinding, language: ReaderLanguage) -> str:
    """The act and how probable it is, as in "keluhan 85%"."""
    return f"{ACTS[finding.act][language]} {finding.probability:.0%}"
