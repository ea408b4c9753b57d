"""From files to fact-checks: all of them, or every problem there is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError

from tasks.factcheck import FactCheck
from tasks.masking import mask_text, mask_url
from tasks.ratings import FILE, Meaning, Ratings, plain, ratings
from workers.factchecks.claimreview import read_claimreview
from workers.factchecks.csvfile import read_csv
from workers.factchecks.entries import Broken, Entry, Found, Problem
from workers.factchecks.feed import is_feed, read_feed
from workers.factchecks.jsonfile import read_json
from workers.factchecks.markdown import read_markdown
from workers.secretfile import in_words

Format = Literal["auto", "claimreview", "feed", "csv", "markdown"]
MAX_CHECKS: Final = 100_000
_READERS: Final[dict[Format, Callable[[Path], Found]]] = {
    "claimreview": read_claimreview,
    "feed": read_feed,
    "csv": read_csv,
    "markdown": read_markdown,
}
_SUFFIXES: Final[dict[str, Format]] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
}
_JSON: Final = frozenset({".json", ".jsonld"})
_FALSE, _TRUE = 0.25, 0.75
"""Where a rating by number begins and ends to be neither."""


@dataclass(frozen=True, slots=True)
class Read:
    """What the files hold. With a problem, nothing of it may be imported."""

    checks: tuple[FactCheck, ...]
    problems: tuple[Problem, ...]


def read_all(path: Path, form: Format, meanings: Ratings, language: str | None = None) -> Read:
    """The fact-checks of a file, or of the files of a folder, and all that is wrong with them.

    `language` is that of entries that name none. Raises ValueError for a path with nothing to
    read, OSError.
    """
    checks: dict[str, FactCheck] = {}
    problems: list[Problem] = []
    for entry in _entries(path, form):
        made = entry if isinstance(entry, Problem) else _check(entry, meanings, language)
        if isinstance(made, FactCheck) and checks.setdefault(made.id, made) != made:
            made = Problem(entry.where, f"id {made.id} came before", "give each an id of its own")
        if isinstance(made, Problem):
            problems.append(made)
        if len(checks) > MAX_CHECKS:
            raise ValueError(f"{path}: more than {MAX_CHECKS:,} fact-checks: import a part of them")
    if not checks and not problems:
        raise ValueError(f"{path}: holds no fact-check")
    return Read(tuple(checks.values()), tuple(problems))


def read_whole(path: Path) -> tuple[FactCheck, ...]:
    """The fact-checks of a file or folder, by saring's own ratings.

    Raises ValueError that names the first problem, OSError.
    """
    read = read_all(path, "auto", ratings())
    if read.problems:
        raise ValueError(f"{path}: {read.problems[0]} ({len(read.problems)} problems)")
    return read.checks


def _entries(path: Path, form: Format) -> Iterator[Entry | Problem]:
    for file in _files(path, form):
        try:
            yield from _reader(file, form)(file)
        except Broken as broken:
            yield broken.problem


def _files(path: Path, form: Format) -> list[Path]:
    """The file, or the files of that format in the folder; README.md is none."""
    if not path.is_dir():
        return [path]
    wanted = {suffix for suffix, held in _SUFFIXES.items() if form in ("auto", held)}
    if form in ("auto", "claimreview", "feed"):
        wanted |= _JSON
    files = [one for one in path.iterdir() if one.is_file() and one.suffix.lower() in wanted]
    found = sorted(one for one in files if one.name.lower() != "readme.md")
    if not found:
        raise ValueError(f"{path}: no file {' or '.join(f'*{one}' for one in sorted(wanted))}")
    return found


def _reader(file: Path, form: Format) -> Callable[[Path], Found]:
    if form != "auto":
        return _READERS[form]
    suffix = file.suffix.lower()
    if suffix in _JSON:
        return read_feed if is_feed(read_json(file)) else read_claimreview
    if suffix not in _SUFFIXES:
        raise Broken(file.name, "is of an unknown format", "name it with --format")
    return _READERS[_SUFFIXES[suffix]]


def _check(entry: Entry, ratings: Ratings, language: str | None) -> FactCheck | Problem:
    given: dict[str, Any] = _masked(entry.fields)
    if "language" not in given:
        if language is None:
            return Problem(entry.where, "no language", "add one such as ind, or give --language")
        given["language"] = language
    if "outcome" not in given and "verdict" in given:
        meaning = _meaning(entry, ratings)
        if meaning is None:
            remedy = (
                f"give its meaning in a table like {FILE.name} with --ratings, or (CSV, Markdown) "
                "in the field outcome"
            )
            return Problem(entry.where, f"unknown rating {given['verdict'][:80]!r}", remedy)
        given = {"subtype": meaning.subtype, **given, "outcome": meaning.outcome}
    try:
        return FactCheck.model_validate(given)
    except ValidationError as error:
        return Problem(entry.where, in_words(error), "mend it in the file and import again")


def _meaning(entry: Entry, ratings: Ratings) -> Meaning | None:
    if entry.score is None:
        return ratings.get(plain(entry.fields["verdict"]))
    if entry.score <= _FALSE:
        return Meaning("refuted", None)
    return Meaning("confirmed" if entry.score >= _TRUE else "unproven", None)


def _masked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """No handle and no number of a person goes into the ledger, by this way neither."""
    masked = dict(fields)
    for name in ("claim", "clarification"):
        if name in masked:
            masked[name] = mask_text(masked[name])
    masked["variants"] = [mask_text(one) for one in masked.get("variants", ())]
    masked["sources"] = [
        {"title": mask_text(one["title"]), "url": mask_url(one["url"])}
        for one in masked.get("sources", ())
    ]
    return masked
