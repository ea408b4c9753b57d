"""The payloads: what comes in, what travels between stages, what goes out.

All are frozen. Intake forbids unknown fields; everything read from a queue or the ledger
ignores them, so that an old reader survives a newer writer (DESIGN section 5).
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tasks.fields import NoNul, Probability, Text, WrittenDatetime
from tasks.words import (
    Act,
    Decision,
    Desk,
    Kind,
    Outcome,
    Sentiment,
    State,
    Subtype,
    Target,
)

MAX_TEXT = 20_000
"""Characters of a submission's text; a longer one is refused at the door."""
MAX_BATCH = 64
"""Items that travel together in one message."""


class Frozen(BaseModel):
    """Base of every payload: immutable, and silent about its input when it is invalid."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        # What is written is written whole, and the published schema says so.
        json_schema_serialization_defaults_required=True,
    )


class Content(Frozen):
    """The public text itself and where it stood; nothing about who wrote it."""

    source: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/~-]{1,200}$")]
    kind: Kind
    text: Annotated[str, Field(min_length=1), NoNul]
    title: Text | None = None
    url: Text | None = None
    platform: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")] | None = None
    published_at: AwareDatetime

    @property
    def ref(self) -> str:
        """The identity of an item everywhere: `source/id` (a source holds no slash)."""
        return f"{self.source}/{self.id}"


class Submission(Content):
    """What an upstream pushes: one public post or article. Unknown fields are refused.

    `author` is the account's handle. It ends at the door: there it becomes a keyed hash,
    and no payload behind the door has a field that could hold it. The limits on length are
    the door's too: masking may lengthen a text a little.
    """

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT), NoNul]
    title: Annotated[str, Field(max_length=500), NoNul] | None = None
    url: Annotated[str, Field(max_length=2000, pattern=r"^https?://"), NoNul] | None = None
    published_at: WrittenDatetime
    author: Annotated[str, Field(min_length=1, max_length=200), NoNul] | None = None


class Span(Frozen):
    """A half-open range of code points in `Normalised.text`."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class Evidence(Frozen):
    """Why a finding was made: the rule or model feature, where it matched, what it weighed.

    `by` names its origin, `rule:<id>@<version>` or `head:<head>.<label>`.
    """

    by: str
    spans: tuple[Span, ...] = ()
    weight: float | None = None


class ActFinding(Frozen):
    """One act that an item performs, with its probability and its evidence."""

    act: Act
    probability: Probability
    evidence: tuple[Evidence, ...] = ()


class Link(Frozen):
    """A link found in the text: its host (lower case) and where it stood."""

    host: str
    span: Span


class Masked(Frozen):
    """A piece of personal data that was replaced by a placeholder, and where that stands.

    A name, and what is of another kind, are replaced by people only.
    """

    kind: Literal["mention", "nik", "phone", "email", "address", "account_number", "name", "other"]
    span: Span


class Entity(Frozen):
    """A named thing that is not a private person: an institution, a place, a public role.

    `code` is a place's official one (16.71), or that of the smallest unit that holds it.
    """

    kind: str
    name: str
    span: Span
    code: str | None = None


class Claim(Frozen):
    """A published fact-check that an item matches, by what, and what it says.

    `score` is the probability that the item is about the claim, `asserted` that it holds it for
    true. `span` is the part of the text that matched, `shared` the terms that both have. Confirmed
    is a claim that was refuted and that the item asserts; any other match is for a person.
    """

    claim_id: str
    verdict: str
    score: Probability
    asserted: Probability = 0.0
    decision: Decision = "suggest"
    outcome: Outcome = "refuted"
    subtype: Subtype | None = None
    claim: str = ""
    clarification: str = ""
    publisher: str = ""
    url: str = ""
    published_on: date | None = None
    span: Span | None = None
    shared: tuple[str, ...] = ()


class Normalised(Frozen):
    """Section of `normalise`: the clean text that all spans refer to.

    For an article it is the title, an empty line, and the body.
    """

    text: Annotated[str, Field(min_length=1)]


Match = Literal["exact", "normalised", "near"]
"""How a copy was found: by every character, by its words and numbers, by nearly all of them."""


class Grouping(Frozen):
    """Section of `group`: which earlier item this one repeats, if any, and its narrative.

    `forwards` are narrative ids that lead to `narrative_id` from now on.
    """

    narrative_id: str
    duplicate_of: str | None = None
    match: Match | None = None
    forwards: tuple[str, ...] = ()


class Enrichment(Frozen):
    """Section of `enrich`: the language, the languages it mixes if two or more, what it holds."""

    language: Annotated[str, Field(pattern=r"^[a-z]{3}$")]
    language_probability: Probability
    mixed_languages: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    masked: tuple[Masked, ...] = ()
    entities: tuple[Entity, ...] = ()


class Classification(Frozen):
    """Section of `classify`: model signals, acts (strongest first), target, sentiment."""

    signals: dict[str, Probability]
    acts: tuple[ActFinding, ...]
    target: Target
    sentiment: Sentiment
    topics: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    versions: dict[str, str]


class Routing(Frozen):
    """Section of `route`: who acts on it, how soon, and why, in sentences for people."""

    desk: Desk
    state: State
    priority: Annotated[int, Field(ge=0, le=100)]
    reasons: tuple[str, ...]


class Item(Frozen):
    """A submission on its way through the stages, one section per stage.

    `seq` is the ledger's row number; 0 outside a ledger (`saring try`, unit tests).
    """

    version: Literal[1] = 1
    seq: int = 0
    content: Content
    normalised: Normalised | None = None
    grouping: Grouping | None = None
    enrichment: Enrichment | None = None
    classification: Classification | None = None
    routing: Routing | None = None

    @property
    def ref(self) -> str:
        """See `Content.ref`."""
        return self.content.ref

    def with_normalised(self, section: Normalised) -> Self:
        """The item with its `normalise` section."""
        return self._with(normalised=section)

    def with_grouping(self, section: Grouping) -> Self:
        """The item with its `group` section."""
        return self._with(grouping=section)

    def with_enrichment(self, section: Enrichment) -> Self:
        """The item with its `enrich` section."""
        return self._with(enrichment=section)

    def with_classification(self, section: Classification) -> Self:
        """The item with its `classify` section."""
        return self._with(classification=section)

    def with_routing(self, section: Routing) -> Self:
        """The item with its `route` section."""
        return self._with(routing=section)

    def _with(self, **section: Any) -> Self:
        # The typed methods above are the only callers: each passes a validated section,
        # so model_copy has nothing left to validate.
        return self.model_copy(update=section)

    def __repr__(self) -> str:
        return f"<Item {self.seq}>"

    __str__ = __repr__


class Batch(Frozen):
    """Up to 64 items that travel together in one message.

    Its repr is a summary ("64 items, batch 0f3a2c"): Celery's events carry reprs of
    arguments and results, so this is what keeps texts out of Flower and the logs.
    """

    id: str
    attempt: Annotated[int, Field(ge=1)] = 1
    items: Annotated[tuple[Item, ...], Field(max_length=MAX_BATCH)]

    def with_items(self, items: tuple[Item, ...]) -> Self:
        """The same batch carrying `items`."""
        return self.model_copy(update={"items": items})

    def __repr__(self) -> str:
        return f"{len(self.items)} items, batch {self.id[:6]}"

    __str__ = __repr__


class Publication(Frozen):
    """The published result of one item, version 1. Every field is always present."""

    version: Literal[1] = 1
    id: str
    source: str
    kind: Kind
    published_at: AwareDatetime
    url: str | None
    platform: str | None
    text: str
    language: str
    mixed_languages: tuple[str, ...] = ()
    desk: Desk
    state: State
    acts: tuple[ActFinding, ...]
    target: Target
    sentiment: Sentiment
    topics: tuple[str, ...]
    signals: dict[str, Probability]
    entities: tuple[Entity, ...]
    hashtags: tuple[str, ...]
    links: tuple[Link, ...]
    masked: tuple[Masked, ...]
    narrative_id: str
    duplicate_of: str | None
    match: Match | None = None
    forwards: tuple[str, ...] = ()
    claims: tuple[Claim, ...]
    priority: int
    reasons: tuple[str, ...]
    versions: dict[str, str]

    @property
    def ref(self) -> str:
        """The identity of the item it came from: `source/id`."""
        return f"{self.source}/{self.id}"
