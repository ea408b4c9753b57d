"""What the intake answers, as frozen models: the OpenAPI document is built from them."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field
from pydantic.json_schema import SkipJsonSchema

from tasks.models import Frozen
from workers.intake.problems import KINDS
from workers.problems import ProblemType


def _may_be_absent(schema: dict[str, Any]) -> None:
    del schema["default"]  # null: it is left out instead


Count = Annotated[int, Field(ge=0)]
Index = Annotated[int, Field(ge=0, description="The item's place in the request, from 0.")]
Ref = Annotated[str, Field(pattern="^[^/]+/.", description="The item's identity: `source/id`.")]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ItemProblem(Frozen):
    """What is wrong with one field of an item, and what to do about it."""

    type: Annotated[ProblemType, Field(description="Never changes its meaning.")]
    field: Annotated[str, Field(description="The field's name; empty for the item as a whole.")]
    pointer: Annotated[
        str,
        Field(pattern="^#", description="JSON Pointer into the body, such as `#/3/text`."),
    ]
    problem: Annotated[str, Field(description="What is wrong. For people: may be reworded.")]
    remedy: Annotated[str, Field(description="What to do. For people: may be reworded.")]


class Digests(Frozen):
    """SHA-256 of two contents, without what was masked in them, that claim the same identity."""

    known: Annotated[Sha256, Field(description="Of what was accepted before.")]
    sent: Annotated[Sha256, Field(description="Of what came with this request.")]


class TakenRow(Frozen):
    """An item that is in the ledger."""

    index: Index
    status: Annotated[
        Literal["accepted", "already_known"],
        Field(description="`already_known`: it was accepted before with the same content."),
    ]
    ref: Ref


class RefusedRow(Frozen):
    """An item that was not taken, and why."""

    index: Index
    status: Literal["refused"]
    problems: Annotated[tuple[ItemProblem, ...], Field(min_length=1)]
    digests: Annotated[
        Digests | SkipJsonSchema[None],
        Field(json_schema_extra=_may_be_absent, description="With the problem `conflict` only."),
    ] = None


class PushAnswer(Frozen):
    """What became of each item of a push, in the order sent. What was taken is on disk."""

    accepted: Annotated[Count, Field(description="Items that are new.")]
    already_known: Annotated[Count, Field(description="Items that were accepted before.")]
    refused: Annotated[Count, Field(description="Items that were not taken.")]
    items: Annotated[
        tuple[Annotated[TakenRow | RefusedRow, Field(discriminator="status")], ...],
        Field(min_length=1),
    ]


class ItemState(Frozen):
    """How far an item has come."""

    ref: Ref
    state: Annotated[
        Literal["accepted", "published", "duplicate", "quarantined"],
        Field(
            description="`accepted`: waits or is being processed. `published`: its result is out. "
            "`duplicate`: it repeats an earlier item, whose result counts. `quarantined`: it "
            "could not be processed and waits for a person."
        ),
    ]
    accepted_at: AwareDatetime
    finished_at: Annotated[
        AwareDatetime | None, Field(description="When it left `accepted`; null until then.")
    ]


class UntypedProblem(Frozen):
    """A problem that its HTTP status tells all about (RFC 9457, section 4.2.1)."""

    title: Annotated[str, Field(description="In a few words; the same for each of its kind.")]
    status: Annotated[int, Field(ge=400, le=599, description="The HTTP status once more.")]
    detail: Annotated[str, Field(description="What is wrong this time. For people.")]


class ProblemDocument(UntypedProblem):
    """Why a request as a whole was not taken, as RFC 9457 lays down."""

    type: Annotated[
        str,
        Field(
            json_schema_extra={"enum": [f"/problems/{kind}" for kind in KINDS]},
            description="Never changes its meaning; it is also the address of its page here.",
        ),
    ]


class NothingAccepted(ProblemDocument):
    """A push of which every item was refused."""

    items: Annotated[tuple[RefusedRow, ...], Field(min_length=1)]
