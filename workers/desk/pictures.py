"""Cards as files: SVG with its letters as outlines, and PNG of the very same outlines."""

import io
import re
from html import escape
from threading import Lock
from typing import Final

from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D

from workers.desk.card import Card
from workers.desk.typesetting import Shape

_DOTS: Final = 100
_COMMANDS: Final = {
    Outline.MOVETO: "M",
    Outline.LINETO: "L",
    Outline.CURVE3: "Q",
    Outline.CURVE4: "C",
}
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_drawing: Final = Lock()
"""matplotlib's renderer is not meant for two threads at once."""


def to_svg(card: Card) -> bytes:
    """The card as SVG that needs no font and runs nothing; `alt` is its description."""
    paths = "\n".join(
        f'<path fill="{shape.fill}" d="{_commands(shape.outline)}"/>' for shape in card.shapes
    )
    size = f'width="{card.width}" height="{card.height}" viewBox="0 0 {card.width} {card.height}"'
    alt = escape(_NOT_XML.sub("", card.alt))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="alt">\n'
        f'<title id="alt">{alt}</title>\n{paths}\n</svg>\n'
    ).encode()


def to_png(card: Card) -> bytes:
    """The card as PNG; `alt` is in its metadata."""
    upright = Affine2D().scale(1, -1).translate(0, card.height)
    figure = Figure(figsize=(card.width / _DOTS, card.height / _DOTS), dpi=_DOTS)
    for shape in card.shapes:
        figure.add_artist(_patch(shape, upright))
    out = io.BytesIO()
    with _drawing:
        figure.savefig(out, format="png", metadata={"Description": card.alt})
    return out.getvalue()


def _patch(shape: Shape, upright: Affine2D) -> PathPatch:
    patch = PathPatch(shape.outline, facecolor=shape.fill, linewidth=0)
    patch.set_transform(upright)
    return patch


def _commands(outline: Outline) -> str:
    """The outline in the language of SVG."""
    written = []
    for points, code in outline.iter_segments(simplify=False, curves=True):
        if code == Outline.CLOSEPOLY:
            written.append("Z")
        else:
            written.append(_COMMANDS[code] + " ".join(f"{point:.1f}" for point in points))
    return "".join(written)
