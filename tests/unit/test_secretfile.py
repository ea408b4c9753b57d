"""A document with secrets: private, whole at every moment, never quoted in an error."""

import multiprocessing
import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_serializer, model_validator

from workers.secretfile import SecretFile


class Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    secrets: tuple[SecretStr, ...] = ()
    size: int = Field(default=0, ge=0)

    @field_serializer("secrets")
    def _reveal(self, secrets: tuple[SecretStr, ...]) -> list[str]:
        return [secret.get_secret_value() for secret in secrets]

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if len(self.secrets) != self.size:
            raise ValueError("size is not the number of secrets")
        return self

    @property
    def values(self) -> list[str]:
        return [secret.get_secret_value() for secret in self.secrets]


def file_at(path: Path, given: str | None = None) -> SecretFile[Document]:
    secret = None if given is None else SecretStr(given)
    return SecretFile(path, secret, Document, "SARING_DOCUMENT")


def with_one_more(document: Document, secret: str) -> Document:
    return Document(secrets=(*document.secrets, SecretStr(secret)), size=document.size + 1)


def add(path: Path, secret: str) -> None:
    file_at(path).change(lambda document: with_one_more(document, secret))


def add_many(path: Path, name: str, number: int) -> None:
    for one in range(number):
        add(path, f"{name}-{one}")


# Reading and writing.


def test_a_missing_file_is_an_empty_document(tmp_path: Path) -> None:
    assert file_at(tmp_path / "keys" / "d.json").read() == Document()
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_is_read_also_by_others(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "d.json"
    other = file_at(path)
    assert other.read().values == []
    edited = file_at(path).change(lambda document: with_one_more(document, "rahasia"))
    assert edited.values == other.read().values == ["rahasia"]


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "d.json"
    before = os.umask(0)
    try:
        add(path, "rahasia")
    finally:
        os.umask(before)
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    assert modes == {"d.json": 0o600, "d.json.lock": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_was_open_to_all_is_closed_by_a_change(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text("{}")
    path.chmod(0o644)
    add(path, "rahasia")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    add(path, "a")
    file = file_at(path)
    first = file.read()
    assert file.read() is first
    add(path, "b")
    assert file.read().values == ["a", "b"]
    path.unlink()
    assert file.read() == Document()


@pytest.mark.parametrize("differs", ["inode", "time", "size"])
def test_any_sign_of_a_change_is_seen(tmp_path: Path, differs: str) -> None:
    path, new = tmp_path / "d.json", tmp_path / "new.json"
    path.write_text('{"secrets": ["a"], "size": 1}')
    file = file_at(path)
    file.read()
    known = path.stat()
    if differs == "inode":
        new.write_text('{"secrets": ["b"], "size": 1}')
        new.replace(path)
        os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns))
    elif differs == "time":
        path.write_text('{"secrets": ["b"], "size": 1}')
        os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns + 1))
    else:
        path.write_text('{"secrets": ["b"], "size": 1 }')
        os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns))
    assert file.read().values == ["b"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "d.json"
    link.symlink_to(tmp_path / "real" / "d.json")
    add(link, "a")
    assert link.is_symlink()
    assert file_at(tmp_path / "real" / "d.json").read().values == ["a"]


# Given by a setting.


def test_a_document_from_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    add(path, "in-file")
    file = file_at(path, '{"secrets": ["given"], "size": 1}')
    assert file.read().values == ["given"]
    assert file.read() is file.read()


def test_it_is_not_changed_here(tmp_path: Path) -> None:
    file = file_at(tmp_path / "d.json", "{}")
    with pytest.raises(ValueError, match=r"SARING_DOCUMENT gives .* change it there"):
        file.change(lambda document: document)
    assert list(tmp_path.iterdir()) == []


# Errors.


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("", "Invalid JSON"),
        ("rahasia", "Invalid JSON"),
        ('{"secrets": ["rahasia"', "Invalid JSON"),
        ('["rahasia"]', "object"),
        ('{"secrets": "rahasia"}', "secrets: Input should be a valid"),
        ('{"secrets": [{"rahasia": 1}]}', r"secrets\.0: Input should be a valid string"),
        ('{"size": "rahasia"}', "size: Input should be a valid integer"),
        ('{"siez": "rahasia"}', "siez: Extra inputs"),
        ('{"secrets": ["rahasia"]}', ": size is not the number of secrets"),
        ('{"size": -1, "secrets": 5}', r"secrets: .*; size: "),
    ],
)
def test_an_error_names_file_and_field_but_no_value(
    tmp_path: Path, document: str, words: str
) -> None:
    path = tmp_path / "d.json"
    path.write_text(document)
    for file, origin in (
        (file_at(path), str(path)),
        (file_at(path, document), "SARING_DOCUMENT"),
    ):
        with pytest.raises(ValueError, match=words) as caught:
            file.read()
        said = str(caught.value)
        assert said.startswith(f"{origin}: ")
        assert "rahasia" not in said
        assert "\n" not in said
        assert caught.value.__suppress_context__


def test_bytes_that_are_no_text_are_an_error_of_the_same_kind(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_bytes(b'{"secrets": ["\xff"]}')
    with pytest.raises(ValueError, match=r"d\.json: "):
        file_at(path).read()


def test_a_broken_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text("{")
    with pytest.raises(ValueError, match="Invalid JSON"):
        add(path, "a")
    assert path.read_text() == "{"


def test_a_failed_edit_changes_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    add(path, "a")

    def refuse(document: Document) -> Document:
        raise ValueError("there is no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        file_at(path).change(refuse)
    assert file_at(path).read().values == ["a"]
    add(path, "b")  # the lock is free again
    assert sorted(one.name for one in tmp_path.iterdir()) == ["d.json", "d.json.lock"]


def test_a_failed_write_leaves_the_old_document_and_no_secret_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "d.json"
    add(path, "a")

    def full(_descriptor: int) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="no space"):
            add(path, "b")
    assert file_at(path).read().values == ["a"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["d.json", "d.json.lock"]


# Many at once.


def test_processes_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "d.json"
    spawn = multiprocessing.get_context("spawn")
    adders = [spawn.Process(target=add_many, args=(path, name, 25)) for name in ("a", "b")]
    for adder in adders:
        adder.start()
    for adder in adders:
        adder.join()
    assert [adder.exitcode for adder in adders] == [0, 0]
    expected = sorted(f"{name}-{one}" for name in ("a", "b") for one in range(25))
    assert sorted(file_at(path).read().values) == expected


def test_threads_lose_nothing_and_a_reader_never_sees_half_a_document(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    add(path, "first")
    file, done, seen = file_at(path), threading.Event(), [0]

    def watch() -> None:
        while not done.is_set():
            seen.append(file.read().size)  # Document checks that it is whole

    with ThreadPoolExecutor(5) as pool:
        watching = pool.submit(watch)
        adding = [pool.submit(add_many, path, name, 25) for name in "abcd"]
        try:
            for one in adding:
                one.result()
        finally:
            done.set()
        watching.result()
    assert seen == sorted(seen)
    assert file_at(path).read().size == 101
