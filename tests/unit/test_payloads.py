"""The payloads: frozen, tolerant where they are read from a queue, strict at the door."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from pydantic import BaseModel, ValidationError

from tasks.models import MAX_BATCH, Batch, Content, Item, Publication, Submission
from workers.cli.develop import schemas

PAYLOADS = Path(__file__).parents[1] / "payloads" / "v1"
SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"
MODELS: dict[str, type[BaseModel]] = {
    "submission": Submission,
    "batch": Batch,
    "publication": Publication,
}


def stored(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return value


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.json")), ids=lambda path: path.stem)
def test_a_stored_payload_parses_for_ever(path: Path) -> None:
    model = MODELS[path.stem.partition("-")[0]]
    parsed = model.model_validate_json(path.read_text())
    assert model.model_validate_json(parsed.model_dump_json()) == parsed


def test_every_payload_has_a_stored_one() -> None:
    assert {path.stem.partition("-")[0] for path in PAYLOADS.glob("*.json")} == set(MODELS)


def test_the_door_forbids_what_it_does_not_know_and_the_queue_ignores_it() -> None:
    with pytest.raises(ValidationError):
        Submission.model_validate({**stored("submission"), "later": 1})
    assert Batch.model_validate({**stored("batch"), "later": 1}) == Batch.model_validate(
        stored("batch")
    )


@pytest.mark.parametrize("name", sorted(MODELS))
def test_payloads_are_frozen(name: str) -> None:
    payload = MODELS[name].model_validate(stored(name))
    field = next(iter(MODELS[name].model_fields))
    with pytest.raises(ValidationError):
        setattr(payload, field, None)


def test_no_payload_behind_the_door_can_hold_an_author() -> None:
    for model in (Content, Item, Batch, Publication):
        assert "author" not in model.model_json_schema().get("properties", {})
        assert "author" not in json.dumps(model.model_json_schema())


def test_an_invalid_payload_does_not_quote_its_input() -> None:
    with pytest.raises(ValidationError) as caught:
        Batch.model_validate({"id": "1", "items": [{"content": "kata rahasia"}]})
    assert "rahasia" not in str(caught.value)


def test_a_batch_has_a_most() -> None:
    item = stored("batch")["items"][0]
    Batch.model_validate({"id": "1", "items": [item] * MAX_BATCH})
    with pytest.raises(ValidationError):
        Batch.model_validate({"id": "1", "items": [item] * (MAX_BATCH + 1)})


@pytest.mark.parametrize("name", ["submission.json", "publication.json"])
def test_published_schemas_are_current(name: str) -> None:
    assert (SCHEMAS / name).read_text() == schemas()[name], "run `make schema`"


@pytest.mark.parametrize("name", ["submission", "publication"])
def test_an_independent_reader_accepts_the_payload_by_its_schema(name: str) -> None:
    schema = orjson.loads((SCHEMAS / f"{name}.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(stored(name), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**stored(name), "id": 7}, schema)


def test_every_field_of_a_publication_is_always_present() -> None:
    schema = schemas()["publication.json"]
    described = orjson.loads(schema)
    assert (
        set(described["required"]) == set(described["properties"]) == set(Publication.model_fields)
    )
