"""Cases made from the OpenAPI document, by schemathesis, thrown at a real intake.

`make fuzz` throws thousands; `make test` some hundred.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.running import TOKEN

EXAMPLES: Final = int(os.environ.get("FUZZ_EXAMPLES", "20"))
"""Cases made up for each operation, besides those that the document itself suggests."""
LEAST: Final = int(os.environ.get("FUZZ_LEAST_CASES", "200"))
"""With fewer cases it was not the run it says it is."""
LEFT_OUT: Final = (
    # An array with one bad item is taken, all but that item: the answer says so in its row.
    "negative_data_rejection",
    # A schema cannot say that a date lies in the future, or that an id names its author.
    "positive_data_acceptance",
)


@pytest.mark.timeout(1800)
def test_no_case_breaks_a_promise_of_the_document(start_intake: Any, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with start_intake(f"sqlite:///{tmp_path / 'ledger.sqlite3'}") as url:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{url}/openapi.json",
            f"--header=Authorization: Bearer {TOKEN}",
            f"--max-examples={EXAMPLES}",
            "--seed=7",
            "--continue-on-failure",
            f"--exclude-checks={','.join(LEFT_OUT)}",
            # A submission has many fields with patterns: hypothesis throws many drafts away.
            "--suppress-health-check=filter_too_much,too_slow",
            "--request-timeout=30",
            "--report=json",
            f"--report-json-path={report}",
        ]
        hooks = {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": str(Path.cwd())}
        done = subprocess.run(
            command,
            env={**os.environ, **hooks},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
        assert httpx.get(f"{url}/healthz").is_success
    cases = json.loads(report.read_text())["test_cases"]
    sys.stdout.write(f"schemathesis: {cases['generated']} cases, 0 failures\n")
    assert cases["generated"] >= LEAST
    assert (cases["with_failures"], cases["errored"]) == (0, 0)
