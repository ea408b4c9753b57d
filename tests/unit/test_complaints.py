"""Complaints in groups: each counts once in each of its places, and words tell the subject."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.complaints import DAY_MS, Complaint, grouped, subject, subjects, telling_words
from workers.desk.rendering import texts

NOW = 10 * DAY_MS
COMPLAINTS = st.builds(
    Complaint,
    seq=st.integers(1, 10_000),
    text=st.just("x"),
    places=st.lists(st.sampled_from(("16.71", "16.02", "32.73")), unique=True).map(tuple),
    subject=st.sampled_from(("", "roads", "water")),
    written_ms=st.integers(0, NOW),
    since_ms=st.integers(0, NOW),
)


@given(st.lists(COMPLAINTS, max_size=40))
def test_every_complaint_counts_once_in_each_place_that_it_names(held: list[Complaint]) -> None:
    groups = grouped(held, NOW)
    assert sum(one.count for one in groups) == sum(max(1, len(one.places)) for one in held)
    assert [one.count for one in groups] == sorted((one.count for one in groups), reverse=True)
    for one in groups:
        of = [c for c in held if c.subject == one.subject and one.place in (c.places or ("",))]
        assert one.count == len(of) == len(one.members)
        assert one.oldest_ms == min(c.since_ms for c in of)
        assert one.last_day + one.day_before <= one.count
        assert one.growth == one.last_day - one.day_before


def test_words_tell_the_subject_in_slang_and_regional_languages_too() -> None:
    assert subject("jln di sako berlubang parah") == "roads"
    assert subject("Banyune PDAM mati wis telung dino") == "water"
    assert subject("Antrean KTP dari subuh, blangko habis") == "papers"
    assert subject("kok begini ya") == ""


def test_each_subject_has_a_name_for_people() -> None:
    assert {f"service.subject_{name}" for name in (*subjects(), "none")} == {
        name for name in texts() if name.startswith("service.subject_")
    }


def test_telling_words_name_no_person_and_no_place() -> None:
    words = telling_words(
        ["Jalan di Sako Palembang berlubang, Pak Joko jatuh", "jalan berlubang parah di Sako"]
    )
    assert "berlubang" in words
    assert not {"sako", "palembang", "joko"} & set(words)
    assert telling_words([]) == ()
