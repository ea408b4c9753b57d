"""What the fault suite tells a part to do to itself, and where it is told more as it runs."""

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

VARIABLE: Final = "FAULTS"
"""The environment variable that holds Orders in JSON."""


class Orders(BaseModel):
    """Given to a part when it starts."""

    model_config = ConfigDict(frozen=True)

    folder: Path
    """Where failpoints are armed and switches lie, as files."""
    removed: tuple[str, ...] = ()
    """Protections to take away (names in `removed.PROTECTIONS`)."""
    visibility_seconds: int = 6
    """After this long the broker gives an unacknowledged message out again."""
    stage_seconds: int = 20
    """The soft time limit of a stage; the hard one is 3 s longer."""
    future: Literal["", "task", "fields"] = ""
    """It sends what only newer code knows: a task of another name, or fields that are new."""


class Arms:
    """Failpoints and switches: files in one folder, so that they reach processes that run."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder

    def arm(self, point: str, *, whole: bool = False) -> None:
        """Let the next process that comes to `point` die there; `whole`: its parent too."""
        (self.folder / f"point-{point}").write_text("whole" if whole else "child")

    def came(self, point: str) -> bool:
        """Whether a process died or hung there since it was armed or turned on."""
        return (self.folder / f"died-{point}").exists()

    def pass_by(self, point: str) -> None:
        """Called by the process at `point`: it dies if that is armed. One of many does."""
        with contextlib.suppress(FileNotFoundError):
            armed, died = self.folder / f"point-{point}", self.folder / f"died-{point}"
            armed.rename(died)
            if died.read_text() == "whole":
                os.kill(os.getppid(), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)

    def take(self, point: str) -> bool:
        """Whether the caller is the first to come to `point` since it was turned on."""
        try:
            (self.folder / f"died-{point}").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def turn(self, switch: str, value: str = "on") -> None:
        """Turn a switch on, with a value."""
        (self.folder / f"died-{switch}").unlink(missing_ok=True)
        new = self.folder / f".{switch}"
        new.write_text(value)
        new.rename(self.folder / f"switch-{switch}")

    def turn_off(self, switch: str) -> None:
        """Turn it off again."""
        (self.folder / f"switch-{switch}").unlink(missing_ok=True)

    def turned(self, switch: str) -> str | None:
        """The value of a switch; None: it is off."""
        try:
            return (self.folder / f"switch-{switch}").read_text()
        except FileNotFoundError:
            return None

    def wait_while(self, switch: str) -> None:
        """Called by a process that is to hang there as long as the switch is on."""
        if self.turned(switch) is not None:
            (self.folder / f"died-{switch}").touch()
        while self.turned(switch) is not None:
            time.sleep(0.02)  # between two looks
