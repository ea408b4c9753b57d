"""A packet holds no account, no protected speech, and nothing that the reviewers did not see."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.factors import RabatFactors
from tasks.harm import HarmToPeople
from tasks.masking import mask_text, mask_url
from tasks.packet import Packet, Told
from tasks.referral import Decision, Referral, SignOff, StaffId, verdict
from tests.harms import found, item
from tests.judging import LAW, law, words

WHEN = datetime(2026, 11, 23, 9, tzinfo=UTC)
SEEN = "ab" * 32
THREAT = found("incitement_threat", 0.9, "attack")
CONTENT = item(THREAT)
TOLD = Told("n-1", 7, 2, "<5", WHEN, WHEN)


def decided(who: str) -> Decision:
    factors = RabatFactors(**{str(name): text for name, text in words(who).items()})
    return Decision(StaffId(f"staff/{who}"), True, factors, WHEN, SEEN)


REFERRAL = Referral(
    HarmToPeople("uji/1", "incitement_threat", "none"),
    (decided("satu"), decided("dua")),
    SignOff(StaffId("staff/hukum"), "role/legal", WHEN + timedelta(hours=1)),
)
PACKET = Packet(REFERRAL, CONTENT, SEEN, TOLD, LAW)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"referral": "criticism"}, "made of a Referral"),
        ({"content": item(found("criticism", 0.9, "attack"), THREAT)}, "protected"),
        ({"content": item(THREAT, kind="article")}, "protected"),
        ({"content": item(THREAT, target="institution")}, "protected"),
        ({"content": item(found("incitement_threat", 0.49, "attack"))}, "protected"),
        ({"content": CONTENT.model_copy(update={"id": "2"})}, "protected"),
        ({"seen": "cd" * 32}, "changed"),
        ({"law": law(acts=("doxxing",))}, "threshold"),
        ({"law": law(article="")}, "threshold"),
    ],
)
def test_what_may_not_leave_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        replace(PACKET, **change)


HANDLES = st.from_regex(r"@[a-z][a-z0-9_]{3,14}", fullmatch=True)


@given(HANDLES)
def test_no_packet_holds_a_handle_unless_it_is_masked(handle: str) -> None:
    """In the text, in the link, in the words of a reviewer."""
    raw = f"{CONTENT.text} Kata {handle} begitu."
    link = f"https://x.com/{handle}/status/1?u={handle}"
    for change in ({"text": raw}, {"url": link}):
        with pytest.raises(ValueError, match="account"):
            replace(PACKET, content=CONTENT.model_copy(update=change))
    said = {str(name): text for name, text in words("tiga").items()}
    with pytest.raises(ValueError, match="accounts"):
        RabatFactors(**said | {"intent": f"menurut {handle} ini sungguh disengaja"})
    hidden = {"text": mask_text(raw), "url": mask_url(link)}
    made = replace(PACKET, content=CONTENT.model_copy(update=hidden)).as_json()
    assert handle.encode() not in orjson.dumps(made)


def test_a_packet_says_what_it_rests_on() -> None:
    made = orjson.loads(orjson.dumps(PACKET.as_json()))
    assert made["evidence"]["publication_sha256"] == SEEN
    assert made["narrative"]["accounts"] == "<5"
    assert made["thresholds"]["version"] == LAW.version
    assert {row["act"] for row in made["thresholds"]["rows"]} == {"incitement_threat"}
    assert all(len(one["factors"]) == 6 for one in made["decisions"])
    assert len({one["reviewer"] for one in made["decisions"]}) == 2


@given(st.lists(st.booleans(), max_size=3))
def test_two_who_agree_decide_and_else_the_third(refers: list[bool]) -> None:
    found_so = verdict(refers)
    if found_so is not None:
        assert refers.count(found_so) >= 2
    if len(refers) == 3:
        assert found_so is not None
    assert verdict(refers[:1]) is None
