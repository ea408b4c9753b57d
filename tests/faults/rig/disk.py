"""A small disk of a site's own, so that it can be filled."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def may_mount() -> bool:
    """Whether this process may mount a disk: it is root, and no sandbox forbids it."""
    try:
        with own_disk(1):
            return True
    except (PermissionError, subprocess.CalledProcessError):
        return False


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found is not None
    return found


@contextmanager
def own_disk(megabytes: int) -> Iterator[Path]:
    """A folder on a disk of that size, open to all users (PostgreSQL is another one).

    Raises PermissionError when not run as root, CalledProcessError where mounting is forbidden.
    """
    if os.geteuid() != 0:
        raise PermissionError("only root may mount a disk")
    folder = Path(tempfile.mkdtemp(prefix="saring-disk-"))
    folder.chmod(0o777)
    mount = [
        _program("mount"),
        "-t",
        "tmpfs",
        "-o",
        f"size={megabytes}m,mode=1777",
        "tmpfs",
        str(folder),
    ]
    try:
        subprocess.run(mount, check=True, capture_output=True)
        try:
            yield folder
        finally:
            # Lazily: a process that is just ending may still have a file open.
            subprocess.run([_program("umount"), "--lazy", str(folder)], check=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
