"""route: which desk acts on an item, how soon, and why, in sentences for people.

What is fixed: nobody but a person decides at the review desk, and an item comes there only by
a danger, an emergency or an accusation against a private person, never by criticism, satire,
journalism or a report of misconduct.
"""

from typing import Final

from tasks.models import ActFinding, Batch, Classification, Item, Routing
from tasks.policy import ACT_THRESHOLD, LANGUAGES_COVERED, PRIORITIES, desk_of
from tasks.ports import Ports
from tasks.reasons import checked, reasons
from tasks.stage import made
from tasks.words import DANGER_ACTS, Act, Desk, ReaderLanguage, State

_LEADING: Final[tuple[Act, ...]] = ("emergency", *DANGER_ACTS)
"""Acts that lead whatever else an item does."""
_YIELDING: Final[dict[Act, frozenset[Act]]] = {
    # Behind anger there is often something to be served or answered; a rude word hides nothing.
    "criticism": frozenset({"complaint", "question", "misconduct_report", "rumour"}),
    "abusive": frozenset({"complaint", "question", "misconduct_report", "rumour", "good_news"}),
    "press": frozenset({"good_news"}),
}
"""Acts that need no desk, and those that may lead in their stead."""
_DOUBTED: Final[frozenset[Act]] = frozenset({"other", "rumour", "abusive", "good_news"})
"""Acts of an item that goes to a person at the clarification desk if it may be a known claim. A
question, a complaint and protected speech stay where they are, with the fact-check beside them."""


def route(batch: Batch, ports: Ports) -> Batch:
    """Give each item its desk, state, priority and reasons, in the language of the desk."""
    return batch.with_items(tuple(_routed(item, ports.language) for item in batch.items))


def _routed(item: Item, language: ReaderLanguage) -> Item:
    return item.with_routing(
        routing(
            made(item.classification, "classify"),
            made(item.enrichment, "enrich").language,
            is_copy=made(item.grouping, "group").duplicate_of is not None,
            reader=language,
        )
    )


def routing(
    found: Classification, language: str, *, is_copy: bool, reader: ReaderLanguage
) -> Routing:
    """The routing of an item. A pure function."""
    lead = leading(found.acts)
    desk = desk_of(lead.act) if lead.probability >= ACT_THRESHOLD else "none"
    covered = language in LANGUAGES_COVERED
    state = _state(desk, lead, covered=covered)
    urgent = lead.act
    if _may_be_known(found, lead):
        desk, state, urgent = "clarify", "needs_human", "rumour"
    said = reasons(lead, desk, state, covered=covered, is_copy=is_copy, reader=reader)
    return Routing(
        desk=desk,
        state=state,
        priority=_priority(urgent, is_copy=is_copy),
        reasons=(*(one for claim in found.claims for one in checked(claim, reader)), *said),
    )


def _may_be_known(found: Classification, lead: ActFinding) -> bool:
    """Whether a person has to say if the item makes a known claim."""
    suggested = any(claim.decision == "suggest" for claim in found.claims)
    weak = lead.probability < ACT_THRESHOLD
    return suggested and (weak or lead.act in _DOUBTED)


def leading(acts: tuple[ActFinding, ...]) -> ActFinding:
    """The finding that decides the desk: danger first, a refuted claim, then the strongest act."""
    probable = [finding for finding in acts if finding.probability >= ACT_THRESHOLD]
    if not probable:
        return acts[0]
    dangers = [finding for finding in probable if finding.act in _LEADING]
    if dangers:
        return min(dangers, key=lambda finding: _LEADING.index(finding.act))
    for finding in probable:
        if finding.act == "false_claim":  # by a fact-check, which is surer than any model
            return finding
    instead = _YIELDING.get(probable[0].act, frozenset())
    return next((finding for finding in probable if finding.act in instead), probable[0])


def _state(desk: Desk, lead: ActFinding, *, covered: bool) -> State:
    if desk == "review":
        return "needs_human"
    if not covered or lead.probability < ACT_THRESHOLD:
        return "abstained"
    return "auto"


def _priority(act: Act, *, is_copy: bool) -> int:
    # A copy waits behind what is new; the item it repeats is in line already.
    return PRIORITIES[act] // 2 if is_copy else PRIORITIES[act]
