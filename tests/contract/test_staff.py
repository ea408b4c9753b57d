"""Accounts, links, sessions and passwords in the ledger, on both kinds of database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from workers.ledger import Ledger
from workers.ledger.credentials import (
    LINK_MS,
    change_password,
    first_admin,
    link_owner,
    log_in,
    make_link,
    use_link,
)
from workers.ledger.database import now_ms
from workers.ledger.desk_tables import ROLES, Role, audit, links, sessions, staff
from workers.ledger.sessions import (
    IDLE_MS,
    SESSION_MS,
    count_sessions,
    end_session,
    end_sessions,
    open_session,
    session,
)
from workers.ledger.staff import (
    Staff,
    Unfit,
    accounts,
    add_staff,
    disable,
    enable,
    find_staff,
    set_roles,
)
from workers.throttle import FREE_FAILURES

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD = "kopi susu tetangga jauh"
OTHER = "tiga becak di hujan"


def member(ledger: Ledger, login: str = "sri", *roles: Role) -> Staff:
    """Somebody who has chosen PASSWORD, and is not logged in."""
    made = add_staff(ledger, login, "Sri Wahyuni", roles or ("desk",))
    assert use_link(ledger, make_link(ledger, made.id), PASSWORD) is not None
    end_sessions(ledger, made.id)
    return made


def log(ledger: Ledger) -> list[tuple[str, str, str]]:
    with ledger.read() as connection:
        rows = connection.execute(
            select(audit.c.actor, audit.c.kind, audit.c.subject).order_by(audit.c.number)
        )
        return [(row.actor, row.kind, row.subject) for row in rows]


def everything(ledger: Ledger) -> str:
    """All that the tables of people and the log hold, as text."""
    with ledger.read() as connection:
        return repr(
            [connection.execute(select(one)).all() for one in (staff, links, sessions, audit)]
        )


def earlier(ledger: Ledger, **columns: int) -> None:
    """Put every session's times back by so many milliseconds."""
    with ledger.write() as connection:
        connection.execute(
            update(sessions).values({name: sessions.c[name] - by for name, by in columns.items()})
        )


def test_a_link_opens_the_account_once_and_the_password_then_does(ledger: Ledger) -> None:
    made = add_staff(ledger, " Sri.W ", "  Sri   Wahyuni ", ["desk", "reviewer"], "staff/boss")
    assert (made.login, made.name) == ("sri.w", "Sri Wahyuni")
    assert log_in(ledger, "sri.w", "") is None
    secret = make_link(ledger, made.id, "staff/boss")
    assert link_owner(ledger, secret) == made
    token = use_link(ledger, secret, PASSWORD)
    assert token is not None
    found = session(ledger, token)
    assert found is not None
    assert found.staff == made
    assert use_link(ledger, secret, OTHER) is None
    assert link_owner(ledger, secret) is None
    assert log_in(ledger, "SRI.W", PASSWORD) is not None
    assert log(ledger) == [
        ("staff/boss", "staff.added", made.id),
        ("program", "login.failed", made.id),
        ("staff/boss", "link.made", made.id),
        (made.id, "link.used", made.id),
        (made.id, "login", made.id),
    ]
    for kept_nowhere in (secret, token, PASSWORD):
        assert kept_nowhere not in everything(ledger)


def test_of_two_who_use_a_link_at_once_one_is_let_in(ledger: Ledger) -> None:
    secret = make_link(ledger, add_staff(ledger, "sri", "Sri", ["desk"]).id)
    with ThreadPoolExecutor(4) as pool:
        tokens = list(pool.map(lambda _: use_link(ledger, secret, PASSWORD), range(4)))
    assert sum(token is not None for token in tokens) == 1


def test_a_link_ends_after_a_day_and_with_the_next_one(ledger: Ledger) -> None:
    made = add_staff(ledger, "sri", "Sri", ["desk"])
    first = make_link(ledger, made.id)
    second = make_link(ledger, made.id)
    assert link_owner(ledger, first) is None
    with ledger.write() as connection:
        connection.execute(update(links).values(expires_at=links.c.expires_at - LINK_MS))
    assert link_owner(ledger, second) is None
    assert use_link(ledger, second, PASSWORD) is None


def test_a_new_link_ends_the_password_and_all_sessions(ledger: Ledger) -> None:
    made = member(ledger)
    token = log_in(ledger, "sri", PASSWORD)
    assert token is not None
    make_link(ledger, made.id)
    assert session(ledger, token) is None
    assert log_in(ledger, "sri", PASSWORD) is None


def test_the_first_admin_is_made_once_even_by_two_at_once(ledger: Ledger) -> None:
    with ThreadPoolExecutor(4) as pool:
        secrets = [one for one in pool.map(lambda _: first_admin(ledger), range(4)) if one]
    assert len(secrets) == 1
    owner = link_owner(ledger, secrets[0])
    assert owner is not None
    assert (owner.login, *owner.roles) == ("admin", "admin")
    assert first_admin(ledger) is None


def test_a_session_ends_after_twelve_hours(ledger: Ledger) -> None:
    token = open_session(ledger, member(ledger).id)
    earlier(ledger, created_at=SESSION_MS - 60_000, expires_at=SESSION_MS - 60_000)
    assert session(ledger, token) is not None
    earlier(ledger, created_at=60_000, expires_at=60_000)
    assert session(ledger, token) is None


def test_a_session_ends_after_an_hour_without_a_person(ledger: Ledger) -> None:
    token = open_session(ledger, member(ledger).id)
    earlier(ledger, seen_at=IDLE_MS - 60_000)
    assert session(ledger, token, active=False) is not None
    assert session(ledger, token) is not None, "somebody is there"
    earlier(ledger, seen_at=IDLE_MS - 60_000)
    assert session(ledger, token, active=False) is not None, "so it lasts an hour more"
    earlier(ledger, seen_at=60_000)
    assert session(ledger, token) is None


def test_sessions_that_are_over_are_forgotten(ledger: Ledger) -> None:
    made = member(ledger)
    open_session(ledger, made.id)
    earlier(ledger, seen_at=IDLE_MS)
    open_session(ledger, made.id)
    with ledger.read() as connection:
        assert len(connection.execute(select(sessions)).all()) == 1


def test_logging_out_ends_this_session_or_all(ledger: Ledger) -> None:
    made = member(ledger)
    here, there, elsewhere = (open_session(ledger, made.id) for _ in range(3))
    end_session(ledger, here, made.id)
    assert session(ledger, here) is None
    assert count_sessions(ledger, made.id) == 2
    other = open_session(ledger, member(ledger, "budi").id)
    end_sessions(ledger, made.id)
    assert session(ledger, there) is session(ledger, elsewhere) is None
    assert session(ledger, other) is not None


def test_another_password_ends_all_sessions_but_the_new_one(ledger: Ledger) -> None:
    made = member(ledger)
    old = open_session(ledger, made.id)
    assert change_password(ledger, made, "bukan yang lama", OTHER) is None
    assert session(ledger, old) is not None
    token = change_password(ledger, made, PASSWORD, OTHER)
    assert token is not None
    assert session(ledger, token) is not None
    assert session(ledger, old) is None
    assert log_in(ledger, "sri", PASSWORD) is None
    assert log_in(ledger, "sri", OTHER) is not None


def test_a_password_kept_with_older_parameters_is_kept_anew(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    member(ledger)
    monkeypatch.setattr("workers.passwords._HASHER", PasswordHasher(memory_cost=128))
    assert log_in(ledger, "sri", PASSWORD) is not None
    with ledger.read() as connection:
        kept = connection.scalar(select(staff.c.password))
    assert kept is not None
    assert "m=128" in kept
    assert log_in(ledger, "sri", PASSWORD) is not None


def test_failures_in_a_row_close_the_account_for_a_while(ledger: Ledger) -> None:
    made = member(ledger)
    for _ in range(FREE_FAILURES - 1):
        assert log_in(ledger, "sri", "salah") is None
    assert log_in(ledger, "sri", PASSWORD) is not None, "the count begins again"
    for _ in range(FREE_FAILURES):
        assert log_in(ledger, "sri", "salah") is None
    assert log_in(ledger, "sri", PASSWORD) is None, "closed"
    (account,) = accounts(ledger)
    assert account.locked_until_ms is not None
    assert 50_000 < account.locked_until_ms - now_ms() <= 60_000, "tries meanwhile do not count"
    with ledger.write() as connection:
        connection.execute(update(staff).values(locked_until=now_ms()))
    assert log_in(ledger, "sri", PASSWORD) is not None
    assert ("program", "login.failed", made.id) in log(ledger)


def test_tries_at_once_do_not_slip_past_the_lock(ledger: Ledger) -> None:
    member(ledger)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: log_in(ledger, "sri", "salah"), range(12)))
    (account,) = accounts(ledger)
    assert account.locked_until_ms is not None
    with ledger.read() as connection:
        assert connection.scalar(select(staff.c.failures)) == FREE_FAILURES


def test_a_new_link_opens_a_closed_account(ledger: Ledger) -> None:
    made = member(ledger)
    for _ in range(FREE_FAILURES):
        log_in(ledger, "sri", "salah")
    assert use_link(ledger, make_link(ledger, made.id), OTHER) is not None
    assert log_in(ledger, "sri", OTHER) is not None


def test_the_log_does_not_keep_what_was_typed_as_a_login(ledger: Ledger) -> None:
    assert log_in(ledger, "kata-sandi-di-kolom-salah", "x") is None
    assert log(ledger) == [("program", "login.failed", "unknown")]
    assert "kolom-salah" not in everything(ledger)


def test_who_is_disabled_is_out_at_once_and_comes_back_by_a_link(ledger: Ledger) -> None:
    member(ledger, "bos", "admin")
    made = member(ledger)
    token = open_session(ledger, made.id)
    secret = make_link(ledger, member(ledger, "budi").id)
    disable(ledger, made.id)
    disable(ledger, find_staff(ledger, "budi").id)
    assert session(ledger, token) is None
    assert log_in(ledger, "sri", PASSWORD) is None
    assert link_owner(ledger, secret) is None
    assert use_link(ledger, secret, PASSWORD) is None
    for act in (disable, make_link):
        with pytest.raises(Unfit, match="disabled"):
            act(ledger, made.id)
    enable(ledger, made.id)
    assert log_in(ledger, "sri", PASSWORD) is None, "the password is gone"
    assert use_link(ledger, make_link(ledger, made.id), OTHER) is not None


def test_other_roles_hold_in_a_running_session(ledger: Ledger) -> None:
    made = member(ledger, "sri", "desk")
    token = open_session(ledger, made.id)
    set_roles(ledger, made.id, ["viewer", "legal"], "staff/boss")
    found = session(ledger, token)
    assert found is not None
    assert found.staff.roles == {"viewer", "legal"}
    assert log(ledger)[-1] == ("staff/boss", "staff.roles", made.id)


@pytest.mark.parametrize("act", [disable, lambda ledger, who: set_roles(ledger, who, ["desk"])])
def test_the_last_admin_who_can_log_in_stays(
    ledger: Ledger, act: Callable[[Ledger, str], None]
) -> None:
    boss = member(ledger, "bos", "admin")
    second = add_staff(ledger, "dua", "Dua", ["admin"])
    with pytest.raises(Unfit, match="last admin"):
        act(ledger, boss.id)
    secret = make_link(ledger, second.id)
    with pytest.raises(Unfit, match="last admin"):
        act(ledger, boss.id)
    use_link(ledger, secret, PASSWORD)
    act(ledger, boss.id)
    with pytest.raises(Unfit, match="last admin"):
        act(ledger, second.id)


def test_two_admins_who_disable_each_other_at_once_leave_one(ledger: Ledger) -> None:
    both = [member(ledger, login, "admin").id for login in ("bos", "dua")]

    def put_out(who: str) -> bool:
        try:
            disable(ledger, who)
        except Unfit:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(put_out, both)) == [False, True]


@pytest.mark.parametrize(
    ("login", "name", "roles", "fault"),
    [
        ("s", "Sri", ("desk",), "login"),
        ("sri wahyuni", "Sri", ("desk",), "login"),
        ("<sri>", "Sri", ("desk",), "login"),
        ("sri\n", "", ("desk",), "name"),
        ("sri", "x" * 121, ("desk",), "name"),
        ("sri", "Sri", (), "roles"),
        ("sri", "Sri", ("raja",), "roles"),
        ("BUDI", "Budi lain", ("desk",), "taken"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    ledger: Ledger, login: str, name: str, roles: tuple[Role, ...], fault: str
) -> None:
    add_staff(ledger, "budi", "Budi", ["desk"])
    with pytest.raises(Unfit) as refused:
        add_staff(ledger, login, name, roles)
    assert refused.value.fault == fault
    assert [one.staff.login for one in accounts(ledger)] == ["budi"]


def test_logging_in_while_the_staff_changes_blocks_nobody(ledger: Ledger) -> None:
    made = member(ledger)

    def change(number: int) -> None:
        if number % 2:
            log_in(ledger, "sri", PASSWORD)
        else:
            set_roles(ledger, made.id, ["desk", "viewer"])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(24)))
    numbers = [kind for _, kind, _ in log(ledger)]
    assert numbers.count("login") == 12
    assert numbers.count("staff.roles") == 12


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["link", "use", "disable", "enable", "roles", "leave"]),
        st.integers(0, 2),
        st.sets(st.sampled_from(ROLES), max_size=2),
    ),
    max_size=12,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=_STEPS)
def test_whatever_is_done_an_admin_who_could_log_in_once_is_left(
    ledger: Ledger, steps: list[tuple[str, int, set[Role]]]
) -> None:
    """But for a link, which an admin may make for themselves: it brings them back."""
    with ledger.write() as connection:
        for table in (links, sessions, staff):
            connection.execute(table.delete())
    everybody = [add_staff(ledger, f"orang{n}", "Orang", ["admin"]) for n in range(3)]
    secrets = {one.id: make_link(ledger, one.id) for one in everybody}
    assert use_link(ledger, secrets.pop(everybody[0].id), PASSWORD) is not None
    for act, number, roles in steps:
        who = everybody[number].id
        try:
            _do(ledger, act, who, roles, secrets)
        except Unfit:
            continue
        admins = [one for one in accounts(ledger) if "admin" in one.staff.roles]
        assert any(one.disabled_at_ms is None for one in admins), (act, number)


def _do(ledger: Ledger, act: str, who: str, roles: set[Role], secrets: dict[str, str]) -> None:
    if act == "link":
        secrets[who] = make_link(ledger, who)
    elif act == "use" and who in secrets:
        use_link(ledger, secrets.pop(who), PASSWORD)
    elif act == "disable":
        disable(ledger, who)
    elif act == "enable":
        enable(ledger, who)
    elif act == "roles":
        set_roles(ledger, who, roles)
    elif act == "leave":
        end_sessions(ledger, who)
