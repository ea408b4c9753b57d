"""Reviews in a test: items of many acts, people with roles, factors in words, tables of law."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from tasks.factors import FACTORS, Factor
from tasks.models import (
    ActFinding,
    Classification,
    Enrichment,
    Evidence,
    Grouping,
    Normalised,
    Publication,
    Span,
)
from tasks.publish import publication
from tasks.route import routing
from tasks.thresholds import InForce, Threshold
from tasks.words import DANGER_ACTS, Act, DangerAct, Kind, Target
from tests.items import entry
from workers.ledger import Ledger
from workers.ledger.accept import accept
from workers.ledger.decisions import digest
from workers.ledger.desk_tables import Role
from workers.ledger.leases import claim
from workers.ledger.release import record
from workers.ledger.reviews import Judging
from workers.ledger.staff import Staff

CLAUSES = (
    "Pelayanan kantor itu lambat sekali",
    "ayo kita serang rumah mereka malam ini",
    "kata [AKUN] mereka semua harus diusir",
    "nomornya [TELEPON] silakan datangi",
)
"""Of an invented text, each a clause of its own."""
_numbers = count(1)


@dataclass(frozen=True)
class Doing:
    """An act found in some clauses, by number; in none: in the text as a whole."""

    act: Act
    probability: float = 0.9
    clauses: frozenset[int] = frozenset()


THREAT = Doing("incitement_threat", 0.95, frozenset({1}))


def text_of(clauses: Sequence[str] = CLAUSES) -> str:
    return ". ".join(clauses) + "."


def finding(one: Doing, clauses: Sequence[str] = CLAUSES) -> ActFinding:
    spans = []
    for number in sorted(one.clauses):
        start = sum(len(clause) + 2 for clause in clauses[:number])
        spans.append(Span(start=start, end=start + len(clauses[number])))
    evidence = (Evidence(by="rule:uji@1", spans=tuple(spans), weight=one.probability),)
    return ActFinding(act=one.act, probability=one.probability, evidence=evidence)


def publish_acts(
    ledger: Ledger,
    acts: Sequence[Doing] = (THREAT,),
    target: Target = "private_person",
    clauses: Sequence[str] = CLAUSES,
    kind: Kind = "post",
    url: str | None = None,
) -> tuple[int, Publication]:
    """Publish an item in which these acts are found, routed as the pipeline would; its number."""
    made = entry(next(_numbers), source="uji")
    content = made.content.model_copy(
        update={"text": text_of(clauses), "kind": kind, "url": url, "platform": "x"}
    )
    accept(ledger, [replace(made, content=content)])
    ((item,),) = (batch.items for batch in claim(ledger, 1, 1, 60.0))
    ranked = sorted((finding(one, clauses) for one in acts), key=lambda one: -one.probability)
    found = Classification(
        signals={}, acts=tuple(ranked), target=target, sentiment="neutral", versions={"act": "1"}
    )
    done = (
        item.with_normalised(Normalised(text=content.text))
        .with_grouping(Grouping(narrative_id=f"n-{item.seq}"))
        .with_enrichment(Enrichment(language="ind", language_probability=0.9))
        .with_classification(found)
        .with_routing(routing(found, "ind", is_copy=False, reader="id"))
    )
    record(ledger, [(done, publication(done))])
    return item.seq, publication(done)


def seen(one: Publication) -> str:
    """The digest of what is shown of it."""
    return digest(one.model_dump_json())


def person(name: str, *roles: Role) -> Staff:
    """A member of staff with these roles."""
    return Staff(f"staff/{name}", name, "Petugas Uji", frozenset(roles))


def words(who: str) -> dict[Factor, str]:
    """Six factors in the words of this person."""
    return {name: f"menurut penilai {who} soal {name}" for name in FACTORS}


def law(
    acts: Sequence[DangerAct] = DANGER_ACTS, article: str = "Pasal 1", element: str = "Unsur uji."
) -> InForce:
    """A table of one row for each of these acts."""
    rows = [
        Threshold(
            id=f"uji-{act.replace('_', '-')}",
            act=act,
            law="UU Uji",
            article=article,
            element=element,
            since=date(2026, 1, 2),
            source="https://contoh.example/uu",
        )
        for act in acts
    ]
    return InForce("Tabel uji", date(2026, 11, 23), tuple(rows))


LAW = law()


def judging(who: str, of: Publication, *, refer: bool = True, under: InForce = LAW) -> Judging:
    """What this person judges of an item, in their own words."""
    return Judging(refer, words(who), seen(of), under)
