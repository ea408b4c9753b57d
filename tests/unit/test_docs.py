"""Every setting, stage and command is in the docs, and the settings' defaults are as stated."""

import re
from pathlib import Path
from typing import Final

import pytest
import typer.main

from workers.settings import Settings

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.fixture(scope="module")
def docs() -> str:
    """All pages as one text."""
    return "\n".join(page.read_text() for page in PAGES)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_is_in_the_docs_with_its_default(name: str) -> None:
    variable = f"SARING_{name.upper()}"
    table = (ROOT / "docs" / "operations.md").read_text()
    rows = re.findall(rf"^\| `{variable}` \| (\S+) \|", table, re.MULTILINE)
    default = Settings.model_fields[name].default
    assert rows == ["none" if default is None else f"`{default}`"]


def test_no_setting_is_in_the_docs_that_does_not_exist(docs: str) -> None:
    known = {f"SARING_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\bSARING_[A-Z_]+\b", docs)) <= known


def test_each_stage_is_in_the_docs(docs: str) -> None:
    from workers.queue import QUEUES  # noqa: PLC0415 - loads the stages

    assert {queue for queue in QUEUES if f"`{queue}`" not in docs} == set()


def test_each_command_is_in_the_docs_and_the_manual_has_no_other(docs: str) -> None:
    from workers.cli import program  # noqa: PLC0415 - loads the stages

    command = typer.main.get_command(program())
    known = set(getattr(command, "commands"))  # noqa: B009 - a group, as typer does not say
    assert {name for name in known if f"`saring {name}" not in docs} == set()
    # Other pages may speak of commands that are still to come; this one is for use.
    manual = (ROOT / "docs" / "operations.md").read_text()
    assert set(re.findall(r"`saring ([a-z]+)", manual)) == known
