"""Every recipe of docs/push.md runs as it stands, against a real intake."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import SecretStr

from tests.fake_intake import SECRET, SOURCE, TOKEN, fake_intake, problem
from tests.running import clean_environment
from workers.ledger import open_ledger, views
from workers.sources import Credential, Source, Sources, token_credential

PAGE: Final = Path(__file__).parents[2] / "docs" / "push.md"
RUN: Final = {
    "sh": ["sh", "push.sh"],
    "python": [sys.executable, "push.py"],
    "javascript": ["node", "push.mjs"],
    "go": ["go", "run", "push.go"],
}
_RECIPE: Final = re.compile(r"^### (.+?)\n.*?^```(\w+) recipe\n(.*?)^```", re.MULTILINE | re.DOTALL)
_ID: Final = re.compile(r'"?id"?: "(pm-[0-9]+)"')


@dataclass(frozen=True)
class Case:
    """A recipe with one of the credentials that it reads."""

    title: str
    language: str
    code: str
    signed: bool

    def run(self, folder: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        program, *rest = RUN[self.language]
        folder.joinpath(rest[-1]).write_text(self.code)
        proof = {"SARING_INTAKE_SOURCE": SOURCE, "SARING_INTAKE_SECRET": SECRET}
        if not self.signed:
            proof = {"SARING_INTAKE_TOKEN": TOKEN}
        return subprocess.run(
            [program, *rest, *arguments],
            cwd=folder,
            env=clean_environment(SARING_INTAKE_URL=url, **proof),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def name(self) -> str:
        return f"{self.title} ({'secret' if self.signed else 'token'})"

    @property
    def sources(self) -> str:
        """The sources document of an intake that lets it in."""
        if self.signed:
            source = Source(name=SOURCE, secrets=(Credential(value=SecretStr(SECRET)),))
        else:
            source = Source(name=SOURCE, tokens=(token_credential(TOKEN),))
        return Sources(sources=(source,)).model_dump_json()


CASES: Final = [
    Case(title, language, code, signed)
    for title, language, code in _RECIPE.findall(PAGE.read_text())
    for signed, variable in ((False, "SARING_INTAKE_TOKEN"), (True, "SARING_INTAKE_SECRET"))
    if variable in code
]


def _param(case: Case) -> Any:
    program = RUN[case.language][0]
    missing = pytest.mark.skipif(
        shutil.which(program) is None,
        reason=f"{program} is not installed, so {case.name} was not run",
    )
    return pytest.param(case, id=case.name, marks=missing)


each_recipe = pytest.mark.parametrize("case", [_param(one) for one in CASES])


def test_there_is_a_recipe_for_each_language() -> None:
    assert {case.language for case in CASES} == set(RUN)
    assert PAGE.read_text().count(" recipe\n") == len({case.code for case in CASES})


@each_recipe
def test_its_example_and_the_lines_of_a_file_are_in_the_ledger(
    case: Case, start_intake: Any, tmp_path: Path
) -> None:
    ledger = f"sqlite:///{tmp_path / 'ledger.sqlite3'}"
    file = tmp_path / "kiriman hari ini.jsonl"
    file.write_text("".join(json.dumps(post(n), ensure_ascii=False) + "\n" for n in range(3)))
    with start_intake(ledger, SARING_SOURCES=case.sources) as url:
        for arguments in ([], [str(file)]):
            done = case.run(tmp_path, url, *arguments)
            assert done.returncode == 0, done.stdout + done.stderr
            assert "accepted" in done.stdout
    (name,) = _ID.findall(case.code)
    assert views.item_status(open_ledger(ledger), SOURCE, name) is not None
    assert views.counts(open_ledger(ledger))["ready"] == 4


@each_recipe
def test_it_sends_again_with_the_same_key(case: Case, tmp_path: Path) -> None:
    with fake_intake() as intake:
        intake.plan.append(problem(503, "busy", retry_after="1"))
        done = case.run(tmp_path, intake.url)
        assert done.returncode == 0, done.stdout + done.stderr
        assert len(intake.seen) == 2
        assert len({one.key for one in intake.seen}) == 1


@each_recipe
def test_a_refusal_is_shown_and_is_a_failure(case: Case, tmp_path: Path) -> None:
    with fake_intake() as intake:
        intake.plan.append(problem(403, "not_allowed"))
        done = case.run(tmp_path, intake.url)
    assert done.returncode != 0
    assert "Mend it." in done.stdout + done.stderr
    assert len(intake.seen) == 1


def post(number: int) -> dict[str, str]:
    return {
        "source": SOURCE,
        "id": f"pm-{number}",
        "kind": "post",
        "text": f"Terima kasih, lampu nomor {number} di gang kami sudah menyala lagi 🙏",
        "published_at": "2026-11-21T07:00:00+07:00",
    }
