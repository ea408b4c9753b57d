"""Names of desks and acts as people read them in tables."""

from typing import Final

from tasks.models import ActFinding
from tasks.words import Act, Desk, ReaderLanguage

DESKS: Final[dict[Desk, dict[ReaderLanguage, str]]] = {
    "review": {"id": "tinjau", "en": "review"},
    "clarify": {"id": "klarifikasi", "en": "clarify"},
    "oversight": {"id": "pengawasan", "en": "oversight"},
    "service": {"id": "layanan", "en": "service"},
    "answer": {"id": "jawab", "en": "answer"},
    "amplify": {"id": "gaungkan", "en": "amplify"},
    "none": {"id": "tanpa tindakan", "en": "none"},
}
ACTS: Final[dict[Act, dict[ReaderLanguage, str]]] = {
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


def act_label(finding: ActFinding, language: ReaderLanguage) -> str:
    """The act and how probable it is, as in "keluhan 85%"."""
    return f"{ACTS[finding.act][language]} {finding.probability:.0%}"
