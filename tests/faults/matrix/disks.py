"""Row 10: the disk of broker, ledger and logs is full."""

from tests.faults.rig.fault import BOTH, fault
from tests.faults.rig.site import Site


@fault(10, "the disk is full", within=60, without=("commit_first",), setups=BOTH, disk_mb=160)
def disk_full(site: Site) -> None:
    site.pusher.stream(15)
    site.seen(60)
    answers = site.history.answers
    with site.full_disk():
        site.strike()
        site.until(lambda: answers[503] + answers[507] > 0, "the intake answers 503 or 507", 30.0)
        site.pass_time(10.0)
    site.revive()
    site.mended()
    site.flows(40)
