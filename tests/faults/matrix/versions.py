"""Row 15: two versions at once, and messages that no version can read."""

import json

from tests.faults.rig.fault import fault
from tests.faults.rig.orders import VARIABLE, Orders
from tests.faults.rig.site import Site
from workers.queue import QUEUES

_ENVELOPE = {
    "content-type": "application/vnd.saring+json",
    "content-encoding": "utf-8",
    "headers": {
        "task": "saring.normalise",
        "id": "1",
        "lang": "py",
        "argsrepr": "",
        "kwargsrepr": "",
    },
    "properties": {
        "correlation_id": "1",
        "delivery_mode": 2,
        "delivery_info": {"exchange": "", "routing_key": "saring.normalise"},
        "priority": 0,
        "body_encoding": "utf-8",
        "delivery_tag": "1",
    },
}
_NOT_JSON = json.dumps(_ENVELOPE | {"body": "{bukan json"})
_UNKNOWN_TYPE = json.dumps(_ENVELOPE | {"body": "[]", "content-type": "application/x-python"})
_NO_BATCH = json.dumps(_ENVELOPE | {"body": '[[{"id": "x"}], {}, {"chain": null}]'})


@fault(15, "two versions at once, unreadable messages", within=60, without=("leases",))
def versions(site: Site) -> None:
    orders = Orders.model_validate_json(site.parts.environment[VARIABLE])
    site.parts.end("dispatch-1")
    for number, kind in enumerate(("task", "fields"), start=2):
        name = f"dispatch-{number}"
        newer = orders.model_copy(update={"future": kind})
        site.parts.start(name, "dispatch", **{VARIABLE: newer.model_dump_json()})
        site.push(40)
        site.strike()
        site.pass_time(8.0)
        site.parts.end(name)
    site.parts.again("dispatch-1")
    with site.broker.client() as client:
        for queue in QUEUES:
            client.lpush(queue, _NOT_JSON, _UNKNOWN_TYPE, _NO_BATCH)
            site.strike(3)
        client.lpush(QUEUES[0], *[b"{\xff\xfe"] * 200)  # no envelope at all
        site.strike(200)
    site.mended()
    site.push(40)
    site.flows(40)
