"""Figures as people write them, in the language of the reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

from tasks.proportion import Proportion
from tasks.words import Desk, ReaderLanguage

ORDER: Final[tuple[Desk, ...]] = (
    "review", "clarify", "oversight", "service", "answer", "amplify", "none"
)  # fmt: skip
"""The desks as every page orders them."""
_MINUTE: Final = 60_000


class Voice(Protocol):
    """The texts and templates of the desk."""

    def render(self, template: str, language: ReaderLanguage, **values: Any) -> str:
        """A template, filled."""
        ...

    def text(self, name: str, language: ReaderLanguage, **values: Any) -> str:
        """A text by its name. Raises KeyError."""
        ...

    def when(self, milliseconds: int, language: ReaderLanguage) -> str:
        """A time in WIB."""
        ...


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes in one language."""

    voice: Voice
    language: ReaderLanguage

    def say(self, name: str, **values: Any) -> str:
        """The text `report.<name>`; numbers among the values are written out."""
        filled = {
            key: self.number(one) if isinstance(one, int) else one for key, one in values.items()
        }
        return self.voice.text(f"report.{name}", self.language, **filled)

    def named(self, name: str, otherwise: str) -> str:
        """The text `report.<name>` if there is one."""
        try:
            return self.say(name)
        except KeyError:
            return otherwise

    def desk(self, desk: Desk) -> str:
        """The name of a desk."""
        return self.voice.text(f"desk.{desk}", self.language)

    def desks(self, found: Mapping[Desk, object]) -> list[Desk]:
        """Those that are there, in order."""
        return [desk for desk in ORDER if desk in found]

    def number(self, number: float, places: int = 0) -> str:
        """1234.5 as "1.234,5" in Indonesian, "1,234.5" in English."""
        said = f"{number:,.{places}f}"
        return said.translate(str.maketrans(",.", ".,")) if self.language == "id" else said

    def percent(self, share: float | None) -> str:
        """0.125 as "12,5%"; what is not known as a dash. Nothing but none of all is "0%"."""
        if share is None:
            return self.say("no_value")
        places = 0 if share in (0, 1) or 0.1 <= share <= 0.9 else 1
        return f"{self.number(100 * share, places)}%"

    def interval(self, one: Proportion) -> str:
        """The bounds of a share."""
        if one.interval is None:
            return self.say("no_value")
        low, high = one.interval
        return f"{self.percent(low)}\u2013{self.percent(high)}"

    def part(self, one: Proportion) -> str:
        """As "3 of 20"."""
        return self.say("of", count=one.count, of=one.of)

    def span(self, milliseconds: int | None, unknown: str = "no_value") -> str:
        """A length of time in its largest unit that is not 0, as "3,5 jam"."""
        if milliseconds is None:
            return self.say(unknown)
        minutes = milliseconds / _MINUTE
        for unit, size in (("days", 1440), ("hours", 60)):
            if minutes >= size:
                length = round(minutes / size, 1)
                places = 1 if length < 10 and not length.is_integer() else 0
                return self.say(unit, n=self.number(length, places))
        return self.say("minutes", n=round(minutes)) if minutes >= 1 else self.say("under_minute")

    def change(self, now: int, before: int) -> str:
        """By how much it changed, as "+12"."""
        sign = "\u2212" if now < before else "+" if now > before else "\u00b1"
        return f"{sign}{self.number(abs(now - before))}"

    def day(self, day: date) -> str:
        """As "Sen 16/11"."""
        return f"{self.say('weekdays').split()[day.weekday()]} {day.day}/{day.month}"

    def when(self, milliseconds: int) -> str:
        """A time in WIB."""
        return self.voice.when(milliseconds, self.language)
