"""Figures of the matching of claims, on the samples by which nothing was chosen and on real texts.

Shares of rare things need exact intervals: those of Clopper and Pearson.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from scipy.stats import binomtest

from tasks.claims import ClaimIndex, ClaimMatch, claim_index, match
from tasks.factcheck import FactCheck, Library
from tasks.heads import heads
from training.claim_samples import MEASURING, Sample, real_texts, sample_library, samples
from training.figures import Figure

HEAD: Final = "claims"
REAL: Final = ("smsa_sentiment", "hate_abusive_id", "hoax_tweets_umpo", "news_topic_clickid")
HEADLINES: Final = "news_topic_clickid"
POSTS: Final = ("smsa_sentiment", "hoax_tweets_umpo")
SIZES: Final = (300, 1_000, 5_000)
"""Fact-checks of the larger libraries: the sixty, and headlines of the train split as claims."""
_BATCH: Final = 64


class Row(NamedTuple):
    """A sample, what it matches, and the id of the claim that it is most like, shown or not."""

    sample: Sample
    found: ClaimMatch | None
    likest: str | None


Test = Callable[[Row], bool]
LANGUAGES: Final[Mapping[str, frozenset[str]]] = {
    "all": frozenset({"ind", "jav", "sun", "min", "mui", "eng"}),
    "ind": frozenset({"ind"}),
    "regional": frozenset({"jav", "sun", "min", "mui"}),
    "eng": frozenset({"eng"}),
}


def measure_claims(data: Path) -> Iterator[Figure]:
    """Figures of the measuring half, of real texts (valid), without variants, and of size.

    Raises FileNotFoundError when a set is missing from `data`.
    """
    library = sample_library()
    texts = list(samples(MEASURING))
    index = claim_index(library)
    rows = _rows(index, texts)
    yield from _of_wordings(rows, "samples")
    yield from _of_others(rows, "samples")
    for name in REAL:
        yield from _of_real(index, real_texts(data, [name], "valid"), name)
    bare = [check.model_copy(update={"variants": ()}) for check in library.checks]
    rows = _rows(ClaimIndex.of(Library.of(bare)), texts)
    yield from _of_wordings(rows, "samples, no variants", ["all"])
    yield from _of_others(rows, "samples, no variants")
    yield from _of_size(data, library, texts)


def _of_wordings(
    rows: Sequence[Row], source: str, groups: Sequence[str] = tuple(LANGUAGES)
) -> Iterator[Figure]:
    """How many wordings are most like their claim, are confirmed, or at least shown."""
    for group in groups:
        some = [
            row
            for row in rows
            if row.sample.kind == "wording" and row.sample.language in LANGUAGES[group]
        ]
        yield _share(source, f"wordings {group}: top-1", some, _likest)
        yield _share(source, f"wordings {group}: confirmed", some, _confirmed_rightly)
        yield _share(source, f"wordings {group}: shown", some, _right)


def _of_others(rows: Sequence[Row], source: str) -> Iterator[Figure]:
    for kind in ("denial", "report", "question", "near_miss"):
        some = [row for row in rows if row.sample.kind == kind]
        yield _share(source, f"{kind}: falsely confirmed", some, _confirmed)
    wordings = [row for row in rows if row.sample.kind == "wording"]
    wrong = [row for row in wordings if not _right(row)]
    yield _figure(source, "wording: another confirmed", sum(map(_confirmed, wrong)), len(wordings))


def _of_real(
    index: ClaimIndex, texts: Sequence[str], source: str, name: str = "falsely confirmed"
) -> Iterator[Figure]:
    found = _matches(index, texts)
    confirmed = sum(one is not None and one.decision == "confirm" for one in found)
    yield _figure(source, name, confirmed, len(texts))
    shown = sum(one is not None for one in found)
    yield _figure(source, "shown", shown, len(texts))


def _of_size(data: Path, library: Library, texts: Sequence[Sample]) -> Iterator[Figure]:
    headlines = list(dict.fromkeys(real_texts(data, [HEADLINES], "train")))
    posts = real_texts(data, POSTS, "valid")
    others = real_texts(data, [HEADLINES], "valid")
    wordings = [one for one in texts if one.kind == "wording"]
    for size in SIZES:
        stand_ins = (_stand_in(number, text) for number, text in enumerate(headlines))
        more = [one for one, _ in zip(stand_ins, range(size - len(library.checks)), strict=False)]
        index = ClaimIndex.of(Library.of([*library.checks, *more]))
        source = f"{size:,} fact-checks"
        yield from _of_wordings(_rows(index, wordings), source, ["all"])
        yield from _of_real(index, posts, f"{source}, reviews and tweets")
        # Many tell the news of a headline in the library: what is confirmed is not always false.
        yield from _of_real(index, others, f"{source}, headlines", "confirmed")


def _stand_in(number: int, claim: str) -> FactCheck:
    """A headline as if it were a fact-check: what a large library is like, none being open."""
    return FactCheck.model_validate(
        {
            "id": f"headline-{number}",
            "claim": claim,
            "language": "ind",
            "verdict": "Salah",
            "outcome": "refuted",
            "date": "2026-01-01",
            "publisher": "Contoh",
            "url": "https://contoh.example/",
        }
    )


def _rows(index: ClaimIndex, texts: Sequence[Sample]) -> list[Row]:
    said = [one.text for one in texts]
    likest: list[str | None] = []
    for _, found in index.shelf.look(said):
        best = max(found, key=index.model.about, default=None)
        likest.append(None if best is None else index.shelf.checks[best.place].id)
    return [Row(*row) for row in zip(texts, _matches(index, said), likest, strict=True)]


def _matches(index: ClaimIndex, texts: Sequence[str]) -> list[ClaimMatch | None]:
    found: list[ClaimMatch | None] = []
    for at in range(0, len(texts), _BATCH):
        batch = texts[at : at + _BATCH]
        found += match(index, batch, heads().hear(batch) or [{}] * len(batch))
    return found


def _likest(row: Row) -> bool:
    return row.likest == row.sample.claim


def _right(row: Row) -> bool:
    return row.found is not None and row.found.check.id == row.sample.claim


def _confirmed(row: Row) -> bool:
    return row.found is not None and row.found.decision == "confirm"


def _confirmed_rightly(row: Row) -> bool:
    return _confirmed(row) and _right(row)


def _share(source: str, name: str, rows: Sequence[Row], test: Test) -> Figure:
    return _figure(source, name, sum(map(test, rows)), len(rows))


def _figure(source: str, name: str, count: int, rows: int) -> Figure:
    found = binomtest(count, rows).proportion_ci(0.95, "exact")
    value, low, high = (round(float(one), 4) for one in (count / rows, found.low, found.high))
    return Figure(HEAD, source, name, value, low, high, rows)
