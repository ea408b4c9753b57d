"""The file that a command reads."""

import sys
from pathlib import Path
from typing import BinaryIO


def open_lines(file: Path) -> BinaryIO:
    """The file, or standard input for `-`. Raises OSError."""
    return sys.stdin.buffer if str(file) == "-" else file.open("rb")
