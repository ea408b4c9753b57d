"""Personal data as Indonesians write it, as patterns over folded text (tasks.characters.fold).

Where a pattern has a group `hide`, only that group is personal; the rest is its context.
Every repetition is bounded or possessive, so that no text takes more than linear time.
"""

from typing import Final

LONG_NUMBER: Final = r"\d(?:[ .\-()]{0,3}\d){7}"
"""What every number of a person holds: eight digits close together."""

_AT: Final = r"(?:@|&#0{0,5}64;|&#x0{0,5}40;|&commat;)"
_TAGS: Final = r"(?:<[^<>]{0,200}>){0,3}"
_AMOUNT: Final = r"(?:rp\.?)?\d{1,7}(?:[.,]\d{3})*(?:rb|ribu|jt|juta|k|kg|pcs|org|orang)?(?![\w])"

EMAIL: Final = rf"(?<![\w.+@-])\w[\w.+-]*+{_AT}\w[\w-]*+(?:\.\w[\w-]*+)++"
# "@50rb" is a price. A name may be wrapped in tags: Mastodon sends @<span>name</span>.
_NAME: Final = r"(?:\w{2,}+|\w(?=[.-]\w))(?:[.-]\w++)*+"
MENTION: Final = rf"{_AT}{_TAGS}(?!{_AMOUNT}){_NAME}(?:@{_NAME})?"


def _spread(*digits: str) -> str:
    """The digit classes one after another, with at most one sign between each."""
    return r"[ .\-]?".join(digits)


# Province, regency, district; day (plus 40 for women), month, year; serial number.
_PROVINCE: Final = "(?:{})".format(
    "|".join(
        _spread(tens, ones)
        for tens, ones in (
            ("1", "[1-9]"),
            ("2", "[01]"),
            ("3", "[1-6]"),
            ("5", "[1-3]"),
            ("6", "[1-5]"),
            ("7", "[1-6]"),
            ("8", "[12]"),
            ("9", "[1-7]"),
        )
    )
)
_DAY: Final = "(?:{}|{}|{})".format(
    _spread("[04]", "[1-9]"), _spread("[1256]", r"\d"), _spread("[37]", "[01]")
)
_MONTH: Final = "(?:{}|{})".format(_spread("0", "[1-9]"), _spread("1", "[0-2]"))
NIK: Final = r"(?<!\d){}(?!\d)".format(
    _spread(_PROVINCE, *[r"\d"] * 4, _DAY, _MONTH, *[r"\d"] * 6),
)
NAMED_NIK: Final = r"\b(?:nik|kk|ktp)\b[ .:=]{0,3}(?P<hide>" + _spread(*[r"\d"] * 16) + r")(?!\d)"

_SEP: Final = r"(?: ?- ?|[ .])"
_GROUPS: Final = "|".join(
    rf"{groups}(?!\d)"
    for groups in (
        r"\d{6,11}",  # 081234567890
        rf"\d{{1,2}}{_SEP}\d{{5,8}}",  # 0812-34567890
        rf"\d{{0,2}}(?:{_SEP}\d{{3}}){{3}}",  # 0812 345 678 901
        rf"\d{{0,2}}(?:{_SEP}\d{{3}}){{2}}{_SEP}\d{{2}}",
        rf"\d{{0,2}}(?:{_SEP}\d{{2}}){{3,5}}",  # 0812 34 56 78 90
        rf"\d{{0,2}}(?:{_SEP}\d{{3,5}}){{2}}",  # 0812-3456-7890
        rf"\d{{0,2}}{_SEP}\d{{3,5}}{_SEP}\d{{2}}",
    )
)
# Neither the middle of a number, nor of one in groups (1.085.123.456), nor a sum of money.
_NOT_AN_AMOUNT: Final = (
    r"(?:(?=[+(])|(?<!\d)(?<!(?<!\d)\d\.)(?<!(?<!\d)\d\d\.)(?<!(?<!\d)\d\d\d\.))"
    r"(?<!rp)(?<!rp[ .])(?<!rp\. )"
)
_NOT_GROUPED: Final = r"(?!\+?[1-9]\d{0,2}(?:\.\d{3})+(?![\d.\-]))"  # 62.812.345.678
_MOBILE: Final = (
    r"(?:(?:\(?\+62\)?|\(?0062\)?|62)[ .\-]{0,2}(?:\(0\)|0)?|\(0\)|0)[ .\-]{0,2}8"
    rf"(?:[1-9](?:{_GROUPS})|(?:[ .\-]\d){{8,11}}(?!\d))"  # the second: 0 8 1 2 ...
)
_LANDLINE: Final = (
    r"(?:\(0[2-79]\d{1,2}\)|0[2-79]\d{1,2})[ .\-]{0,2}"
    rf"(?:\d{{6,8}}|\d{{3,4}}{_SEP}\d{{3,4}}|\d{{2}}(?:{_SEP}\d{{2}}){{2,3}})(?!\d)"
)
_ABROAD: Final = r"\(?\+\d{1,3}\)?(?:[ .\-()]{0,2}\d){7,12}(?!\d)"
PHONE: Final = f"{_NOT_AN_AMOUNT}{_NOT_GROUPED}(?:{_MOBILE}|{_LANDLINE}|{_ABROAD})"
NAMED_PHONE: Final = (
    r"\b(?:wa|whatsapp|hp|telp|tlp|telepon|hub|hubungi|kontak|cp|call)\b[ .:=]{0,3}"
    rf"(?P<hide>8[1-9](?:{_GROUPS}))"
)
WHOLE_PHONE: Final = r"(?:\+|%2b)?(?:62|0)8[1-9]\d{7,11}"
"""A phone number that fills a whole segment of a URL (ten digits: nine may be a time)."""

_NUMBER: Final = (
    r"(?P<hide>(?!\d{1,3}(?:\.\d{3})+(?!\d))"
    r"(?:\d{8,18}|\d{2,6}(?:[ .]\d{2,6}|-\d{1,6}){2,5})(?!\d))"
)
_WORDS: Final = r"(?:(?!rp\b)[a-z/().]{2,12}+[ .:=]{1,3}){0,3}?"
ACCOUNT: Final = rf"\b(?:rek|rekening|norek|va|virtual account)\b[ .:=]{{0,3}}{_WORDS}{_NUMBER}"
_BANKS: Final = (
    "bca|bri|bni|btn|bsi|mandiri|cimb|cimb niaga|permata|danamon|muamalat|sumselbabel|seabank|jago"
)
BANK_ACCOUNT: Final = (
    rf"\b(?:{_BANKS})\b[ .:=]{{0,3}}(?:no(?:mor)?\b[ .:]{{0,3}})?"
    r"(?P<hide>\d{10,16}(?!\d)|\d{3,4}(?:-\d{1,7}){2,5}(?!\d))"
)
WALLET: Final = (
    r"\b(?:dana|ovo|go-?pay|shopeepay|link ?aja)\b[ .:=]{0,3}(?:(?:ke|no|nomor)\b[ .:]{0,3})?"
    rf"(?P<hide>(?:\+?62|0)[ .\-]?8[1-9](?:{_GROUPS}))"
)
