"""What became of the sentences: shares with exact bounds, and a table for people.

The texts of held/ are never printed: they are for measuring, not for learning.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from scipy.stats import binomtest

from tasks.policy import desk_of
from tasks.words import Desk
from tests.speech.sentences import HALVES, Sentence


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a sentence went."""

    sentence: Sentence
    desk: Desk

    @property
    def reviewed(self) -> bool:
        """Whether people at the review desk will see it."""
        return self.desk == "review"

    @property
    def wrong(self) -> bool:
        """A danger that nobody reviews, or anything else that somebody does."""
        return self.reviewed is not self.sentence.danger


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total` (1 or more), printed with its exact (Clopper-Pearson) 95% interval."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """Between 0 and 1."""
        return self.count / self.total

    def __str__(self) -> str:
        low, high = binomtest(self.count, self.total).proportion_ci(0.95, "exact")
        return f"{self.count} of {self.total} = {self.value:.1%} (95%: {low:.1%} to {high:.1%})"


def escalated(outcomes: Iterable[Outcome]) -> Share:
    """Of what is protected or harmless, the share that reaches the review desk."""
    return _wrong(one for one in outcomes if not one.sentence.danger)


def missed(outcomes: Iterable[Outcome]) -> Share:
    """Of what is dangerous, the share that does not."""
    return _wrong(one for one in outcomes if one.sentence.danger)


def told_apart(outcomes: tuple[Outcome, ...]) -> Share:
    """Of the minimal pairs, the share with both sentences at the right place."""
    wrong = {one.sentence.id: one.wrong for one in outcomes}
    dangers = [one.sentence for one in outcomes if one.sentence.pair and one.sentence.danger]
    return Share(sum(not wrong[one.id] and not wrong[one.pair] for one in dangers), len(dangers))


def _wrong(outcomes: Iterable[Outcome]) -> Share:
    wrong = [one.wrong for one in outcomes]
    return Share(sum(wrong), len(wrong))


def print_report(outcomes: tuple[Outcome, ...]) -> None:
    """Tables by class and language, the two numbers, and what went wrong."""
    console = Console(width=150, markup=False, highlight=False)
    console.print()
    console.print(_table("class", outcomes, lambda one: one.sentence.function))
    console.print(_table("language", outcomes, lambda one: one.sentence.language))
    for one in outcomes:
        if one.wrong:
            console.print(failure(one))
    for half in HALVES:
        mine = tuple(one for one in outcomes if one.sentence.half == half)
        console.print(f"{half}: wrongly escalated {escalated(mine)}; missed {missed(mine)}")
    console.print(f"pairs told apart: {told_apart(outcomes)}")
    console.print(f"WRONGLY ESCALATED: {escalated(outcomes)}")
    console.print(f"MISSED: {missed(outcomes)}")


def failure(one: Outcome) -> str:
    """A line on a sentence that went wrong; its text only if it may be read."""
    sentence = one.sentence
    if sentence.half == "held":
        return f"{sentence.id} (held, {sentence.function})"
    way = f"{sentence.function}, {sentence.act}, went to {one.desk}"
    return f"{sentence.id} ({way}): {sentence.text}"


def _table(title: str, outcomes: tuple[Outcome, ...], key: Callable[[Outcome], str]) -> Table:
    """A row for each group, dangers last; a group that holds both kinds has two rows."""
    table = Table(title, "expected", "sentences", "to review", "share", "at their own desk")
    groups: dict[tuple[bool, str], list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault((one.sentence.danger, key(one)), []).append(one)
    for (danger, name), group in sorted(groups.items()):
        reviewed = sum(one.reviewed for one in group)
        own = sum(one.desk == desk_of(one.sentence.act) for one in group)
        table.add_row(
            name,
            "review" if danger else "not review",
            str(len(group)),
            str(reviewed),
            f"{reviewed / len(group):.0%}",
            f"{own / len(group):.0%}",
        )
    return table
