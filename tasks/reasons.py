"""Why an item was routed so, in sentences that a press officer reads, Indonesian or English."""

from collections.abc import Iterator
from typing import Final

from tasks.models import ActFinding, Claim
from tasks.rules import rulebook
from tasks.words import Act, Decision, Desk, ReaderLanguage, State

Templates = dict[ReaderLanguage, str]

_MODEL: Final[dict[Act, Templates]] = {
    "identity_hate": {
        "id": "Model menilai ada serangan terhadap suatu golongan.",
        "en": "The model sees an attack on a protected group.",
    },
    "incitement_threat": {
        "id": "Model menilai ada ancaman atau ajakan kekerasan terhadap orang.",
        "en": "The model sees a threat of, or a call to, violence against people.",
    },
    "doxxing": {
        "id": "Model menilai data pribadi seseorang disebarkan.",
        "en": "The model sees that a person's data is being spread.",
    },
    "scam_impersonation": {
        "id": "Model menilai ini penipuan atau akun yang menyamar.",
        "en": "The model sees a fraud or an impersonation.",
    },
    "emergency": {
        "id": "Model menilai ada orang yang sedang dalam bahaya.",
        "en": "The model sees that someone is in danger now.",
    },
    "slander_person": {
        "id": "Model menilai ada tuduhan terbuka terhadap orang pribadi.",
        "en": "The model sees a public accusation of a private person.",
    },
    "question": {"id": "Model menilai ini pertanyaan.", "en": "The model reads it as a question."},
    "complaint": {"id": "Model menilai ini keluhan.", "en": "The model reads it as a complaint."},
    "good_news": {"id": "Model menilai ini kabar baik.", "en": "The model reads it as good news."},
    "rumour": {
        "id": "Model menilai ini kabar dari mulut ke mulut.",
        "en": "The model reads it as hearsay.",
    },
    "misconduct_report": {
        "id": "Model menilai ini laporan tentang perbuatan petugas.",
        "en": "The model reads it as a report of an officer's misconduct.",
    },
    "satire": {"id": "Model menilai ini sindiran.", "en": "The model reads it as satire."},
    "abusive": {"id": "Model menilai ada kata kasar.", "en": "The model sees rude language."},
    "criticism": {
        "id": "Model menilai ada celaan terhadap lembaga atau jabatan. Ini ujaran yang dilindungi.",
        "en": "The model sees an insult of an institution or office. This is protected speech.",
    },
}
_ACTS: Final[dict[Act, Templates]] = {
    "rumour": {
        "id": "Klaim ini belum diketahui benar atau tidaknya: perlu diverifikasi.",
        "en": "Whether this claim is true is not known: to be verified.",
    },
    "false_claim": {
        "id": "Klaim ini bertentangan dengan pemeriksaan fakta yang dikutip.",
        "en": "The cited fact-check contradicts this claim.",
    },
    "misconduct_report": {
        "id": "Diteruskan ke pengawasan; tidak ada tindakan terhadap pelapor.",
        "en": "It goes to oversight; nothing is done against its author.",
    },
    "slander_person": {
        "id": "Pilihan ada pada orang yang dituduh; tidak ada rujukan.",
        "en": "The choice is the accused person's; there is no referral.",
    },
}
_RUDE: Final[Templates] = {
    "id": "Kata kasarnya ditujukan kepada lembaga atau jabatan. Ini ujaran yang dilindungi.",
    "en": "Its rude words are aimed at an institution or office. This is protected speech.",
}
_REVIEW: Final[Templates] = {
    "id": "Keputusan ada pada petugas, bukan pada program.",
    "en": "A person decides, not the program.",
}
_COPY: Final[Templates] = {
    "id": "Salinan dari kiriman yang sudah masuk lebih dahulu.",
    "en": "It is a copy of an earlier item.",
}
_UNCOVERED: Final[Templates] = {
    "id": "Bahasanya belum didukung; hasil ini perlu diperiksa.",
    "en": "Its language is not supported; this result needs a check.",
}
_CHECKED: Final[dict[Decision, Templates]] = {
    "confirm": {
        "id": "Klaim ini sudah diperiksa {publisher}: {verdict} ({id}).",
        "en": "{publisher} has checked this claim: {verdict} ({id}).",
    },
    "suggest": {
        "id": "Menyebut hal yang pernah diperiksa {publisher}: {verdict} ({id}); "
        "petugas memastikan apakah klaimnya sama.",
        "en": "Speaks of what {publisher} has checked: {verdict} ({id}); "
        "a person says whether it makes that claim.",
    },
}
_UNSURE: Final[Templates] = {
    "id": "Petunjuknya terlalu lemah; program tidak menentukan sikap.",
    "en": "The signs are too weak; the program abstains.",
}
_NOTHING: Final[Templates] = {
    "id": "Tidak ditemukan hal yang perlu ditangani.",
    "en": "Nothing was found that a desk should act on.",
}


def checked(claim: Claim, reader: ReaderLanguage) -> tuple[str]:
    """Which fact-check the item matches, who published it, and whether that is certain."""
    template = _CHECKED[claim.decision][reader]
    return (template.format(publisher=claim.publisher, verdict=claim.verdict, id=claim.claim_id),)


def reasons(
    lead: ActFinding,
    desk: Desk,
    state: State,
    *,
    covered: bool,
    is_copy: bool,
    reader: ReaderLanguage,
) -> tuple[str, ...]:
    """The reasons of one routing, the most telling first, none said twice."""
    said = [*_of_evidence(lead, reader)]
    if lead.act in _ACTS:
        said.append(_ACTS[lead.act][reader])
    if desk == "review":
        said.append(_REVIEW[reader])
    if not covered:
        said.append(_UNCOVERED[reader])
    elif state == "abstained":
        said.append(_UNSURE[reader])
    elif lead.act == "other":
        said.append(_NOTHING[reader])
    if is_copy:
        said.append(_COPY[reader])
    return tuple(dict.fromkeys(said))


def _of_evidence(finding: ActFinding, reader: ReaderLanguage) -> Iterator[str]:
    rules = rulebook().rules
    for evidence in finding.evidence:
        origin, _, name = evidence.by.partition(":")
        rule = rules.get(name.partition("@")[0])
        if origin == "rule" and rule is not None:
            reason = rule.reason.id if reader == "id" else rule.reason.en
            # Only abuse becomes another act: criticism, where power is its target.
            yield reason if rule.act == finding.act else _RUDE[reader]
        elif origin == "head" and finding.act in _MODEL:
            yield _MODEL[finding.act][reader]
