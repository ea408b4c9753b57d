"""The key of account hashes: kept, private, replaced after 30 days."""

import stat
from pathlib import Path

from workers.account_key import LIFE_SECONDS, AccountKey


def test_two_intakes_share_a_key(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "account.json"
    assert AccountKey(path).current(now=0.0) == AccountKey(path).current(now=1.0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_after_thirty_days_the_key_is_new_and_the_old_one_gone(tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    key = AccountKey(path)
    old = key.current(now=0.0)
    assert key.current(now=LIFE_SECONDS - 1.0) == old
    new = key.current(now=float(LIFE_SECONDS))
    assert new != old
    assert old.hex() not in path.read_text()
    assert AccountKey(path).current(now=LIFE_SECONDS + 1.0) == new
