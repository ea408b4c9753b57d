"""`saring try --explain`: one publication with what led to it, as people read it."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from rich.console import Console
from rich.rule import Rule
from rich.table import Column, Table
from rich.text import Text

from tasks.evidence import Driver, explained, telling
from tasks.heads import heads
from tasks.models import Publication, Span
from tasks.policy import desk_of
from tasks.rules import rulebook
from tasks.words import ReaderLanguage
from workers.cli.sayings import SAYINGS
from workers.labels import DESKS, LANGUAGES, SENTIMENTS, STATES, TARGETS, act_label

Drivers = dict[str, tuple[Driver, ...]]

_HEARD: Final = "underline"
_FOUND: Final = "black on yellow"
_DANGER: Final = "bold white on red"


class _Mark(NamedTuple):
    span: Span
    style: str


def show(reader: ReaderLanguage, console: Console, publication: Publication) -> None:
    """Print the text with what was found in it, why it is routed so, its acts and signals."""
    names = telling(publication.signals, heads())
    words = explained(publication.text, names, heads())
    console.print(Rule(Text(publication.ref), align="left"))
    console.print(_marked(publication, words.values()))
    console.print(_route(publication, reader))
    for reason in publication.reasons:
        console.print(f"• {reason}", markup=False)
    console.print(_acts(publication, words, reader))
    if words:
        console.print(_signals(publication, words, reader))


def _marked(publication: Publication, words: Iterable[tuple[Driver, ...]]) -> Text:
    """The text: words behind signals underlined, what rules found in colour."""
    text = Text(publication.text)
    marks = [_Mark(driver.span, _HEARD) for drivers in words for driver in drivers]
    for finding in publication.acts:
        # Red is for what a person has to decide on, not for a weak sign of it.
        decided = publication.desk == desk_of(finding.act) == "review"
        style = _DANGER if decided else _FOUND
        marks += [_Mark(span, style) for one in finding.evidence for span in one.spans]
    for span, style in marks:
        text.stylize(style, span.start, span.end)
    return text


def _route(publication: Publication, reader: ReaderLanguage) -> Table:
    saying = SAYINGS[reader]
    table = Table.grid(padding=(0, 2))
    code = publication.language
    for name, value in (
        (saying.desk, DESKS[publication.desk][reader]),
        (saying.state, STATES[publication.state][reader]),
        (saying.priority, str(publication.priority)),
        (saying.language, f"{LANGUAGES[code][reader]} ({code})" if code in LANGUAGES else code),
        (saying.target, TARGETS[publication.target][reader]),
        (saying.sentiment, SENTIMENTS[publication.sentiment][reader]),
    ):
        table.add_row(Text(name, style="bold"), value)
    return table


def _acts(publication: Publication, words: Drivers, reader: ReaderLanguage) -> Table:
    """A row for each piece of evidence; an act that has none has a row of its own."""
    saying = SAYINGS[reader]
    table = _table(saying.act, saying.found_by, saying.reason, saying.words)
    for finding in publication.acts:
        label = act_label(finding, reader)
        if not finding.evidence:
            table.add_row(label)
        for one in finding.evidence:
            by = one.by.partition(":")[2]
            spans = one.spans or tuple(driver.span for driver in words.get(by, ()))
            table.add_row(label, by, _reason(by, reader), _said(publication.text, spans))
            label = ""
    return table


def _table(*names: str) -> Table:
    """A table in which nothing is cut, however narrow the screen."""
    return Table(*(Column(name, overflow="fold") for name in names))


def _reason(by: str, reader: ReaderLanguage) -> str:
    rule = rulebook().rules.get(by.partition("@")[0])
    if rule is None:
        return SAYINGS[reader].model
    return rule.reason.id if reader == "id" else rule.reason.en


def _said(text: str, spans: Iterable[Span]) -> Text:
    return Text(", ".join(dict.fromkeys(text[span.start : span.end] for span in spans)))


def _signals(publication: Publication, words: Drivers, reader: ReaderLanguage) -> Table:
    saying = SAYINGS[reader]
    table = _table(saying.signal, saying.probability, saying.drivers)
    for name, drivers in words.items():
        table.add_row(name, f"{publication.signals[name]:.0%}", _weighed(publication.text, drivers))
    return table


def _weighed(text: str, drivers: tuple[Driver, ...]) -> Text:
    """Each word once, with the sum of its weights, strongest first."""
    sums: dict[str, float] = {}
    for span, weight in drivers:
        word = text[span.start : span.end]
        sums[word] = sums.get(word, 0.0) + weight
    ranked = sorted(sums.items(), key=lambda pair: -pair[1])
    return Text(", ".join(f"{word} +{weight:.2f}" for word, weight in ranked))
