"""How many items narratives and copies count: answered from indexes alone, bodies stay unread."""

from typing import Final

from sqlalchemy import Connection, Select, Subquery, func, select, union

from workers.ledger.schema import forwards, publications

HOUR_MS: Final = 3_600_000


def reaches(narratives: Select[str], now: int) -> Subquery:
    """Of each of these narratives, under the id that it has by now: `reach`, `growth`.

    `reach`: its items. `growth`: those that were written in the last hour.
    """
    named = narratives.subquery()
    led = select(func.coalesce(forwards.c.leads_to, named.c.narrative_id).label("id")).select_from(
        named.outerjoin(forwards, forwards.c.narrative_id == named.c.narrative_id)
    )
    roots = led.subquery()
    members = union(
        select(roots.c.id),
        select(forwards.c.narrative_id).join(roots, roots.c.id == forwards.c.leads_to),
    ).subquery()
    # Not the fallback of other queries to `released_at`: that column is not in the index, and
    # what older code wrote without `written_at` was not written in the last hour.
    newest = func.count().filter(publications.c.written_at > now - HOUR_MS)
    each = (
        select(publications.c.narrative_id, func.count().label("reach"), newest.label("growth"))
        .where(publications.c.narrative_id.in_(select(members.c.id)))
        .group_by(publications.c.narrative_id)
        .subquery()
    )
    root = func.coalesce(forwards.c.leads_to, each.c.narrative_id)
    return (
        select(
            root.label("root"),
            func.sum(each.c.reach).label("reach"),
            func.sum(each.c.growth).label("growth"),
        )
        .select_from(each.outerjoin(forwards, forwards.c.narrative_id == each.c.narrative_id))
        .group_by(root)
        .subquery()
    )


def copies_of(connection: Connection, refs: list[str]) -> dict[str, int]:
    """How many copies each of these items has; one without any is not there."""
    rows = connection.execute(
        select(publications.c.copy_of, func.count())
        .where(publications.c.copy_of.in_(refs))
        .group_by(publications.c.copy_of)
    )
    return {str(ref): count for ref, count in rows}
