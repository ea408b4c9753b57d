"""The one look of all plots, and a plot as SVG that any page may hold.

Colours are those of the desk's base.css on its light ground; what they tell is always written
beside them too, so nothing hangs on telling them apart.
"""

import io
import re
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tasks.words import Desk

INK: Final = "#16202b"
SOFT: Final = "#55616e"
LINE: Final = "#d6dce3"
ACCENT: Final = "#0a5c5a"
LIGHT: Final = "#9cc9c6"
DANGER: Final = "#a3191f"
DESK_COLOURS: Final[dict[Desk, str]] = {
    "review": DANGER,
    "clarify": "#b25e00",
    "oversight": "#6a3d8f",
    "service": "#0b5394",
    "answer": ACCENT,
    "amplify": "#1b6b34",
    "none": "#7b8794",
}
WIDTH: Final = 7.2
"""Inches: the text width of a page of the report."""
_ALONE: Final = threading.Lock()
"""The style is one for the process: two threads of the desk must not draw at once."""
_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_STYLE: Final[dict[Any, Any]] = {  # its keys are a Literal of 320 names
    "svg.fonttype": "path",  # the same on every machine; the words are in the table beside it
    "svg.hashsalt": "saring",  # the same bytes for the same figures
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "axes.edgecolor": LINE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "xtick.color": SOFT,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
}


@contextmanager
def drawing(name: str, height: float, result: list[str]) -> Iterator[Figure]:
    """A figure to draw on, `height` inches high; its SVG is added to `result` at the end."""
    with _ALONE, rc_context(_STYLE):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        yield figure
        held = io.BytesIO()
        figure.savefig(held, format="svg", metadata={"Date": None, "Creator": None})
    result.append(_plain(held.getvalue(), name))


def rows_of(axes: Axes, labels: list[str]) -> None:
    """Name the rows of a plot from the top down."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)


def _plain(svg: bytes, name: str) -> str:
    """An SVG without style sheets, which a page with a strict policy would not apply, and whose
    ids no other plot of the page has."""
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    root = ET.fromstring(svg)  # noqa: S314 - matplotlib wrote it
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
        _inlined(parent, name)
    root.set("stroke-linejoin", "round")
    root.attrib.pop("height")
    root.attrib.pop("width")
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    return ET.tostring(root, encoding="unicode")


def _inlined(element: ET.Element, name: str) -> None:
    for declaration in element.attrib.pop("style", "").split(";"):
        key, _, value = declaration.partition(":")
        if value:
            element.set(key.strip(), value.strip())
    for key, value in list(element.attrib.items()):
        if key == "id":
            element.set(key, f"{name}_{value}")
        elif key.endswith("href"):
            element.set(key, f"#{name}_{value.removeprefix('#')}")
        else:
            element.set(key, re.sub(r"url\(#", f"url(#{name}_", value))
