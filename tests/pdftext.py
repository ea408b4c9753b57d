"""The text of a PDF as a reader copies it: through the ToUnicode maps of its fonts."""

import re
import zlib

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_SHOWN = re.compile(rb"/F(\d+) [\d.]+ Tf|\[(.*?)\] TJ|\((.*?)(?<!\\)\) Tj", re.DOTALL)
_MAPPED = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4,})>")
_ESCAPED = re.compile(rb"\\([nrtbf()\\])")
_MEANT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pdf_text(pdf: bytes) -> str:
    """All texts of its pages, in the order in which they are drawn."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    fonts = {int(name): int(number) for name, number in re.findall(rb"/F(\d+) (\d+) 0 R", pdf)}
    maps = {}
    for name, number in fonts.items():
        found = re.search(rb"/ToUnicode (\d+) 0 R", objects[number])
        assert found is not None, "a font whose text cannot be copied"
        maps[name] = _map(_stream(objects[int(found[1])]))
    pages = (_stream(objects[int(one)]) for one in re.findall(rb"/Contents (\d+) 0 R", pdf))
    return "\n".join(_shown(body, maps) for body in pages)


def _stream(body: bytes) -> bytes:
    head, _, rest = body.partition(b"stream\n")
    held = rest.rpartition(b"\nendstream")[0]
    return zlib.decompress(held) if b"FlateDecode" in head else held


def _map(cmap: bytes) -> dict[int, str]:
    return {
        int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for code, text in _MAPPED.findall(cmap)
    }


def _shown(body: bytes, maps: dict[int, dict[int, str]]) -> str:
    lines, current = [], next(iter(maps.values()), {})
    for font, array, single in _SHOWN.findall(body):
        if font:
            current = maps.get(int(font), {})
            continue
        parts = re.findall(rb"\((.*?)(?<!\\)\)", array, re.DOTALL) if array else [single]
        raw = b"".join(_ESCAPED.sub(lambda m: _MEANT.get(m[1], m[1]), part) for part in parts)
        codes = (int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2))
        lines.append("".join(current.get(code, "") for code in codes))
    return "\n".join(lines)
