"""Who may enter: tokens, signatures, and everything that is neither."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.datastructures import Headers

from workers.intake.authority import OPERATOR, Authority, Caller
from workers.intake.problems import BadRequest
from workers.secretfile import SecretFile
from workers.signatures import new_secret, sign
from workers.sources import Credential, Source, Sources, token_credential

NOW = 1_790_000_000.0
BODY = b'{"id": "1"}'
OPERATORS = "operator's own ké"
# Fixed ones, so that the tests have the same names in every run.
SECRET, OLD_SECRET = ("whsec_" + letter * 43 for letter in "AE")
TOKEN, OLD_TOKEN, OFF_TOKEN = f"tok.en.{'a' * 43}", f"tok.en.{'b' * 43}", f"off-t.{'c' * 43}"
SOURCES = Sources(
    sources=(
        Source(
            name="sig",
            secrets=(
                Credential(value=SecretStr(OLD_SECRET), ends_at=NOW + 10),
                Credential(value=SecretStr(SECRET)),
            ),
        ),
        Source(
            name="tok.en",
            may_push_as=("media-*",),
            tokens=(
                token_credential(OLD_TOKEN).model_copy(update={"ends_at": NOW + 10}),
                token_credential(TOKEN),
            ),
        ),
        Source(name="ended", secrets=(Credential(value=SecretStr(OLD_SECRET), ends_at=NOW - 1),)),
        Source(name="off-s", disabled=True, secrets=(Credential(value=SecretStr(SECRET)),)),
        Source(name="off-t", disabled=True, tokens=(token_credential(OFF_TOKEN),)),
    )
)


def authority_of(sources: str | None, operator: str | None = OPERATORS) -> Authority:
    document = None if sources is None else SecretStr(sources)
    file = SecretFile(Path("nowhere/sources.json"), document, Sources, "SARING_SOURCES")
    return Authority(file, None if operator is None else SecretStr(operator))


AUTHORITY = authority_of(SOURCES.model_dump_json())


def headers(*pairs: tuple[str, str | bytes]) -> Headers:
    """Headers as a server hands them over: bytes."""
    return Headers(
        raw=[
            (name.encode(), value if isinstance(value, bytes) else value.encode("latin-1"))
            for name, value in pairs
        ]
    )


def bearer(token: str, *more: tuple[str, str | bytes]) -> Headers:
    return headers(("authorization", b"Bearer " + token.encode()), *more)


def signed(
    secret: str = SECRET,
    *more: tuple[str, str | bytes],
    message_id: str = "msg-1",
    at: float = NOW,
    body: bytes = BODY,
) -> Headers:
    return headers(
        ("webhook-id", message_id),
        ("webhook-timestamp", str(int(at))),
        ("webhook-signature", sign([secret], message_id, int(at), body)),
        *more,
    )


def refusal(
    sent: Headers, source: str | None = None, authority: Authority = AUTHORITY, now: float = NOW
) -> tuple[str, str]:
    """Kind and detail of the refusal, before the body or after it."""
    with pytest.raises(BadRequest) as caught:
        authority.authorise(sent, source, now).check(BODY, now)
    return caught.value.kind, caught.value.detail


def enter(sent: Headers, source: str | None = None, now: float = NOW) -> Caller:
    caller = AUTHORITY.authorise(sent, source, now)
    caller.check(BODY, now)
    return caller


# Bearer tokens.


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  "])
def test_the_operator_may_do_everything(scheme: str) -> None:
    caller = enter(headers(("authorization", scheme.encode() + OPERATORS.encode())))
    assert (caller.name, caller.source) == (OPERATOR, None)
    assert caller.may_push_as("any")
    assert caller.may_read("any")


@pytest.mark.parametrize("token", [TOKEN, OLD_TOKEN])
def test_a_token_opens_what_its_source_may_do(token: str) -> None:
    caller = enter(bearer(token))
    assert caller.name == "tok.en"
    assert caller.source is not None
    for allows in (caller.may_push_as, caller.may_read):
        assert allows("media-jabar")
        assert not allows("tok.en")


def test_a_source_that_may_not_read_may_still_push() -> None:
    [*_, one] = [source for source in SOURCES.sources if source.name == "tok.en"]
    caller = Caller("tok.en", one.model_copy(update={"may_read": False}), None)
    assert caller.may_push_as("media-jabar")
    assert not caller.may_read("media-jabar")


def test_an_old_token_ends() -> None:
    assert refusal(bearer(OLD_TOKEN), now=NOW + 10)[0] == "unauthorised"


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "tok.en",
        "tok.en.",
        TOKEN[:-1],
        TOKEN + "x",
        "sig." + TOKEN.rpartition(".")[2],
        "nobody." + TOKEN.rpartition(".")[2],
        TOKEN.upper(),
        SOURCES.sources[1].tokens[1].value.get_secret_value(),
        OPERATORS + ".",
        OPERATORS[:-1],
        "é😀",
    ],
)
def test_any_other_token_is_refused_alike(token: str) -> None:
    kind, detail = refusal(bearer(token))
    assert kind == "unauthorised"
    assert detail == refusal(bearer("x"))[1]


@pytest.mark.parametrize(
    "sent", [(), (("authorization", TOKEN),), (("authorization", f"Basic {TOKEN}"),)]
)
def test_without_a_bearer_token_there_is_no_entry(sent: tuple[tuple[str, str], ...]) -> None:
    kind, detail = refusal(headers(*sent))
    assert kind == "unauthorised"
    assert "Bearer <token>" in detail


def test_a_disabled_source_hears_so_only_with_its_token() -> None:
    assert refusal(bearer(OFF_TOKEN)) == ("not_allowed", "the source off-t is disabled")
    assert refusal(bearer("off-t.x"))[0] == "unauthorised"


@pytest.mark.parametrize("operator", [None, ""])
def test_with_nothing_configured_nobody_enters(operator: str | None) -> None:
    shut = authority_of(None, operator)
    for sent in (headers(), bearer(""), bearer(TOKEN), headers(("authorization", "Bearer"))):
        assert refusal(sent, None, shut)[0] == "unauthorised"
    assert refusal(signed(), "sig", shut)[0] == "bad_signature"


def test_a_broken_document_shuts_out_the_sources_but_not_the_operator() -> None:
    broken = authority_of("{")
    assert broken.authorise(bearer(OPERATORS), None, NOW).name == OPERATOR
    for sent in (bearer(TOKEN), signed()):
        with pytest.raises(ValueError, match="SARING_SOURCES"):
            broken.authorise(sent, "sig", NOW)


# Signatures.


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_a_signature_opens_what_its_source_may_do(secret: str) -> None:
    caller = enter(signed(secret), "sig")
    assert (caller.name, caller.key) == ("sig", "msg-1")
    assert caller.may_push_as("sig")
    assert not caller.may_push_as("tok.en")


def test_an_old_secret_ends() -> None:
    assert refusal(signed(OLD_SECRET), "sig", now=NOW + 10)[0] == "bad_signature"


@pytest.mark.parametrize("source", ["unknown", "nobody", "", "é\ud800", "tok.en", "ended", "off-s"])
def test_a_wrong_signature_and_a_wrong_source_are_refused_alike(source: str) -> None:
    forged = signed(new_secret())
    assert refusal(forged, source) == refusal(forged, "sig")
    assert refusal(forged, source)[0] == "bad_signature"
    AUTHORITY.authorise(forged, source, NOW)  # not before the body is there


@pytest.mark.parametrize("source", ["unknown", "tok.en", "ended"])
def test_who_has_no_secret_costs_the_same_work(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = []

    def verify(known: tuple[str, ...], *_: object) -> None:
        secrets.append(known)

    caller = AUTHORITY.authorise(signed(OLD_SECRET), source, NOW)
    monkeypatch.setattr("workers.intake.authority.verify", verify)
    caller.check(BODY, NOW)
    [[dummy]] = secrets
    assert dummy not in (SECRET, OLD_SECRET)


def test_an_altered_body_does_not_fit() -> None:
    caller = AUTHORITY.authorise(signed(), "sig", NOW)
    with pytest.raises(BadRequest) as caught:
        caller.check(BODY + b" ", NOW)
    assert caught.value.kind == "bad_signature"


def test_a_signed_request_must_name_its_source() -> None:
    kind, detail = refusal(signed())
    assert kind == "unauthorised"
    assert "?source=" in detail


@pytest.mark.parametrize("source", ["sig", "unknown", "off-s"])
@pytest.mark.parametrize("at", [NOW - 301, NOW + 301])
def test_expired_is_said_before_the_body_is_read(source: str, at: float) -> None:
    with pytest.raises(BadRequest) as caught:
        AUTHORITY.authorise(signed(at=at), source, NOW)
    assert caught.value.kind == "expired_signature"


def test_a_signature_may_expire_while_the_body_is_read() -> None:
    caller = AUTHORITY.authorise(signed(at=NOW - 299), "sig", NOW)
    with pytest.raises(BadRequest) as caught:
        caller.check(BODY, NOW + 5)
    assert caught.value.kind == "expired_signature"


def test_a_disabled_source_hears_so_only_with_its_signature() -> None:
    assert refusal(signed(), "off-s") == ("not_allowed", "the source off-s is disabled")


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp"])
def test_a_signature_without_id_or_time_is_bad(missing: str) -> None:
    sent = headers(*[pair for pair in signed().items() if pair[0] != missing])
    kind, detail = refusal(sent, "sig")
    assert kind == "bad_signature"
    assert missing in detail


@pytest.mark.parametrize("token", [OPERATORS, TOKEN])
def test_a_bad_signature_is_not_mended_by_a_good_token(token: str) -> None:
    authorization = ("authorization", b"Bearer " + token.encode())
    assert refusal(signed(new_secret(), authorization), "sig")[0] == "bad_signature"
    assert enter(signed(SECRET, authorization), "sig").name == "sig"
    empty = headers(("webhook-signature", ""), authorization)
    assert refusal(empty, "sig")[0] == "bad_signature"


# Idempotency keys and headers that come twice.


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("k-1", "k-1"),
        ('"k-1"', "k-1"),
        ('"k 1"', "k 1"),
        ("k 1", "k 1"),
        (r'"k\"1"', r"k\"1"),
        ("x" * 255, "x" * 255),
        (f'"{"x" * 255}"', "x" * 255),
    ],
)
def test_a_key_is_taken_without_its_quotes(sent: str, key: str) -> None:
    for token in (OPERATORS, TOKEN):
        assert enter(bearer(token, ("idempotency-key", sent))).key == key
    assert enter(bearer(TOKEN)).key is None


@pytest.mark.parametrize("sent", ["", '"', '""', '"k', "é", "k\x01", "k\t", "x" * 256])
def test_a_garbage_key_is_a_bad_header(sent: str) -> None:
    kind, detail = refusal(bearer(TOKEN, ("idempotency-key", sent)))
    assert kind == "bad_header"
    assert "idempotency-key" in detail


@pytest.mark.parametrize("sent", ["k-1", ""])
def test_the_key_of_a_signed_request_is_its_signed_id(sent: str) -> None:
    assert enter(signed(SECRET, ("idempotency-key", sent)), "sig").key == "msg-1"


@pytest.mark.parametrize(
    "name",
    ["webhook-id", "webhook-timestamp", "webhook-signature", "authorization", "idempotency-key"],
)
def test_a_header_that_comes_twice_is_bad(name: str) -> None:
    every = [*signed().items(), ("authorization", f"Bearer {TOKEN}"), ("idempotency-key", "k")]
    again = (name, dict(every)[name])
    kind, detail = refusal(headers(*every, again), "sig")
    assert kind == "bad_header"
    assert name in detail


# Anything at all.

VALUES = (
    st.binary(max_size=80)
    | st.sampled_from(
        [b"", b"Bearer ", b"Bearer sig.x", b"v1,", b"v1,AAAA", b"NaN", b"1e5", TOKEN.encode()]
    )
    | st.just(str(int(NOW)).encode())
)
NAMES = (
    b"authorization",
    b"idempotency-key",
    b"webhook-id",
    b"webhook-timestamp",
    b"webhook-signature",
)
HEADERS = st.dictionaries(st.sampled_from(NAMES), VALUES)


@settings(deadline=None)  # a shared core may stall
@given(HEADERS, st.none() | st.text() | st.sampled_from(["sig", "tok.en", "off-s"]), st.binary())
def test_no_garbage_enters_and_none_breaks_the_door(
    sent: dict[bytes, bytes], source: str | None, body: bytes
) -> None:
    with pytest.raises(BadRequest) as caught:
        AUTHORITY.authorise(Headers(raw=list(sent.items())), source, NOW).check(body, NOW)
    assert caught.value.kind in (
        "unauthorised",
        "bad_signature",
        "expired_signature",
    )


@settings(deadline=None)  # a shared core may stall
@given(st.binary() | st.binary().map(lambda key: b'"' + key + b'"'))
def test_a_key_is_short_printable_ascii_or_refused(sent: bytes) -> None:
    bare = sent[1:-1] if len(sent) > 1 and sent[:1] == sent[-1:] == b'"' else sent
    good = 1 <= len(bare) <= 255 and all(0x20 <= one <= 0x7E for one in bare)
    with_key = bearer(TOKEN, ("idempotency-key", sent))
    if good and (bare != sent or sent[:1] != b'"'):
        assert enter(with_key).key == bare.decode()
    else:
        assert refusal(with_key)[0] == "bad_header"


def test_a_caller_shows_neither_secret_nor_key() -> None:
    shown = repr(AUTHORITY.authorise(signed(message_id="key-of-budi"), "sig", NOW))
    for hidden in (SECRET, OLD_SECRET, "budi", "v1,"):
        assert hidden not in shown


def test_a_changed_document_counts_at_the_next_request(tmp_path: Path) -> None:
    file = SecretFile(tmp_path / "sources.json", None, Sources, "SARING_SOURCES")
    authority = Authority(file, None)
    assert refusal(signed(), "sig", authority)[0] == "bad_signature"
    file.change(lambda _: SOURCES)
    authority.authorise(signed(), "sig", NOW).check(BODY, NOW)
