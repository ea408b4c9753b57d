"""Collects what the matrix found, and prints it as a table at the end."""

from collections.abc import Callable

import pytest

from tests.faults.rig.table import show
from tests.faults.rig.verdict import Verdict

_VERDICT = "verdict"


@pytest.fixture
def keep(record_property: Callable[[str, object], None]) -> Callable[[Verdict], None]:
    """Keep a verdict for the table."""
    return lambda verdict: record_property(_VERDICT, verdict.to_json())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, also of a run in several processes."""
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if getattr(report, "when", "") == "call"
    ]
    verdicts = [
        Verdict.from_json(value)
        for report in reports
        for name, value in report.user_properties
        if name == _VERDICT
    ]
    if verdicts:
        show(verdicts)
