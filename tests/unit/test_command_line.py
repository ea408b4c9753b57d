"""Each command is found in the one module that is loaded for it."""

import pytest
import typer.main

from workers.cli import _COMMANDS, program


def names(app: typer.Typer) -> list[str]:
    return list(getattr(typer.main.get_command(app), "commands"))  # noqa: B009 - a group


@pytest.mark.parametrize("module", _COMMANDS)
def test_a_module_has_the_commands_that_it_is_loaded_for(module: str) -> None:
    for command in _COMMANDS[module]:
        assert names(program(command)) == list(_COMMANDS[module])


def test_without_a_command_all_are_there() -> None:
    every = {command for commands in _COMMANDS.values() for command in commands}
    assert set(names(program())) == set(names(program("keliru"))) == every
