"""The schemas of the OpenAPI document, generated from the models."""

from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from tasks.models import Frozen, Submission
from workers.intake.answers import (
    Digests,
    ItemProblem,
    ItemState,
    NothingAccepted,
    ProblemDocument,
    PushAnswer,
    RefusedRow,
    TakenRow,
    UntypedProblem,
)
from workers.intake.events import SUBMISSION_TYPE

Value = dict[str, Any]

_AttributeText = Annotated[str, Field(min_length=1)]
_Int32 = Annotated[int, Field(ge=-(2**31), lt=2**31)]
NOTES: Final = {
    "source": "The upstream's name. Credentials of a source are good for the sources that its "
    "operator allows.",
    "id": "The item's id at its source. `source/id` is its identity: sent again with the same "
    "content it is already known, with other content a conflict. It must not hold the author's "
    "handle.",
    "kind": "`post`: what somebody published on a platform. `article`: journalism, or a page.",
    "text": "The words, as plain text or HTML. No NUL character. Handles and other personal data "
    "are masked before anything is stored.",
    "title": "An article's headline.",
    "url": "Where it can be read.",
    "platform": "Where it was published: `x`, `instagram`, `news` ...",
    "published_at": "When it was published: ISO 8601 with a time zone, not before 1995 and not "
    "more than a day ahead of the intake's clock.",
    "author": "The account's handle. It becomes a keyed hash at once, good only for counting "
    "accounts, and is kept nowhere.",
}
"""What the fields of a submission mean, for those who send them."""
_NO_NUL: Final = "[^\\u0000]*$"
# The format date-time once more, of these years: programs that make up dates rarely meet them.
_TIME: Final = (
    "^(199[5-9]|20[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)


class SubmissionEvent(Frozen):
    """A CloudEvent 1.0 that carries a submission. It may have other attributes too."""

    model_config = ConfigDict(
        extra="allow", json_schema_extra={"propertyNames": {"pattern": "^[a-z0-9]+$"}}
    )
    __pydantic_extra__: dict[str, str | bool | _Int32]

    specversion: Literal["1.0"]
    id: Annotated[_AttributeText, Field(description="The event's id, not the item's.")]
    source: Annotated[
        _AttributeText,
        Field(
            pattern=r"^[A-Za-z0-9_.~:/?#\[\]@!$&'()*+,;=%-]+$",
            description="The event's source, a URI or a reference to one; not the item's source.",
        ),
    ]
    type: Annotated[str, Field(json_schema_extra={"const": SUBMISSION_TYPE})]
    subject: _AttributeText | None = None
    time: AwareDatetime | None = None
    dataschema: _AttributeText | None = None
    datacontenttype: Annotated[str, Field(pattern=r"^[a-z]+/([a-z0-9.-]+\+)?json$")] | None = None
    data: Annotated[
        Submission,
        Field(
            description="The item. `data_base64` may hold it instead; this schema leaves that out."
        ),
    ]


_MODELS: Final = (
    Submission,
    SubmissionEvent,
    PushAnswer,
    TakenRow,
    RefusedRow,
    ItemProblem,
    Digests,
    ItemState,
    ProblemDocument,
    NothingAccepted,
    UntypedProblem,
)


def schemas() -> dict[str, Value]:
    """Every schema by name, as they stand under components/schemas."""
    _, made = models_json_schema(
        [(model, "validation") for model in _MODELS],
        ref_template="#/components/schemas/{model}",
        schema_generator=_Untitled,
    )
    found: dict[str, Value] = {model.__name__: made["$defs"][model.__name__] for model in _MODELS}
    for schema in found.values():
        schema["description"] = schema["description"].partition("\n\n")[0].replace("\n", " ")
    _annotate(found["Submission"]["properties"])
    return found


class _Untitled(GenerateJsonSchema):
    """Leaves out the titles that only say a field's name again."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - of none
        return False


def _annotate(fields: dict[str, Value]) -> None:
    """Add what the model checks in code, and a schema generated from it cannot show."""
    for name, note in NOTES.items():
        fields[name]["description"] = note
        text = fields[name].get("anyOf", [fields[name]])[0]
        pattern = text.get("pattern", "^")
        if not pattern.endswith("$") and not text.keys() & {"enum", "format"}:
            text["pattern"] = f"{pattern}{_NO_NUL}"
    fields["published_at"]["pattern"] = _TIME
