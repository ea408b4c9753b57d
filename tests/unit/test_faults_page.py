"""docs/faults.md names every row, its bound, and the protections, as the suite has them."""

from pathlib import Path

import pytest

from tests.faults import test_matrix
from tests.faults.rig.fault import FAULTS, Fault
from tests.faults.rig.page import protections, rows
from tests.faults.rig.removed import PROTECTIONS

PAGE = (Path(__file__).parents[2] / "docs" / "faults.md").read_text().splitlines()


@pytest.mark.parametrize("line", [*rows(), *protections()])
def test_the_page_has_it(line: str) -> None:
    assert line in PAGE


def test_the_matrix_has_every_row() -> None:
    assert test_matrix.MODULES
    assert {one.row for one in FAULTS} == set(range(1, 23))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.name)
def test_each_row_names_what_it_fails_without(fault: Fault) -> None:
    assert fault.without
    assert set(fault.without) <= set(PROTECTIONS)
