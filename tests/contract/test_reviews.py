"""Reviews, referrals, appeals and corrections in the ledger, on both databases."""

import orjson
import pytest
from sqlalchemy import select, update

from tasks.agreement import kappa
from tests.judging import (
    LAW,
    THREAT,
    Doing,
    judging,
    law,
    person,
    publish_acts,
    seen,
    words,
)
from workers.ledger import Ledger
from workers.ledger.appeals import answer_appeal, appeal_decision, appeal_referral, appeals_filed
from workers.ledger.cases import case, cases
from workers.ledger.corrections import corrections
from workers.ledger.decisions import Overtaken, Refused, decide, decisions_of, undo
from workers.ledger.desk_tables import audit, judgements
from workers.ledger.judgements import Progress, own_judgement, progress
from workers.ledger.queues import lengths
from workers.ledger.referrals import decline, export, renew, sign
from workers.ledger.reviews import Flawed, Judging, judge
from workers.ledger.schema import publications

ONE, TWO, THREE = (person(name, "reviewer") for name in ("satu", "dua", "tiga"))
LEGAL, OTHER = person("hukum", "legal"), person("kepala", "legal", "admin")
REASON = "alasan yang cukup jelas bagi pembaca"


def referred(ledger: Ledger) -> tuple[int, str]:
    """An item that two have agreed to refer; its number and its digest."""
    seq, said = publish_acts(ledger, target="none")
    judge(ledger, seq, ONE, judging("satu", said))
    assert judge(ledger, seq, TWO, judging("dua", said)) == "referred"
    return seq, seen(said)


def log(ledger: Ledger) -> list[tuple[str, str]]:
    with ledger.read() as connection:
        return [tuple(row) for row in connection.execute(select(audit.c.kind, audit.c.detail))]


def rewrite(ledger: Ledger, seq: int, old: str, new: str) -> None:
    """Change what is stored of an item, as a redaction does."""
    with ledger.write() as connection:
        body = connection.scalar(select(publications.c.body).where(publications.c.seq == seq))
        changed = str(body).replace(old, new)
        assert changed != body
        connection.execute(
            update(publications).where(publications.c.seq == seq).values(body=changed)
        )


def test_two_who_agree_close_a_review_and_it_waits_no_more(ledger: Ledger) -> None:
    seq, said = publish_acts(ledger, target="none")
    assert judge(ledger, seq, ONE, judging("satu", said, refer=False)) == "second"
    assert progress(ledger, [seq]) == {seq: Progress(1, 2)}
    assert lengths(ledger) == {"review": 1}
    assert judge(ledger, seq, TWO, judging("dua", said, refer=False)) == "safe"
    assert lengths(ledger) == {}
    assert [one.kind for one in decisions_of(ledger, seq)] == ["dismissed"]
    with pytest.raises(Overtaken):
        judge(ledger, seq, THREE, judging("tiga", said))


def test_the_log_says_who_judged_and_never_what(ledger: Ledger) -> None:
    referred(ledger)
    told = [orjson.loads(detail) for kind, detail in log(ledger) if kind == "judgement"]
    assert [sorted(one) for one in told] == [["judgement", "seen"]] * 2
    assert "penilai" not in str(log(ledger))


def test_a_third_breaks_the_tie_and_the_two_who_agree_count(ledger: Ledger) -> None:
    seq, said = publish_acts(ledger, target="none")
    judge(ledger, seq, ONE, judging("satu", said))
    assert judge(ledger, seq, TWO, judging("dua", said, refer=False)) == "third"
    assert progress(ledger, [seq]) == {seq: Progress(2, 3)}
    assert judge(ledger, seq, THREE, judging("tiga", said)) == "referred"
    (opened,) = cases(ledger)
    made = sign(ledger, opened.id, LEGAL, opened.seen, LAW)
    assert [one.reviewer.value for one in made.referral.decisions] == [ONE.id, THREE.id]


@pytest.mark.parametrize("roles", [("desk",), ("legal", "admin"), ()])
def test_only_reviewers_judge(ledger: Ledger, roles: tuple[str, ...]) -> None:
    seq, said = publish_acts(ledger, target="none")
    with pytest.raises(Refused, match="reviewer"):
        judge(ledger, seq, person("lain", *roles), judging("lain", said))  # type: ignore[arg-type]


def test_nobody_judges_twice_nor_what_they_have_handled_or_appealed(ledger: Ledger) -> None:
    seq, said = publish_acts(ledger, target="none")
    judge(ledger, seq, ONE, judging("satu", said))
    with pytest.raises(Refused, match="another reviewer"):
        judge(ledger, seq, ONE, judging("lain", said))
    judge(ledger, seq, TWO, judging("dua", said))
    appeal_referral(ledger, cases(ledger)[0].id, THREE, REASON)
    renew(ledger, law(element="Unsur baru."))
    with pytest.raises(Refused, match="before"):
        judge(ledger, seq, THREE, judging("tiga", said, under=law(element="Unsur baru.")))


def test_a_copy_of_what_another_wrote_is_refused_by_factor(ledger: Ledger) -> None:
    seq, said = publish_acts(ledger, target="none")
    judge(ledger, seq, ONE, judging("satu", said))
    mixed = words("dua") | {"intent": words("satu")["intent"].upper() + "!"}
    with pytest.raises(Flawed) as error:
        judge(ledger, seq, TWO, Judging(True, mixed, seen(said), LAW))
    assert error.value.found == {"intent": "copied"}


def test_a_danger_is_never_decided_by_one_and_two_are_never_undone_by_one(ledger: Ledger) -> None:
    seq, said = publish_acts(ledger, (Doing("rumour", 0.97), THREAT), target="none")
    with pytest.raises(Refused, match="two reviewers"):
        decide(ledger, seq, "dismissed", ONE.id, seen(said))
    judge(ledger, seq, ONE, judging("satu", said, refer=False))
    judge(ledger, seq, TWO, judging("dua", said, refer=False))
    with pytest.raises(Refused, match="appeal"):
        undo(ledger, decisions_of(ledger, seq)[0].id, TWO.id)


def test_what_is_no_harm_is_decided_by_one_and_not_judged(ledger: Ledger) -> None:
    seq, said = publish_acts(ledger, (Doing("emergency"),))
    with pytest.raises(Refused, match="no danger"):
        judge(ledger, seq, ONE, judging("satu", said))
    assert decide(ledger, seq, "handled", ONE.id, seen(said))


def test_an_item_that_changed_is_judged_again(ledger: Ledger) -> None:
    seq, said = publish_acts(ledger, target="none")
    judge(ledger, seq, ONE, judging("satu", said))
    rewrite(ledger, seq, "silakan datangi", "silakan hubungi")
    assert progress(ledger, [seq]) == {}
    with pytest.raises(Overtaken):
        judge(ledger, seq, TWO, judging("dua", said))
    now = said.model_copy(update={"text": said.text.replace("datangi", "hubungi")})
    assert own_judgement(ledger, seq, ONE.id, seen(now), LAW) is None
    assert judge(ledger, seq, TWO, judging("dua", now)) == "second"
    assert judge(ledger, seq, ONE, judging("satu", now)) == "referred"


def test_a_new_law_reopens_what_is_open_and_leaves_what_is_signed(ledger: Ledger) -> None:
    (first, digest), (second, _) = referred(ledger), referred(ledger)
    newer = law(element="Unsur baru.")
    signed = next(one for one in cases(ledger) if one.seq == first)
    sign(ledger, signed.id, LEGAL, digest, LAW)
    opened = next(one for one in cases(ledger) if one.seq == second)
    assert renew(ledger, LAW) == []
    assert renew(ledger, newer) == [opened.id]
    assert renew(ledger, newer) == []
    states = {one.seq: one.state for one in cases(ledger)}
    assert states == {first: "signed", second: "reopened"}
    assert lengths(ledger) == {"review": 1}
    assert progress(ledger, [second]) == {}
    kinds = [kind for kind, _ in log(ledger)]
    assert kinds[-2:] == ["judgement.void", "referral.reopened"]


def test_signing_under_another_law_than_it_was_judged_under_reopens(ledger: Ledger) -> None:
    _, digest = referred(ledger)
    with pytest.raises(Overtaken):
        sign(ledger, 1, LEGAL, digest, law(element="Unsur baru."))
    found = case(ledger, 1)
    assert found is not None
    assert found.state == "reopened"


@pytest.mark.parametrize(
    ("who", "why"), [(ONE, "legal"), (person("satu", "legal"), "part"), (THREE, "legal")]
)
def test_no_reviewer_signs(ledger: Ledger, who: object, why: str) -> None:
    _, digest = referred(ledger)
    with pytest.raises(Refused, match=why):
        sign(ledger, 1, who, digest, LAW)  # type: ignore[arg-type]


def test_what_is_reversed_is_not_handed_over(ledger: Ledger) -> None:
    _, digest = referred(ledger)
    with pytest.raises(Refused, match="signed"):
        export(ledger, 1, LEGAL)
    sign(ledger, 1, LEGAL, digest, LAW)
    made = export(ledger, 1, LEGAL)
    assert made["evidence"]["publication_sha256"] == digest
    appeal = appeal_referral(ledger, 1, person("warga", "viewer"), REASON)
    with pytest.raises(Refused, match="part"):
        answer_appeal(ledger, appeal, LEGAL, True, REASON)
    answer_appeal(ledger, appeal, OTHER, True, REASON)
    with pytest.raises(Refused, match="reversed"):
        export(ledger, 1, LEGAL)
    assert lengths(ledger) == {}


def test_a_reversed_decision_waits_again_and_is_judged_anew(ledger: Ledger) -> None:
    seq, said = publish_acts(ledger, target="none")
    judge(ledger, seq, ONE, judging("satu", said, refer=False))
    judge(ledger, seq, TWO, judging("dua", said, refer=False))
    (made,) = decisions_of(ledger, seq)
    appeal = appeal_decision(ledger, made.id, person("warga", "viewer"), REASON)
    answer_appeal(ledger, appeal, OTHER, True, REASON)
    assert lengths(ledger) == {"review": 1}
    assert progress(ledger, [seq]) == {}
    with pytest.raises(Overtaken):
        answer_appeal(ledger, appeal, LEGAL, False, REASON)
    assert appeals_filed(ledger, appeal)[0].reversed is True
    assert judge(ledger, seq, THREE, judging("tiga", said)) == "second"


@pytest.mark.parametrize("reason", ["", "tidak", "tolong tanya @warga_biasa di pasar"])
def test_an_appeal_says_why_and_names_nobody(ledger: Ledger, reason: str) -> None:
    referred(ledger)
    with pytest.raises(Refused, match="reason"):
        appeal_referral(ledger, 1, ONE, reason)


def test_what_people_overruled_is_written_for_evaluation(ledger: Ledger) -> None:
    safe, said = publish_acts(ledger, target="none")
    judge(ledger, safe, ONE, judging("satu", said, refer=False))
    judge(ledger, safe, TWO, judging("dua", said, refer=False))
    moved, asked = publish_acts(ledger, (Doing("question"),))
    decide(ledger, moved, "moved", "staff/desk", seen(asked), {"to": "service"})
    _, digest = referred(ledger)
    decline(ledger, 1, LEGAL, digest)
    made = list(corrections(ledger))
    assert [one["people"] for one in made] == [
        {"what": "judged_safe"},
        {"what": "moved", "to": "service"},
        {"what": "declined"},
    ]
    assert made[0]["program"]["acts"] == [{"act": "incitement_threat", "probability": 0.95}]
    assert made[0]["versions"]["act"] == "1"
    assert "staff/" not in str(made)
    assert list(corrections(ledger, made[-1]["at_ms"] + 1)) == []


def test_agreement_reads_the_first_two_judgements(ledger: Ledger) -> None:
    referred(ledger)
    with ledger.read() as connection:
        refers = list(connection.scalars(select(judgements.c.refer).order_by(judgements.c.id)))
    assert kappa([(refers[0], refers[1])]).agreed == 1.0
