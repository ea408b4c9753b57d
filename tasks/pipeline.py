"""The whole program in one list. Adding a stage is one file and one line."""

import gc
from typing import Final

from tasks.classify import classify
from tasks.enrich import enrich
from tasks.enrich.entities import entities
from tasks.enrich.institutions import institutions
from tasks.group import group
from tasks.group.copies import is_known
from tasks.group.vectors import vector
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


_SOME_TEXT: Final = "Bupati Banyuasin meninjau jembatan pada 17 Agustus."


def load_assets() -> None:
    """Read weights, rules and word lists, which stages else do at their first batch.

    Raises FileNotFoundError or ValueError when the package is incomplete: a fault of the
    deployment, to be found before items are.
    """
    rulebook()
    heads().score([_SOME_TEXT])
    entities(_SOME_TEXT)
    institutions([_SOME_TEXT])
    is_known(_SOME_TEXT)
    vector(_SOME_TEXT)
    gc.collect()
    gc.freeze()  # it stays for life: no collection has to look through all of it again
