"""Conditions: what a rule may ask of an item besides its words, in CEL.

    target != "institution" || "private_person" in named
    signals[?"hate.Abusive"].orValue(1.0) >= 0.1
    kind == "post" && words < 40 && !quoted && !("report" in guards)

CEL (Common Expression Language) is total: every expression ends, and cannot reach anything but
the facts that it is given. Names and types are checked when it is compiled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cel_expr_python import cel
from cel_expr_python.ext import ext_optional

from tasks.words import Kind, Target

MAX_LENGTH: Final = 300
"""Characters of a condition: with CEL's own limit of loops it bounds what one costs."""

_STRINGS: Final = cel.Type.List(cel.Type.STRING)
_TYPES: Final = {
    "kind": cel.Type.STRING,
    "language": cel.Type.STRING,
    "target": cel.Type.STRING,
    "named": _STRINGS,
    "words": cel.Type.INT,
    "signals": cel.Type.Map(cel.Type.STRING, cel.Type.DOUBLE),
    "guards": _STRINGS,
    "quoted": cel.Type.BOOL,
}
# Optional values are what gives an absent signal a default: signals[?"x"].orValue(0.0).
_CEL: Final = cel.NewEnv(variables=_TYPES, extensions=[ext_optional.ExtOptional()])


@dataclass(frozen=True, slots=True)
class Facts:
    """What a condition may ask for.

    `language` is an ISO 639-3 code or `und`; `target` whom the text names most, `named` every
    target that it names; `words` their number; `signals` head.label to probability, and empty
    where the heads are not heard; `guards` the contexts that the text stands in; `quoted`
    whether all that the rule found stands in quotation marks.
    """

    kind: Kind
    language: str
    target: Target
    named: frozenset[Target]
    words: int
    signals: Mapping[str, float]
    guards: frozenset[str]
    quoted: bool = False

    def bound(self) -> "Bound":
        """These facts as conditions read them; bind once where many conditions ask."""
        values = {
            "kind": self.kind,
            "language": self.language,
            "target": self.target,
            "named": sorted(self.named),
            "words": self.words,
            "signals": dict(self.signals),
            "guards": sorted(self.guards),
            "quoted": self.quoted,
        }
        return Bound(_CEL.Activation(values))


@dataclass(frozen=True, slots=True)
class Bound:
    """Facts, bound for CEL."""

    activation: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition; two with the same source are equal."""

    source: str
    _program: Any = field(repr=False, compare=False)

    def holds(self, facts: Bound) -> bool:
        """Whether it holds. Never raises: what cannot be decided (1 / 0) does not hold."""
        return _evaluated(self._program, facts) is True


def compile_condition(source: str) -> Condition:
    """Compile a condition. Raises ValueError that says what is wrong with it and what to do."""
    if len(source) > MAX_LENGTH:
        raise ValueError(f"longer than {MAX_LENGTH} characters: write two rules")
    try:
        program = _CEL.compile(source)
    except RuntimeError as error:
        raise ValueError(f"{_first_line(error)}; the names are {', '.join(_TYPES)}") from None
    if program.return_type() != cel.Type.BOOL:
        raise ValueError(f"gives {program.return_type().name()}: compare it with something")
    result = _evaluated(program, _BLANK)
    if result not in (True, False):
        raise ValueError(
            f"cannot be decided where nothing is known ({result}): a signal may be absent, "
            'write signals[?"head.label"].orValue(0.0)'
        )
    return Condition(source, program)


def _evaluated(program: Any, facts: Bound) -> object:
    """True, False, or what went wrong, in words."""
    try:
        return program.eval(facts.activation).value()
    except RuntimeError as error:  # CEL's limit of loops
        return str(error)


def _first_line(error: RuntimeError) -> str:
    """CEL's message without its status and its drawing of the place."""
    return str(error).partition("\n")[0].partition("<input>:")[2] or str(error)


_BLANK: Final = Facts(
    kind="post",
    language="und",
    target="none",
    named=frozenset(),
    words=0,
    signals={},
    guards=frozenset(),
).bound()
