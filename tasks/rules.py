"""The rules: data in assets/rules, loaded and compiled once, and what they find in a text."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, get_args

from tasks.conditions import Facts
from tasks.models import Span
from tasks.phrases import Phrase, PhraseIndex, Run, compile_phrase
from tasks.rulefiles import (
    Guard,
    Phrases,
    Rule,
    RuleFile,
    RulesError,
    WordLists,
    read_file,
    read_lists,
)
from tasks.tokens import Tokens
from tasks.words import Kind, Target

FOLDER: Final = Path(__file__).parent / "assets" / "rules"
SPANS_SHOWN: Final = 8
"""Spans that a match keeps: enough to explain it, however long the text."""

_GUARD: Final = "guard:"
_SILENCERS: Final = ("unless:", _GUARD)
_TARGETS: Final[tuple[Target, ...]] = get_args(Target)


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that speaks of a text, where, and in which of its clauses (none: in all of it).

    `quoted`: all that it found stands in quotation marks.
    """

    rule: Rule
    spans: tuple[Span, ...]
    clauses: frozenset[int]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the rule files say of one text: rules, and how often it names each target.

    `guards`: the contexts that it stands in, looked for only where a protected group is named
    or a rule could be silenced. `words`: the tokens of the text. The conditions of rules are
    not heard yet: see `where`.
    """

    kind: Kind
    words: int
    matches: tuple[Match, ...]
    guards: frozenset[str]
    targets: Mapping[Target, int]

    def where(self, language: str, target: Target, signals: Mapping[str, float]) -> "Reading":
        """The same without the rules whose condition does not hold. Never raises.

        `signals`: those that are heard; empty where the heads do not know the language.
        """
        asking = {match.quoted for match in self.matches if match.rule.when}
        if not asking:
            return self
        facts = Facts(
            kind=self.kind,
            language=language,
            target=target,
            named=frozenset(self.targets),
            words=self.words,
            signals=signals,
            guards=self.guards,
        )
        bound = {quoted: replace(facts, quoted=quoted).bound() for quoted in asking}
        held = (
            match
            for match in self.matches
            if match.rule.when is None or match.rule.when.holds(bound[match.quoted])
        )
        return replace(self, matches=tuple(held))


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules, compiled. `version` is a hash over the files they came from."""

    rules: Mapping[str, Rule]
    guards: Mapping[str, Guard]
    index: PhraseIndex
    silencers: PhraseIndex
    version: str

    def read(self, text: str, kind: Kind) -> Reading:
        """What the rules find in `text`. Never raises, whatever the text."""
        tokens = Tokens(text)
        page = _Page(self, tokens)
        return Reading(
            kind=kind,
            words=len(tokens.written),
            matches=tuple(page.matches(kind)),
            guards=frozenset(
                owner.removeprefix(_GUARD) for owner in page.silencers if owner.startswith(_GUARD)
            ),
            targets={
                target: len(runs)
                for target in _TARGETS
                if (runs := page.found.get(f"target:{target}"))
            },
        )


class _Page:
    """One text with everything that was found in it."""

    def __init__(self, book: RuleBook, tokens: Tokens) -> None:
        self.book = book
        self.tokens = tokens
        self.found = book.index.find(tokens)
        # Guards begin with common words, so they are looked for only where they matter.
        matter = "target:protected_group" in self.found or not self.found.keys().isdisjoint(
            book.rules
        )
        self.silencers = book.silencers.find(tokens) if matter else {}
        self._sentences: dict[str, frozenset[int]] = {}

    def matches(self, kind: Kind) -> Iterator[Match]:
        for name, rule in self.book.rules.items():
            if (name not in self.found and rule.phrases) or kind not in rule.kinds:
                continue
            if not rule.phrases:
                yield Match(rule, (), frozenset())
            elif not rule.also or f"also:{name}" in self.found:
                runs = [run for run in self.found[name] if not self._silenced(rule, run)]
                if runs:
                    yield Match(
                        rule,
                        self._spans(runs),
                        self._clauses(rule, runs),
                        quoted=all(self._is_quoted(run) for run in runs),
                    )

    def _spans(self, runs: list[Run]) -> tuple[Span, ...]:
        return tuple(
            Span(
                start=self.tokens.placed[run.first].start, end=self.tokens.placed[run.last - 1].end
            )
            for run in runs[:SPANS_SHOWN]
        )

    def _clauses(self, rule: Rule, runs: list[Run]) -> frozenset[int]:
        if rule.scope == "text":
            return frozenset()
        return frozenset(
            token.clause for run in runs for token in self.tokens.placed[run.first : run.last]
        )

    def _silenced(self, rule: Rule, run: Run) -> bool:
        if self._stands_beside(f"unless:{rule.id}", run):
            return True
        return any(self._guarded(self.book.guards[name], run) for name in rule.guards)

    def _guarded(self, guard: Guard, run: Run) -> bool:
        owner = f"guard:{guard.name}"
        if owner not in self.silencers:
            return False
        match guard.scope:
            case "sentence":
                return self._stands_beside(owner, run)
            case "text":
                return True
            case "quotation":
                return self._is_quoted(run) and not all(
                    self.tokens.placed[other.first].quoted for other in self.silencers[owner]
                )

    def _is_quoted(self, run: Run) -> bool:
        return all(token.quoted for token in self.tokens.placed[run.first : run.last])

    def _stands_beside(self, owner: str, run: Run) -> bool:
        if owner not in self.silencers:
            return False
        if owner not in self._sentences:
            self._sentences[owner] = frozenset(map(self._sentence, self.silencers[owner]))
        return self._sentence(run) in self._sentences[owner]

    def _sentence(self, run: Run) -> int:
        return self.tokens.placed[run.first].sentence


def match(text: str, kind: Kind) -> list[Match]:
    """The rules whose words stand in `text`, conditions apart.

    Spans are half-open code point offsets into it.
    """
    return list(rulebook().read(text, kind).matches)


@cache
def rulebook() -> RuleBook:
    """The rules that the package brings."""
    return load(FOLDER)


def load(folder: Path) -> RuleBook:
    """Load and compile every rule file of `folder`. Raises RulesError."""
    paths = sorted(folder.glob("*.toml"))
    lists = read_lists(folder / "lists.toml")
    files = {path.name: read_file(path) for path in paths if path.name != "lists.toml"}
    guards = {guard.name: guard for file in files.values() for guard in file.guard}
    compiled = tuple(_compiled(files, lists))
    return RuleBook(
        rules=_by_id(files, guards),
        guards=guards,
        index=PhraseIndex(owned for owned in compiled if not owned[0].startswith(_SILENCERS)),
        silencers=PhraseIndex(owned for owned in compiled if owned[0].startswith(_SILENCERS)),
        version=_version(paths),
    )


def _version(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _by_id(files: Mapping[str, RuleFile], guards: Mapping[str, Guard]) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for name, file in files.items():
        for rule in file.rule:
            if rule.id in rules:
                raise RulesError(f"{name}: rule {rule.id}: id: another rule has it")
            if unknown := sorted(set(rule.guards) - guards.keys()):
                raise RulesError(f"{name}: rule {rule.id}: guards: no guard {unknown[0]!r}")
            rules[rule.id] = rule
    return rules


def _compiled(files: Mapping[str, RuleFile], lists: WordLists) -> Iterator[tuple[str, Phrase]]:
    for name, file in files.items():
        for owner, field, sources in _owned(file):
            for source in sources:
                try:
                    yield owner, compile_phrase(source, lists)
                except ValueError as error:
                    where = f"rule {owner.rpartition(':')[2]}" if file.rule else owner
                    raise RulesError(f"{name}: {where}: {field}: {error}") from None


def _owned(file: RuleFile) -> Iterator[tuple[str, str, Phrases]]:
    for rule in file.rule:
        yield rule.id, "phrases", rule.phrases
        yield f"also:{rule.id}", "also", rule.also
        yield f"unless:{rule.id}", "unless", rule.unless
    for guard in file.guard:
        yield f"guard:{guard.name}", "phrases", guard.phrases
    for target in file.target:
        yield f"target:{target.name}", "phrases", target.phrases
