"""Reviews, referrals and appeals as people do them in a browser."""

from tests.desks import Person, people
from tests.judging import Doing, publish_acts, words
from workers.ledger import Ledger
from workers.ledger.cases import cases
from workers.settings import Settings

PEOPLE = ("reviewer", "reviewer", "reviewer", "legal", "admin", "viewer")


def judge(person: Person, seq: int, who: str, refer: str = "yes", **other: str) -> int:
    """Fill in the form as it is served; the status that comes back."""
    seen = value(person, f"/review/{seq}")
    said = {str(name): text for name, text in words(who).items()}
    form = {**said, "refer": refer, "seen": seen, **other}
    return person.post(f"/review/{seq}", **form).status_code


def text(person: Person, path: str) -> str:
    return " ".join(one.text() for one in person.page(path).css("main"))


def value(person: Person, path: str, name: str = "seen") -> str:
    """What a page puts into a field of its form."""
    (field, *_) = person.page(path).css(f"input[name={name}]")
    return field.attributes["value"] or ""


def test_two_reviewers_agree_and_a_legal_officer_signs(ledger: Ledger) -> None:
    seq, _ = publish_acts(ledger, target="none")
    with people(ledger, *PEOPLE) as (one, two, third, legal, admin, viewer):
        assert judge(one, seq, "satu") == 303
        assert judge(two, seq, "dua") == 303
        assert "Rujukan 1" in text(legal, "/referrals")
        assert "menurut penilai satu soal intent" in text(legal, "/referrals/1")
        seen = value(legal, "/referrals/1")
        assert legal.post("/referrals/1/sign", seen=seen).status_code == 422  # not compared
        assert admin.post("/referrals/1/sign", seen=seen, checked="yes").status_code == 403
        assert legal.post("/referrals/1/sign", seen=seen, checked="yes").status_code == 303
        taken = legal.post("/referrals/1/export")
        assert taken.headers["content-disposition"].endswith('"rujukan-1.json"')
        made = taken.json()
        assert [one["refer"] for one in made["decisions"]] == [True, True]
        assert made["sign_off"]["officer"] == legal.staff.id
        assert "[AKUN]" in made["item"]["text"]
        assert "Pasal 246" in text(legal, "/referrals/1/packet")
        for nosy in (one, third, viewer):
            assert nosy.get("/referrals/1").status_code == 403


def test_before_judging_nobody_sees_what_another_judged(ledger: Ledger) -> None:
    seq, said = publish_acts(ledger, target="none")
    with people(ledger, "reviewer", "reviewer", "admin legal desk") as (one, two, other):
        assert judge(one, seq, "satu", "yes") == 303
        paths = (f"/review/{seq}", f"/item/{said.ref}", "/queue/review")
        shown = [two.get(path).text for path in paths]
        shown += [other.get(path).text for path in paths[1:]]
        shown.append(two.get(f"/api/v1/items/{said.ref}").text)
        for page in shown:
            assert "penilai satu" not in page
            assert one.staff.id not in page
        assert "1 dari 2" in shown[0]
        assert "Penilaian Anda tersimpan" in text(one, f"/review/{seq}")
        assert "penilai satu" in text(one, f"/review/{seq}")
        assert "checked" not in shown[0].split("<fieldset")[1]


def test_what_is_flawed_stays_in_the_form_and_says_where(ledger: Ledger) -> None:
    seq, _ = publish_acts(ledger, target="none")
    with people(ledger, "reviewer") as (one,):
        seen = value(one, f"/review/{seq}")
        said = {str(name): text for name, text in words("satu").items()}
        said |= {"extent": "luas", "intent": "ditulis @warga_biasa agar orang takut"}
        answer = one.post(f"/review/{seq}", **said, seen=seen, refer="no")
        assert answer.status_code == 422
        assert "paling sedikit empat kata" in answer.text
        assert "Ada akun" in answer.text
        assert "menurut penilai satu soal context" in answer.text
        assert judge(one, seq, "satu", refer="") == 422
        assert judge(one, seq, "satu") == 303


def test_a_third_decides_where_two_disagree(ledger: Ledger) -> None:
    seq, said = publish_acts(ledger, target="none")
    with people(ledger, *PEOPLE) as (one, two, third, legal, _, viewer):
        assert judge(one, seq, "satu", "yes") == 303
        assert judge(two, seq, "dua", "no") == 303
        assert "2 dari 3" in text(third, f"/review/{seq}")
        assert judge(third, seq, "tiga", "no") == 303
        assert "tidak dirujuk" in text(one, f"/review/{seq}")
        assert cases(ledger) == []
        assert said.ref not in viewer.get("/queue/review").text
        assert "Belum ada rujukan" in text(legal, "/referrals")


def test_a_criticism_has_no_form(ledger: Ledger) -> None:
    acts = [Doing("incitement_threat", 0.95, frozenset({1})), Doing("criticism", 0.96)]
    seq, _ = publish_acts(ledger, acts, target="none")
    with people(ledger, "reviewer") as (one,):
        assert one.page(f"/review/{seq}").css("textarea") == []
        assert "satu peninjau cukup" in text(one, f"/review/{seq}")


def test_an_appeal_is_decided_by_whoever_had_no_part(ledger: Ledger) -> None:
    seq, said = publish_acts(ledger, target="none")
    with people(ledger, *PEOPLE) as (one, two, _, legal, admin, viewer):
        judge(one, seq, "satu", "no")
        judge(two, seq, "dua", "no")
        assert value(viewer, "/appeals/new?decision=1", "decision") == "1"
        reason = "ajakan itu sungguh berbahaya bagi keluarga di sana"
        filed = viewer.post("/appeals", decision="1", reason=reason)
        assert filed.headers["location"] == "/appeals/1"
        assert viewer.post("/appeals", decision="1", reason=reason).status_code == 422
        answer = {"reverse": "yes", "answer": "benar, perlu dinilai ulang oleh dua orang"}
        assert one.post("/appeals/1", **answer).status_code == 403
        assert admin.post("/appeals/1", **answer).status_code == 303
        assert "dikabulkan" in text(viewer, "/appeals")
        assert said.ref in viewer.get("/queue/review").text
        assert "0 dari 2" in text(one, f"/review/{seq}")
        assert legal.post("/appeals/1", **answer).status_code == 409


def test_everybody_reads_the_thresholds_in_both_languages(ledger: Ledger) -> None:
    with people(ledger, "viewer", settings=Settings(language="en")) as (viewer,):
        page = text(viewer, "/thresholds")
        assert "Pasal 243" in page
        assert "To be checked by your legal officer" in page
