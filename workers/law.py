"""The legal thresholds in force today: of the file in the settings, or the one in the box."""

from datetime import datetime, timedelta, timezone
from typing import Final

from tasks.thresholds import InForce, read_thresholds
from workers.settings import Settings

_WIB: Final = timezone(timedelta(hours=7))


def law_in_force(settings: Settings) -> InForce:
    """What holds today in West Indonesia; read anew each time, since people edit the file.

    Raises ValueError that names the file, or the row and field, that is wrong.
    """
    path = settings.thresholds_path
    try:
        return read_thresholds(path).in_force(datetime.now(_WIB).date())
    except OSError as error:
        raise ValueError(f"SARING_THRESHOLDS_FILE: {path}: {error.strerror}") from None
