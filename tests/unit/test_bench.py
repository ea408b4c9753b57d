"""The bench: its texts, its arithmetic, and CPU time that must not be lost."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from statistics import mean

import pytest
from rich.console import Console

from bench import Spoilt
from bench.alone import admitted
from bench.cpu import Cpu, Usage, sample, spent
from bench.machine import Machine
from bench.report import Report, as_object, show
from bench.split import Round, costs, processes, rows
from bench.texts import lines, submissions
from tasks.models import Submission
from tasks.pipeline import PIPELINE
from tasks.skeleton import skeleton
from workers.settings import Settings

STAGES = [stage.name for stage in PIPELINE]
DOCS = Path(__file__).parents[2] / "docs" / "performance.md"
BURN = "import time\nwhile time.process_time() < 0.3: pass\n"


def test_the_same_seed_gives_the_same_texts_and_another_gives_others() -> None:
    assert submissions(200, seed=5) == submissions(200, seed=5)
    assert not {one.text for one in submissions(200, 5)} & {one.text for one in submissions(200, 6)}


def test_no_text_repeats_another_even_for_group() -> None:
    assert len({skeleton(one.text) for one in submissions(2000, seed=1)}) == 2000


def test_one_in_ten_is_an_article() -> None:
    kinds = [one.kind for one in submissions(1000, seed=1)]
    assert kinds.count("article") == 100


def test_posts_have_about_150_characters_and_articles_about_300_words() -> None:
    made = submissions(1000, seed=2)
    posts = [len(one.text) for one in made if one.kind == "post"]
    articles = [len(one.text.split()) for one in made if one.kind == "article"]
    assert 140 < mean(posts) < 170
    assert 100 < min(posts) < max(posts) < 280
    assert 290 < min(articles) < max(articles) < 320


def test_lines_are_valid_submissions_that_the_door_takes() -> None:
    made = lines(100, seed=3)
    assert [Submission.model_validate_json(line) for line in made] == submissions(100, seed=3)
    assert len(admitted(made)) == 100


def a_round(items: int = 1000, worker_seconds: float = 2.0, others: float = 0.0) -> Round:
    """Each stage costs 0.1 ms an item, so all six 0.6; the ledger 0.1 + 0.2 + 0.3."""
    return Round(
        items=items,
        seconds=4.0,
        latencies_ms=list(range(1, items + 1)),
        batches=20,
        others=others,
        stages=dict.fromkeys(STAGES, 0.1),
        heads={"hashing": 0.08, "language": 0.02},
        ledger={"accept": 0.1, "claim": 0.2, "record": 0.3},
        parts={
            "broker": Cpu(0.2, 0.0),
            "intake": Cpu(0.25, 0.05),
            "dispatch": Cpu(0.4, 0.0),
            "deliver": Cpu(0.1, 0.0),
            "flower": Cpu(0.1, 0.0),
            "worker-1": Cpu(0.3, worker_seconds / 2),
            "worker-2": Cpu(0.2, worker_seconds / 2),
        },
    )


def report(*measured: Round) -> Report:
    machine = Machine("A Processor", 2, "3.11.0", "2026-11-22")
    return Report(machine, Settings(), measured)


def test_processes_are_counted_with_their_children_and_workers_apart() -> None:
    assert processes(a_round()) == pytest.approx(
        {
            "broker": 0.2,
            "intake": 0.3,
            "dispatcher": 0.4,
            "workers, main": 0.5,
            "workers, pool": 2.0,
            "deliverer": 0.1,
            "Flower": 0.1,
        }
    )


def test_queue_is_what_dispatcher_and_workers_spend_beside_stages_and_ledger() -> None:
    found = costs(a_round())
    assert found["queue"] == pytest.approx(0.4 + 0.5 + 2.0 - 0.6 - 0.2 - 0.3)
    assert found["intake"] == pytest.approx(0.3 - 0.1)
    assert sum(found.values()) == pytest.approx(sum(processes(a_round()).values()))


def test_rows_are_complete_in_order_and_their_shares_make_one() -> None:
    found = rows([a_round(), a_round(worker_seconds=3.0), a_round(worker_seconds=2.5)])
    assert [row.name for row in found] == [
        *STAGES,
        *("stages", "accept", "claim", "record", "ledger"),
        *("broker", "queue", "intake", "deliverer", "Flower", "sum"),
    ]
    assert sum(row.share for row in found if row.part_of is None) == pytest.approx(2.0)
    total = found[-1].cost
    assert (total.low, total.median, total.high) == pytest.approx((3.6, 4.1, 4.6))


def test_a_negative_queue_is_said() -> None:
    made = report(a_round(worker_seconds=0.1))
    assert as_object(made)["negative"] == ["queue"]
    assert "queue is below zero" in shown(made)
    assert "below zero" not in shown(report(a_round()))


def test_other_work_on_the_machine_is_said() -> None:
    assert "do not compare" in shown(report(a_round(), a_round(others=0.2)))
    assert "do not compare" not in shown(report(a_round(), a_round(others=0.05)))


def test_rate_latency_and_batches_are_those_of_the_rounds() -> None:
    found = as_object(report(a_round()))
    assert found["items_per_second"]["median"] == 250
    assert found["items_per_batch"]["median"] == 50
    assert found["latency_p50_ms"]["median"] == pytest.approx(500, abs=1)
    assert found["latency_p95_ms"]["median"] == pytest.approx(950, abs=2)


def test_the_cost_of_each_head_is_shown() -> None:
    made = report(a_round())
    assert as_object(made)["heads"]["hashing"]["median"] == pytest.approx(0.08)
    assert all(text in shown(made) for text in ("hashing", "0.080", "language", "0.020"))


def shown(made: Report) -> str:
    output = StringIO()
    show(made, Console(file=output, width=100))
    return output.getvalue()


def test_the_page_explains_every_row_that_is_printed() -> None:
    page, printed = DOCS.read_text(), shown(report(a_round()))
    for row in rows([a_round()]):
        assert row.name in printed
        assert row.name in page


@contextmanager
def process(code: str) -> Iterator[int]:
    """A Python that runs `code`, says so, and waits."""
    command = [sys.executable, "-c", f"{code}\nprint(1, flush=True)\ninput()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.readline()
        yield running.pid
        running.kill()


def test_the_cpu_time_of_children_is_counted_when_they_are_dead() -> None:
    child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN!r}])"
    with process(child) as pid:
        found = sample({"part": pid})["part"]
    assert found.children >= 0.25
    assert found.own < found.children


def test_the_cpu_time_of_children_is_counted_while_they_live() -> None:
    child = f"{BURN}\nprint(1, flush=True)\ninput()"
    start = f"subprocess.Popen([sys.executable, '-c', {child!r}], stdin=-1, stdout=-1)"
    with process(f"import subprocess, sys\n{start}.stdout.readline()") as pid:
        assert sample({"part": pid})["part"].children >= 0.25


def test_what_was_spent_before_is_not_counted() -> None:
    with process(BURN) as pid:
        before = sample({"part": pid})
        assert before["part"].own >= 0.25
        assert spent(before, sample({"part": pid}))["part"].own < 0.05


def test_what_is_known_is_not_other_work() -> None:
    usage = Usage(elapsed=0.0, busy=0.0, ours=0.0)
    assert usage.others({"part": Cpu(1e12, 1e12)}) == 0.0


def test_a_part_that_is_gone_spoils_the_run() -> None:
    with process("") as pid:
        pass
    with pytest.raises(Spoilt, match="ended while it was measured"):
        sample({"part": pid})
