"""While the pipeline stands: one item at a time is sent through it, until some pass in a row."""

from sqlalchemy import Connection, select

from tasks.models import Batch
from workers.ledger.database import Ledger, now_ms
from workers.ledger.flow import Flow, Probe, locked, put
from workers.ledger.leases import claim_one, ready_sources
from workers.ledger.schema import items
from workers.limit import IN_A_ROW


def probe(ledger: Ledger, lease_seconds: float) -> Batch | None:
    """The next item to send through a pipeline that stands, leased; None if none is to be sent.

    One is on its way at a time, whoever asks. A source keeps its turn while its items pass. When
    enough passed in a row, of all or of one source, the pipeline runs again. Raises LedgerAway.
    """
    with ledger.write() as connection:
        flow = locked(connection)
        if flow.stop is None or _on_its_way(connection, flow.probe):
            return None
        flow = _judged(connection, flow)
        batch = None if flow.stop is None else _next(connection, flow, lease_seconds)
        if batch is not None:
            (item,) = batch.items
            source = item.content.source
            sent = Probe(seq=item.seq, batch_id=batch.id, source=source)
            flow = flow.model_copy(update={"probe": sent, "turn": source})
        put(connection, flow)
        return batch


def _on_its_way(connection: Connection, sent: Probe | None) -> bool:
    if sent is None:
        return False
    held = select(items.c.seq).where(
        items.c.seq == sent.seq, items.c.state == "leased", items.c.batch_id == sent.batch_id
    )
    return connection.execute(held).first() is not None


def _judged(connection: Connection, flow: Flow) -> Flow:
    """The fact once the last probe has ended; it is judged once."""
    if flow.probe is None:
        return flow
    source, row, passes = flow.probe.source, 0, dict(flow.passes)
    before = passes.pop(source, 0)
    state = connection.scalar(select(items.c.state).where(items.c.seq == flow.probe.seq))
    if state in ("published", "duplicate"):
        row, passes[source] = flow.row + 1, before + 1
        if max(row, passes[source]) >= IN_A_ROW:
            return Flow(resumed_at=now_ms(), rounds=flow.rounds + 1)
    return flow.model_copy(update={"probe": None, "passes": passes, "row": row})


def _next(connection: Connection, flow: Flow, lease_seconds: float) -> Batch | None:
    sources = ready_sources(connection)
    stays = flow.turn in flow.passes
    ahead = [one for one in sources if one > flow.turn or (stays and one == flow.turn)]
    for source in ahead + [one for one in sources if one not in ahead]:
        batch = claim_one(connection, source, lease_seconds)
        if batch is not None:
            return batch
    return None
