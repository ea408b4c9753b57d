"""The whole program in one list. Adding a stage is one file and one line."""

from typing import Final

from tasks.classify import classify
from tasks.enrich import enrich
from tasks.group import group
from tasks.heads import heads
from tasks.normalise import normalise
from tasks.publish import publish
from tasks.route import route
from tasks.rules import rulebook
from tasks.stage import Stage

PIPELINE: Final = (
    Stage("normalise", normalise),  # clean, masked text
    Stage("group", group),  # which earlier item does it repeat?
    Stage("enrich", enrich),  # language, links, hashtags, masked data
    Stage("classify", classify),  # signals, acts, target
    Stage("route", route),  # which desk, how soon, why
    Stage("publish", publish),  # into the ledger, and out
)


def load_assets() -> None:
    """Read weights and rules, which stages else do at their first batch.

    Raises FileNotFoundError or ValueError when the package is incomplete: a fault of the
    deployment, to be found before items are.
    """
    heads()
    rulebook()
