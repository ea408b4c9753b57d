"""The rule files: their typed contents, and errors that name file, rule and field."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    model_validator,
)

from tasks.conditions import Condition, compile_condition
from tasks.words import DANGER_ACTS, DangerAct, Kind, ProtectedAct, Target

RuleAct = (
    ProtectedAct
    | DangerAct
    | Literal[
        "good_news", "question", "complaint", "rumour", "slander_person", "abusive", "emergency"
    ]
)
"""Acts that a rule may find: never `false_claim` (it needs a fact-check), never `other`."""

Phrases = tuple[str, ...]
WordLists = Mapping[str, tuple[str, ...]]
Sentence = Annotated[str, Field(min_length=15, max_length=200)]
When = Annotated[Condition, PlainValidator(compile_condition)]


class RulesError(ValueError):
    """The rule files cannot be used. The message names the file, the rule and the field."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reason(_Data):
    """Why the rule speaks, as a sentence for a press officer, in each reader language."""

    id: Sentence
    en: Sentence


class Example(_Data):
    """An invented sentence; where a condition asks for them, what the heads say of it."""

    text: str
    language: str = "ind"
    signals: Mapping[str, float] = {}

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: object) -> object:
        return {"text": given} if isinstance(given, str) else given


class Examples(_Data):
    """Sentences in which the rule must speak, and must not. Run as tests."""

    match: Annotated[tuple[Example, ...], Field(min_length=2)]
    silent: Annotated[tuple[Example, ...], Field(alias="not")]


class Rule(_Data):
    """One rule. `weight` is the probability it lends its act: a stated prior, uncalibrated.

    It speaks where one of `phrases` stands; always, if it has none. `also`: one of these must
    stand somewhere in the text too. `unless` and `guards` silence it in their sentence; `when`
    (conditions.py) must hold of the item.
    """

    id: Annotated[str, Field(pattern=r"^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$")]
    version: Annotated[int, Field(ge=1)]
    act: RuleAct
    target: Target | None = None
    weight: Annotated[float, Field(gt=0.0, lt=1.0)]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)] = ("post",)
    scope: Literal["sentence", "text"] = "sentence"
    reason: Reason
    phrases: Phrases = ()
    also: Phrases = ()
    unless: Phrases = ()
    guards: tuple[str, ...] = ()
    when: When | None = None
    examples: Examples

    @property
    def name(self) -> str:
        """How evidence names it."""
        return f"rule:{self.id}@{self.version}"

    @model_validator(mode="after")
    def _journalism_is_no_danger(self) -> Self:
        if "article" in self.kinds and self.act in (*DANGER_ACTS, "emergency", "slander_person"):
            raise ValueError(f"an article is journalism: no rule may find {self.act} in it")
        return self

    @model_validator(mode="after")
    def _condition_narrows(self) -> Self:
        # So conditions cost nothing where no word of their rule stands.
        if self.when is not None and not self.phrases:
            raise ValueError("when: a condition narrows phrases, and there are none: add some")
        return self

    @model_validator(mode="after")
    def _is_silent_somewhere(self) -> Self:
        if self.phrases and not self.examples.silent:
            raise ValueError("examples.not: give a sentence in which the rule is silent")
        return self


class Guard(_Data):
    """A context in which words of danger are none: counter-speech, a report, a figure of speech.

    It silences a rule in its own sentence, in the whole text, or, for `quotation`, where the
    rule's words stand in quotation marks and one of the phrases stands outside of them.
    """

    name: str
    scope: Literal["sentence", "text", "quotation"]
    phrases: Annotated[Phrases, Field(min_length=1)]


class TargetWords(_Data):
    """Phrases that name a kind of target."""

    name: Target
    phrases: Annotated[Phrases, Field(min_length=1)]


class RuleFile(_Data):
    """What one file may hold."""

    rule: tuple[Rule, ...] = ()
    guard: tuple[Guard, ...] = ()
    target: tuple[TargetWords, ...] = ()


def read_lists(path: Path) -> WordLists:
    """The word lists; one may take in another ("@name") that stands above it."""
    lists: dict[str, tuple[str, ...]] = {}
    for name, entries in _toml(path).items():
        words: list[str] = []
        for entry in entries:
            if entry.startswith("@") and entry[1:] not in lists:
                raise RulesError(f"{path.name}: {name}: no list {entry!r} stands above it")
            words.extend(lists[entry[1:]] if entry.startswith("@") else (entry,))
        lists[name] = tuple(words)
    return lists


def read_file(path: Path) -> RuleFile:
    """The rules, guards and target words of one file. Raises RulesError."""
    data = _toml(path)
    try:
        return RuleFile.model_validate(data)
    except ValidationError as error:
        loc, message = error.errors()[0]["loc"], error.errors()[0]["msg"]
        field = ".".join(str(part) for part in loc)
        raise RulesError(f"{path.name}: {_rule_at(data, loc)}{field}: {message}") from None


def _rule_at(data: Mapping[str, Any], loc: tuple[int | str, ...]) -> str:
    if len(loc) > 1 and loc[0] == "rule" and isinstance(loc[1], int):
        return f"rule {data['rule'][loc[1]].get('id', '(without id)')}: "
    return ""


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RulesError(f"{path.name}: {error}") from None
