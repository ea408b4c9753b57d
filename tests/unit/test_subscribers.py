"""The subscribers document: what it takes, what it refuses, and what it never shows."""

import json
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from workers.deliver.subscribers import MAX_SECRETS, Secret, Subscriber, Subscribers
from workers.secretfile import in_words
from workers.signatures import new_secret

DAY = 86_400.0


def subscriber(**changes: Any) -> Subscriber:
    fields: dict[str, Any] = {
        "name": "case-system",
        "url": "https://hooks.example/in?token=t0ps3cret",
        "desks": ("service", "answer"),
        "secrets": (Secret(value=SecretStr(new_secret())),),
    }
    return Subscriber(**{**fields, **changes})


def test_it_survives_its_file_and_shows_no_secret_elsewhere() -> None:
    one = subscriber()
    document = Subscribers(subscribers=(one,))
    written = document.model_dump_json()
    assert Subscribers.model_validate_json(written) == document
    (secret,) = one.signing(0)
    assert secret in written
    for shown in (repr(document), str(one), one.shown_url):
        assert secret not in shown
        assert "t0ps3cret" not in shown
    assert one.shown_url == "https://hooks.example/in?…"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": "Case System"}, "name"),
        ({"name": "a.b"}, "name"),
        ({"url": "http://hooks.example/"}, "--allow-private"),
        ({"url": "ftp://hooks.example/"}, "url"),
        ({"url": "unix:///run/x"}, "url"),
        ({"url": "hooks.example"}, "url"),
        ({"url": "https://user:s3same@hooks.example/"}, "user or password"),
        ({"url": "https://s3same@hooks.example/"}, "user or password"),
        ({"url": "https://hooks.example/#part"}, "fragment"),
        ({"desks": ()}, "desks"),
        ({"desks": ("kitchen",)}, "desks"),
        ({"secrets": ()}, "secrets"),
        ({"secrets": [{"value": "whsec_s3same!"}]}, "base64"),
        ({"secrets": [{"value": new_secret(), "ends_at": 5.0}]}, "ends_at"),
        ({"allow_privat": True}, "allow_privat"),
    ],
)
def test_what_is_refused_is_named_and_not_quoted(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        subscriber(**changes)
    assert says in in_words(refused.value)
    assert "s3same" not in str(refused.value)


def test_http_is_for_the_own_network_and_odd_hosts_are_written_plainly() -> None:
    assert subscriber(url="http://10.0.0.7/in", allow_private=True).url == "http://10.0.0.7/in"
    assert subscriber(url="https://0x7f.1").url == "https://127.0.0.1/"
    assert subscriber(url="https://bücher.example/ü").url == "https://xn--bcher-kva.example/%C3%BC"


def test_a_rotation_signs_with_both_until_the_old_one_ends() -> None:
    first = subscriber()
    (old,) = first.signing(1000.0)
    new = new_secret()
    rotated = first.rotated(new, now=1000.0, overlap=DAY)
    assert rotated.signing(1000.0) == [new, old]
    assert rotated.signing(1000.0 + DAY - 1) == [new, old]
    assert rotated.signing(1000.0 + DAY) == [new]


def test_a_rotation_without_overlap_forgets_the_old_secrets() -> None:
    leaked = subscriber().rotated(new_secret(), now=1000.0, overlap=DAY)
    new = new_secret()
    rotated = leaked.rotated(new, now=1001.0, overlap=0.0)
    assert [one.value.get_secret_value() for one in rotated.secrets] == [new]


def test_an_overlap_is_never_made_longer_and_ended_secrets_are_forgotten() -> None:
    one = subscriber()
    for day in range(20):
        one = one.rotated(new_secret(), now=day * DAY, overlap=1.5 * DAY)
    assert len(one.secrets) == 3
    assert [secret.ends_at for secret in one.secrets] == [None, 20.5 * DAY, 19.5 * DAY]


def test_too_many_rotations_at_once_are_refused() -> None:
    one = subscriber()
    for _ in range(MAX_SECRETS - 1):
        one = one.rotated(new_secret(), now=0.0, overlap=DAY)
    with pytest.raises(ValueError, match="--overlap 0s"):
        one.rotated(new_secret(), now=0.0, overlap=DAY)


def test_adding_changing_and_removing() -> None:
    one, other = subscriber(), subscriber(name="press", disabled=True)
    document = Subscribers().added(one).added(other)
    assert document.find("press") == other
    assert set(document.subscriptions()) == {"case-system", "press"}
    assert not document.changed(other.but(disabled=False)).find("press").disabled
    assert document.removed("press") == Subscribers(subscribers=(one,))
    for wrong in (document.find, document.removed):
        with pytest.raises(ValueError, match="no subscriber nobody"):
            wrong("nobody")
    with pytest.raises(ValueError, match="exists"):
        document.added(subscriber(url="https://other.example/"))
    with pytest.raises(ValidationError, match="twice"):
        Subscribers.model_validate_json(
            json.dumps({"subscribers": [json.loads(one.model_dump_json())] * 2})
        )
