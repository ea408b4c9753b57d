"""Reasons in the language of who reads them."""

import pytest

from tasks.models import ActFinding, Claim, Item, Publication
from tasks.publish import publication
from tasks.reasons import checked
from tasks.retold import retold
from tasks.route import leading, routing
from tasks.words import LANGUAGES, ReaderLanguage
from tests.items import entry, finished


def said(reader: ReaderLanguage) -> Publication:
    """A rumour that may be a known claim, routed for readers of a language."""
    item, _ = finished(Item(seq=1, content=entry(1).content))
    assert item.classification is not None
    found = item.classification.model_copy(
        update={
            "acts": (ActFinding(act="rumour", probability=0.8),),
            "claims": (Claim(claim_id="cek-1", verdict="Salah", score=0.8, publisher="Cek"),),
        }
    )
    routed = routing(found, "ind", is_copy=False, reader=reader)
    return publication(item.with_classification(found).with_routing(routed))


@pytest.mark.parametrize("published", LANGUAGES)
@pytest.mark.parametrize("reader", LANGUAGES)
def test_reasons_are_said_in_the_language_of_the_reader(
    published: ReaderLanguage, reader: ReaderLanguage
) -> None:
    assert retold(said(published), reader) == said(reader).reasons
    assert leading(said(reader).acts).act == "rumour"
    assert retold(said(published), reader)[0] == checked(said(reader).claims[0], reader)[0]


def test_reasons_that_are_worded_otherwise_by_now_stay_as_they_were() -> None:
    old = said("id").model_copy(update={"reasons": ("Alasan lama.",)})
    assert retold(old, "en") == ("Alasan lama.",)
