"""The intake under fuzz, as a process whose memory can be watched."""

from collections.abc import Callable

import psutil
import pytest


@pytest.fixture(scope="session")
def process_at() -> Callable[[str], psutil.Process]:
    """The child of this process that listens at a URL."""

    def find(url: str) -> psutil.Process:
        port = int(url.rpartition(":")[2])
        for child in psutil.Process().children():
            listening = {
                one.laddr.port for one in child.net_connections() if one.status == "LISTEN"
            }
            if port in listening:
                return child
        raise LookupError(f"no child listens at port {port}")

    return find
