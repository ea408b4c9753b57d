"""Row 23: a random schedule of injuries, one after the other and one into the other."""

import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.rig.fault import BOTH, Fault, Setup
from tests.faults.rig.injuries import INJURIES
from tests.faults.rig.site import Options, Site, site
from tests.faults.rig.verdict import Verdict, try_out


@pytest.mark.schedule
@pytest.mark.timeout(3 * 3600)
@pytest.mark.parametrize("setup", BOTH, ids="-".join)
def test_nothing_is_lost_in_a_random_schedule(
    setup: Setup, tmp_path: Path, keep: Callable[[Verdict], None]
) -> None:
    seed = int(os.environ.get("SEED", secrets.randbelow(1_000_000)))
    minutes = float(os.environ.get("MINUTES", "30")) / len(BOTH)
    sys.stderr.write(f"\nSEED={seed} MINUTES={minutes:g} {'/'.join(setup)}\n")
    fault = Fault(23, f"random schedule, seed {seed}", 180.0, _schedule(minutes * 60))
    options = Options(dispatchers=2, deliver=True, proxied_broker=True, stage_seconds=8)
    with site(tmp_path, setup, options, (), seed) as made:
        verdict = try_out(fault, made)
    keep(verdict)
    assert verdict.sound, "\n".join(verdict.problems)


def _schedule(seconds: float) -> Callable[[Site], None]:
    def inflict(made: Site) -> None:
        end = time.monotonic() + seconds
        done: Counter[str] = Counter()
        made.pusher.stream(10)
        while time.monotonic() < end:
            injury = made.chance.choice(INJURIES)
            injury(made)
            made.strike()
            done[injury.__name__] += 1
            left = max(0.0, end - time.monotonic())
            sys.stderr.write(
                f"{left:5.0f} s left  {len(made.history.seen):6} seen  {injury.__name__}\n"
            )
            # Mostly the next one comes before this one is overcome.
            made.pass_time(made.chance.expovariate(1 / 4))
            if made.chance.random() < 0.2:
                made.flows(180)
        made.set_clock(0)
        made.mended()
        sys.stderr.write(f"{dict(done)}\n")
        made.flows(120)

    return inflict
