"""Laws and regulations that a text cites, as `UU 11/2008 pasal 27 ayat 3`."""

import re
from collections.abc import Mapping
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SHORT_FORMS: Final[Mapping[str, str]] = {
    "undang-undang": "UU",
    "perpu": "Perppu",
    "peraturan pemerintah": "PP",
    "peraturan presiden": "Perpres",
    "peraturan daerah": "Perda",
    "peraturan gubernur": "Pergub",
    "peraturan bupati": "Perbup",
    "peraturan wali kota": "Perwali",
    "peraturan walikota": "Perwali",
    "perwako": "Perwali",
    "perwal": "Perwali",
    "surat edaran": "SE",
    "kuh perdata": "KUHPerdata",
    "kuhperdata": "KUHPerdata",
}
_ACRONYMS: Final = _words("uu pp se skb pojk pkpu kuhp kuhap uud ite tpks kip pdp tni kpk asn ham")
_TITLES: Final = (
    "ite|tpks|pers|cipta kerja|tipikor|narkotika|pemilu|pilkada|kip|pdp|tni|polri|kpk|desa|asn"
    "|minerba|ormas|kesehatan|sisdiknas|perlindungan anak|perlindungan konsumen|pornografi|ham"
    "|lalu lintas|penyiaran|kepolisian|kejaksaan|perkawinan|pelayanan publik"
)
_LAW: Final = re.compile(
    # A code of laws needs no number, nor does a law that is known by a title.
    r"(?:(?P<code>kuhp|kuhap|kuh ?perdata|uud)(?: (?P<year_of>1945))?"
    rf"|(?P<titled>uu|undang-undang) (?P<title>{_TITLES})"
    r"|(?P<head>undang-undang|uu|perppu|perpu|pp|perpres|keppres|inpres|pergub|perbup|perwali"
    r"|perwako|perwal|perda|qanun|skb|se|surat edaran|pojk|pkpu|perma|(?:permen|kepmen)\w{2,15}"
    r"|peraturan (?:pemerintah|presiden|daerah|gubernur|bupati|wali ?kota))"
    # "Peraturan Daerah Kabupaten Ogan Komering Ilir Nomor 4 Tahun 2020"
    r"(?:(?: \w{1,20}+){0,5}? (?:nomor|no\b\.?))? ?(?P<number>\d{1,3})"
    r"(?: ?/ ?| (?:tahun|thn|th\b\.?) ?)(?P<year>(?:19|20)\d\d))(?!\w)",
    re.IGNORECASE,
)
_ARTICLE: Final = re.compile(
    r"pasal (?P<article>\d{1,4}[a-z]?)(?!\w)(?: ?ayat ?\(?(?P<clause>\d{1,2}[a-z]?)(?!\w)\)?)?"
    r"(?: ?huruf (?P<letter>[a-z])(?!\w))?",
    re.IGNORECASE,
)
_OF: Final = re.compile(r",? (?:(?:dari|dalam|pada) )?", re.IGNORECASE)
BEGINS: Final = _words(
    "pasal uu uud undang pp se surat skb kuh kuhp kuhap kuhperdata qanun pojk pkpu perma peraturan"
    " perppu perpu perpres pergub perbup perwali perwako perwal perda keppres inpres"
)
"""Words, in lower case, at which a citation may begin; also those that begin so:"""
MINISTERIAL: Final = ("permen", "kepmen")


def law_at(text: str, start: int, word: str) -> tuple[int, str] | None:
    """The citation that begins at `start` with `word` (lower case): its end and its name.

    The name is normalised, the law before its articles: `UU 11/2008 pasal 27 ayat 3`.
    """
    if word not in BEGINS and not word.startswith(MINISTERIAL):
        return None
    first = _LAW.match(text, start) or _ARTICLE.match(text, start)
    if first is None:
        return None
    other = _ARTICLE if first.re is _LAW else _LAW
    of = _OF.match(text, first.end())
    second = other.match(text, of.end()) if of else None
    found = sorted(filter(None, (first, second)), key=lambda match: match.re is _ARTICLE)
    return (second or first).end(), " ".join(map(_name, found))


def _name(match: re.Match[str]) -> str:
    said = {key: value.lower() for key, value in match.groupdict().items() if value}
    if "article" in said:
        clause = f" ayat {said['clause']}" if "clause" in said else ""
        letter = f" huruf {said['letter']}" if "letter" in said else ""
        return f"pasal {said['article']}{clause}{letter}"
    if "code" in said:
        return " ".join(filter(None, (_cased(said["code"]), said.get("year_of"))))
    if "title" in said:
        return f"UU {_cased(said['title'])}"
    return f"{_cased(said['head'])} {said['number']}/{said['year']}"


def _cased(name: str) -> str:
    if name in _SHORT_FORMS:
        return _SHORT_FORMS[name]
    return name.upper() if name in _ACRONYMS else name.title()
