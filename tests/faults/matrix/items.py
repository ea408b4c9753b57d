"""Rows 11, 12 and 22: items that kill, runs that take too long, and a stage that is broken."""

from tests.faults.rig.fault import fault
from tests.faults.rig.site import Site
from tests.faults.rig.wounds import POISONS


@fault(11, "poison items", within=150, without=("begun_marks",), stage_seconds=3)
def poison(site: Site) -> None:
    site.push(100)
    for word in POISONS:
        site.may_quarantine |= set(site.push(1, source="racun", words=word))
        site.push(40)
        site.strike()
    site.mended()
    site.flows(30)
    site.until(lambda: not site.unfinished(), "all are done", 150.0)
    states = site.states()
    for ref in site.may_quarantine:
        state, error = states[ref]
        site.demand(state == "quarantined", f"{ref} is {state}, not quarantined")
        site.demand("5 attempts" in (error or ""), f"no readable error of {ref}: {error}")


@fault(
    12,
    "a run longer than lease and visibility timeout",
    within=60,
    without=("once",),
    stage_seconds=40,
)
def long_run(site: Site) -> None:
    site.arms.turn("slow")
    site.push(30)
    site.pass_time(13.0)
    site.strike()
    site.arms.turn_off("slow")
    site.mended()
    site.flows(30)


@fault(22, "a broken asset: every item fails", within=90, without=("failure_limit",))
def broken_asset(site: Site) -> None:
    site.push(100)
    site.until(lambda: not site.unfinished(), "the sound ones are done", 60.0)
    site.arms.turn("broken")
    refs = site.push(300)
    site.may_quarantine |= set(refs)
    site.strike()
    site.until(lambda: "pipeline_stopped" in site.log("dispatch-1"), "it stops and says so", 60.0)
    site.pass_time(15.0)
    given_up = sum(state == "quarantined" for state, _ in site.states().values())
    site.demand(given_up <= 40, f"{given_up} of 300 sound items were quarantined")
    site.arms.turn_off("broken")
    site.mended()
    site.until(lambda: "pipeline_resumed" in site.log("dispatch-1"), "it goes on", 60.0)
