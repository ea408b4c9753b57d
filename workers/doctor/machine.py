"""This machine: room on its disks, and who may read the files."""

import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from workers.account_key import LIFE_SECONDS
from workers.doctor.finding import Finding, good, graded

_SCARCE: Final = 2 * 2**30
_TOO_LITTLE: Final = 256 * 2**20
_DAY: Final = 86_400
_OVERCOMMIT: Final = Path("/proc/sys/vm/overcommit_memory")


def examine_disk(name: str, folder: Path) -> Finding:
    """Room for what grows in `folder`."""
    room = shutil.disk_usage(folder)
    level = graded(-room.free, -_SCARCE, -_TOO_LITTLE)
    remedy = "" if level == "good" else "make room: what is full answers 503 or 507"
    return Finding(
        name, level, f"{room.free / 2**30:.1f} GB free of {room.total / 2**30:.0f}", remedy
    )


def examine_files(data_dir: Path) -> Iterator[Finding]:
    """Whether others on this machine may read what is private."""
    open_to_all = sorted(
        path.relative_to(data_dir).as_posix() or "."
        for path in (data_dir, *data_dir.glob("*"), *data_dir.glob("keys/*"))
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077
    )
    # Where nobody may enter the folder, the modes within do not matter.
    if "." not in open_to_all:
        yield good("private files", f"{data_dir} is closed to others")
    else:
        yield Finding(
            "private files",
            "bad" if len(open_to_all) > 1 else "doubtful",
            f"others may read {', '.join(open_to_all)}",
            f"chmod -R go= {data_dir}",
        )
    foreign = [path.name for path in data_dir.glob("*") if path.stat().st_uid != os.geteuid()]
    if foreign:
        yield Finding(
            "owner of files",
            "doubtful",
            f"{', '.join(sorted(foreign))}: of another user",
            "run every command as the user of `saring up`",
        )


def examine_account_key(path: Path) -> Finding:
    """Whether the key that hashes handles is replaced in time; a stopped intake keeps its own."""
    if not path.exists():
        return good("account key", "none on this machine")
    age = time.time() - path.stat().st_mtime
    if age < LIFE_SECONDS + _DAY:
        return good("account key", f"{age / _DAY:.0f} days old")
    return Finding(
        "account key",
        "bad",
        f"{age / _DAY:.0f} days old: it should be gone",
        "start the intake, which replaces it, or remove the file",
    )


def examine_overcommit() -> Finding:
    """An embedded broker needs it to rewrite its file when memory is short."""
    if not _OVERCOMMIT.exists():
        return good("vm.overcommit_memory", "not of this system")
    held = _OVERCOMMIT.read_text().strip()
    if held == "1":
        return good("vm.overcommit_memory", held)
    return Finding(
        "vm.overcommit_memory",
        "doubtful",
        f"{held}: the broker may fail to rewrite its file",
        "sysctl vm.overcommit_memory=1",
    )
