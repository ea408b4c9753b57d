"""Every figure of a report, counted by hand, on both databases."""

from datetime import date

import pytest

from tasks.proportion import Proportion
from tests.reports import HOUR, NOW, WEEK, fill
from workers.ledger import Ledger
from workers.report.figures import count
from workers.report.model import Clarifications, Period, Referrals, Report, Waits


@pytest.fixture
def report(ledger: Ledger) -> Report:
    fill(ledger)
    return count(ledger, "Humas Muara Lalan", WEEK, NOW)


def test_every_figure_is_as_counted_by_hand(report: Report) -> None:
    now = report.now
    assert (now.volume.items, now.volume.copies) == (13, 2)
    assert now.volume.by_desk == {
        "answer": 2, "service": 1, "clarify": 3, "none": 4, "oversight": 1, "review": 2
    }  # fmt: skip
    assert sum(now.volume.by_day.values()) == 13
    assert now.volume.by_day[date(2026, 11, 23), "clarify"] == 3
    assert now.volume.by_day[date(2026, 11, 22), "service"] == 1
    # Three of the morning, and number 13 at midnight in WIB.
    assert now.volume.by_day[date(2026, 11, 21), "none"] == 4
    assert now.volume.languages == {"ind": 13}
    assert now.volume.states == {"auto": 10, "needs_human": 2, "abstained": 1}
    assert now.volume.abstained == Proportion(1, 13)
    assert now.undone == 1
    assert now.decisions == {
        ("answer", "moved"): 1,
        ("clarify", "claim_confirmed"): 1,
        ("clarify", "claim_rejected"): 1,
        ("oversight", "handled"): 1,
        ("service", "handled"): 1,
    }
    assert now.clarifications == Clarifications(published=1, withdrawn=1, drafts=1)
    assert now.referrals == Referrals(opened=2, signed=1, reversed=1, waiting=1)
    assert (now.quarantine.new, now.quarantine.waiting) == (1, 1)
    assert now.quarantine.errors == {"teks kosong": 1}
    assert [(one.narrative_id, one.hour_ms, one.seen) for one in now.alerts] == [
        ("n-r", NOW - 3 * HOUR, False)
    ]
    number, digest = report.audit_head or (0, "")
    assert (number, len(digest)) == (1, 64)


def test_protected_speech_that_was_escalated_shows(report: Report) -> None:
    # Number 9 is satire that a person moved to review; number 8 criticism with a referral.
    now = report.now.protected
    assert now.by_desk == {
        ("criticism", "none"): 2, ("satire", "none"): 1, ("misconduct_report", "oversight"): 1
    }  # fmt: skip
    assert (now.items, now.beside_danger) == (4, 0)
    assert (now.escalated, now.moved_to_review, now.referred) == (0, 1, 1)
    assert now.went_too_far == 2
    assert report.before.protected.went_too_far == 0


def test_people_who_overrule_are_counted(report: Report) -> None:
    now = report.now.overruled
    assert now.moved == Proportion(1, 3)
    assert now.claims_rejected == Proportion(1, 2)
    assert now.no_danger == Proportion(1, 2)
    assert now.reversed == Proportion(1, 2)


def test_reviewers_agree_on_the_first_two_judgements_in_force(report: Report) -> None:
    # Number 11: refer, refer. Number 12: no, refer (a void one and the third do not count).
    agreement = report.now.agreement
    assert (agreement.pairs, agreement.agreed, agreement.kappa) == (2, 0.5, 0.0)


def test_waits_count_those_that_still_wait(report: Report) -> None:
    waits = report.now.waits
    assert waits["service"] == Waits(1, 0, 2 * HOUR, 2 * HOUR, None)
    assert waits["oversight"] == Waits(1, 0, 4 * HOUR, 4 * HOUR, None)
    assert waits["answer"] == Waits(0, 2, None, None, 2 * HOUR)
    # The copies wait under the item that they repeat.
    assert waits["clarify"] == Waits(0, 1, None, None, 3 * HOUR)
    assert waits["review"] == Waits(0, 2, None, None, 6 * HOUR)


def test_narratives_that_grew_name_no_account_and_quote_no_danger(report: Report) -> None:
    rumour, threat = report.narratives
    assert (rumour.narrative_id, rumour.items, rumour.before) == ("n-r", 3, 0)
    assert rumour.share_of_copies == pytest.approx(2 / 3)
    assert rumour.accounts == "<5"
    assert rumour.headline == (
        "Kabar bahwa loket pajak tutup sebulan penuh mulai besok pagi dan semua berkas hilang …"
    )
    assert (threat.narrative_id, threat.items, threat.headline) == ("n-x", 2, None)


def test_the_period_before_is_of_the_same_length(report: Report) -> None:
    before = report.before
    assert before.period == WEEK.before
    assert before.volume.by_desk == {"answer": 1, "none": 1}
    # Number 14 was handled 4 hours before the week began.
    assert before.waits["answer"] == Waits(1, 0, 20 * HOUR, 20 * HOUR, None)
    assert before.protected.by_desk == {("press", "none"): 1}


def test_an_empty_ledger_has_a_report_of_noughts(ledger: Ledger) -> None:
    empty = count(ledger, "Humas", WEEK, NOW)
    assert (empty.now.volume.items, empty.narratives, empty.audit_head) == (0, (), None)
    assert empty.now.volume.abstained.share is None
    assert empty.now.agreement.kappa is None


def test_a_period_holds_its_first_moment_and_not_its_last(ledger: Ledger) -> None:
    # Numbers 4 and 5 were published 3 hours before NOW, 2 and 6 two hours before.
    fill(ledger)
    hour = count(ledger, "Humas", Period(NOW - 3 * HOUR, NOW - 2 * HOUR), NOW).now
    assert hour.volume.by_desk == {"clarify": 2}
    assert hour.referrals.opened == 1
