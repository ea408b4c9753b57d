"""`saring staff`, as a process."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.running import SARING, clean_environment
from workers.ledger import Ledger, open_ledger
from workers.ledger.credentials import link_owner
from workers.ledger.staff import find_staff


def saring(ledger: Ledger, *arguments: str, desk: str = "") -> subprocess.CompletedProcess[str]:
    """Run `saring staff` on this ledger."""
    url = ledger.engine.url.render_as_string(hide_password=False)
    environment = clean_environment(SARING_LEDGER_URL=url, SARING_DATA_DIR="/nonexistent")
    if desk:
        environment["SARING_DESK_URL"] = desk
    return subprocess.run(
        [*SARING, "staff", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def owner(ledger: Ledger, printed: str, base: str = "http://127.0.0.1:8800") -> str:
    """Whose link was printed, alone on its line."""
    address, _, secret = printed.strip().partition("#")
    assert address == f"{base}/link"
    found = link_owner(ledger, secret)
    assert found is not None
    return found.login


def test_staff_are_added_listed_changed_and_put_out(ledger: Ledger) -> None:
    given = ("add", "sri", "--name", "Sri Wahyuni", "--role", "desk", "--role", "reviewer")
    added = saring(ledger, *given, desk="https://meja.example.go.id/")
    assert added.returncode == 0, added.stderr
    assert owner(ledger, added.stdout, "https://meja.example.go.id") == "sri"
    (listed,) = json.loads(saring(ledger, "list", "--json").stdout)
    assert (listed["login"], listed["roles"]) == ("sri", "desk reviewer")
    assert listed["state"].startswith("link until")
    assert "Sri Wahyuni" in saring(ledger, "list").stdout
    assert saring(ledger, "roles", "sri", "--role", "legal").returncode == 0
    assert find_staff(ledger, "sri").roles == {"legal"}
    assert saring(ledger, "disable", "sri").returncode == 0
    assert "disabled since" in saring(ledger, "list").stdout
    assert owner(ledger, saring(ledger, "enable", "sri").stdout) == "sri"
    assert owner(ledger, saring(ledger, "link", "SRI").stdout) == "sri"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("link", "siapa"), "no member of staff has this login"),
        (("add", "sri", "--name", "Sri", "--role", "raja"), "at least one of viewer, desk"),
        (("add", "Sri Wahyuni", "--name", "Sri", "--role", "desk"), "login: 2 to 64 of a-z"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    ledger.migrate()
    done = saring(ledger, *arguments)
    assert done.returncode == 1
    assert says in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    ledger.engine.dispose()
