"""The library of procedures in the ledger: revisions, two people at once, the audit log."""

import pytest
from sqlalchemy import select

from tasks.procedures import Procedure
from tests.desks import Said, publish
from workers.ledger import Ledger
from workers.ledger.audit import PROGRAM
from workers.ledger.decisions import Overtaken, Refused
from workers.ledger.desk_tables import audit
from workers.ledger.followup import complaints, newest_waiting, publications_of, record_export
from workers.ledger.procedures import (
    all_procedures,
    import_procedures,
    procedure_history,
    procedure_library,
    save_procedure,
    withdraw_procedure,
)

PAGE = Procedure(id="ktp", title="KTP hilang", link="https://layanan.example/ktp")
OTHER = PAGE.model_copy(update={"title": "KTP hilang atau rusak"})
ME = "staff/0001"


def entries(ledger: Ledger) -> list[tuple[str, str, str, str]]:
    with ledger.read() as connection:
        rows = connection.execute(
            select(audit.c.actor, audit.c.kind, audit.c.subject, audit.c.detail).order_by(
                audit.c.number
            )
        )
        return [(row.actor, row.kind, row.subject, row.detail) for row in rows]


def test_every_revision_stays_and_the_last_one_holds(ledger: Ledger) -> None:
    assert save_procedure(ledger, PAGE, ME, 0) == 1
    assert save_procedure(ledger, OTHER, ME, 1) == 2
    assert procedure_library(ledger) == (OTHER,)
    assert [one.procedure for one in procedure_history(ledger, "ktp")] == [OTHER, PAGE]
    assert procedure_history(ledger, "tidak-ada") == []


def test_saving_the_same_changes_nothing_not_even_the_log(ledger: Ledger) -> None:
    save_procedure(ledger, PAGE, ME, 0)
    assert save_procedure(ledger, PAGE, ME, 1) == 1
    assert len(entries(ledger)) == 1


def test_who_did_not_see_the_last_revision_is_told_so(ledger: Ledger) -> None:
    save_procedure(ledger, PAGE, ME, 0)
    save_procedure(ledger, OTHER, ME, 1)
    with pytest.raises(Overtaken):
        save_procedure(ledger, PAGE, "staff/0002", 1)
    with pytest.raises(Overtaken):
        withdraw_procedure(ledger, "ktp", "staff/0002", 1)
    assert procedure_library(ledger) == (OTHER,)


def test_a_new_page_takes_no_id_that_another_bears(ledger: Ledger) -> None:
    save_procedure(ledger, PAGE, ME, 0)
    with pytest.raises(Refused, match="ktp"):
        save_procedure(ledger, OTHER, ME, 0)
    with pytest.raises(Overtaken):
        save_procedure(ledger, PAGE.model_copy(update={"id": "kk"}), ME, 3)


def test_a_withdrawn_page_answers_nothing_until_it_is_saved_again(ledger: Ledger) -> None:
    save_procedure(ledger, PAGE, ME, 0)
    assert withdraw_procedure(ledger, "ktp", ME, 1) == 2
    assert procedure_library(ledger) == ()
    assert [one.withdrawn for one in all_procedures(ledger)] == [True]
    with pytest.raises(Refused):
        withdraw_procedure(ledger, "ktp", ME, 2)
    assert save_procedure(ledger, PAGE, ME, 2) == 3
    assert procedure_library(ledger) == (PAGE,)


def test_an_import_says_what_is_new_and_what_changed_and_repeats_nothing(ledger: Ledger) -> None:
    kk = PAGE.model_copy(update={"id": "kk"})
    assert import_procedures(ledger, [PAGE, kk]) == (["ktp", "kk"], [])
    assert import_procedures(ledger, [OTHER, kk]) == ([], ["ktp"])
    assert import_procedures(ledger, [OTHER, kk]) == ([], [])
    withdraw_procedure(ledger, "kk", ME, 1)
    assert import_procedures(ledger, [kk]) == ([], [])
    assert procedure_library(ledger) == (OTHER,)


def test_the_log_names_the_page_and_the_revision_and_never_a_text(ledger: Ledger) -> None:
    import_procedures(ledger, [PAGE])
    save_procedure(ledger, OTHER, ME, 1)
    withdraw_procedure(ledger, "ktp", ME, 2)
    assert entries(ledger) == [
        (PROGRAM, "procedure.saved", "ktp", '{"revision":1}'),
        (ME, "procedure.saved", "ktp", '{"revision":2}'),
        (ME, "procedure.withdrawn", "ktp", '{"revision":3}'),
    ]


def test_what_waits_comes_in_whole_with_the_subject_of_complaints(ledger: Ledger) -> None:
    publish(ledger, Said("complaint", "Jalan berlubang"), Said("question"))
    (one,) = complaints(ledger, 10)
    assert (one.text, one.subject, one.places) == ("Jalan berlubang", "roads", ())
    assert complaints(ledger, 0) == []
    (asked,) = newest_waiting(ledger, "answer", 10)
    assert publications_of(ledger, [asked.seq]) == {asked.seq: asked.publication}


def test_an_export_is_in_the_log_with_its_number_and_choice(ledger: Ledger) -> None:
    record_export(ledger, ME, "service", 12, {"place": "16.71"})
    assert entries(ledger) == [(ME, "export.service", "service", '{"count":12,"place":"16.71"}')]
