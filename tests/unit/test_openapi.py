"""The OpenAPI document: valid, whole, and true to what the code takes and answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import jsonschema
import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.definitions import OPENAPI_31

from tasks.models import Submission
from tests.items import entry
from workers.door import Refused, admit_value
from workers.entry import Entry
from workers.intake.catalogue import catalogue, problems_markdown
from workers.intake.examples import samples
from workers.intake.formats import cut
from workers.intake.openapi import openapi
from workers.intake.problems import KINDS, BadRequest, RequestProblemType
from workers.intake.replies import Admitted, problem_response, push_answer
from workers.intake.schemas import NOTES
from workers.ledger.accept import Receipt
from workers.problems import WORDS, Problem, ProblemType, problem

DOCS: Final = Path(__file__).parents[2] / "docs"
DOCUMENT: Final = openapi()
PUSH: Final = DOCUMENT["paths"]["/v1/items"]["post"]
ITEM: Final = DOCUMENT["paths"]["/v1/items/{source}/{id}"]["get"]
KEY: Final = b"k" * 32
UNSAYABLE: Final = {"in_the_future", "holds_handle"}
"""Problems of items that follow the schema: it knows neither the clock nor two fields at once."""


def check(value: Any, schema: dict[str, Any]) -> None:
    """Raises jsonschema.ValidationError."""
    whole = {"components": DOCUMENT["components"], **schema}
    validator = jsonschema.Draft202012Validator(
        whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    validator.validate(value)


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for operation in methods.values():
            yield path, operation


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body of a request or response: its media type, and what is said of it."""
    for _, operation in operations():
        yield from operation.get("requestBody", {"content": {}})["content"].items()
        for response in operation["responses"].values():
            yield from response["content"].items()


def examples(content: dict[str, Any]) -> list[Any]:
    if "example" in content:
        return [content["example"]]
    return [one["value"] for one in content.get("examples", {}).values()]


def response_schema(operation: dict[str, Any], status: int) -> dict[str, Any]:
    (content,) = operation["responses"][str(status)]["content"].values()
    schema: dict[str, Any] = content["schema"]
    return schema


def test_it_is_openapi_3_1() -> None:
    jsonschema.Draft202012Validator(OPENAPI_31).validate(json.loads(orjson.dumps(DOCUMENT)))


def test_every_schema_is_valid_and_every_reference_leads_somewhere() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    text = orjson.dumps(DOCUMENT).decode()
    for reference in {part.partition('"')[0] for part in text.split('"$ref":"#/')[1:]}:
        found: Any = DOCUMENT
        for token in reference.split("/"):
            found = found[token]


def test_every_example_follows_its_schema() -> None:
    checked = 0
    for media, content in contents():
        for example in examples(content):
            check(example, content["schema"])
            checked += 1
            if media in ("application/x-ndjson", "application/jsonl"):
                for line in example.splitlines():
                    check(orjson.loads(line), {"$ref": "#/components/schemas/Submission"})
    for _, operation in operations():
        for parameter in operation["parameters"]:
            if "example" in parameter:
                check(parameter["example"], parameter["schema"])
    assert checked > len(KINDS)


@pytest.mark.parametrize("media", PUSH["requestBody"]["content"])
def test_every_example_of_a_body_is_taken_whole(media: str) -> None:
    for example in examples(PUSH["requestBody"]["content"][media]):
        body = example.encode() if isinstance(example, str) else orjson.dumps(example)
        for piece in cut(body, media, {}):
            assert piece.problem is None
            admit_value(piece.value, KEY)


@pytest.mark.parametrize("media", ["application/json", "application/cloudevents-batch+json"])
def test_what_follows_the_schema_is_taken(media: str) -> None:
    """The law that schemathesis, and generators of clients, rely on."""
    taken = 0

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(_bodies(media))
    def run(body: bytes) -> None:
        nonlocal taken
        for piece in cut(body, media, {}):
            assert piece.problem is None
            found = _problems(piece.value)
            assert found <= UNSAYABLE
            taken += not found

    run()
    assert taken > 5


def _problems(value: Any) -> set[ProblemType]:
    try:
        admit_value(value, KEY)
    except Refused as refused:
        return {one.type for one in refused.problems}
    return set()


def _bodies(media: str) -> st.SearchStrategy[bytes]:
    document = json.loads(orjson.dumps(DOCUMENT))
    body = document["paths"]["/v1/items"]["post"]["requestBody"]
    body["content"] = {media: body["content"][media]}
    operation = schemathesis.openapi.from_dict(document)["/v1/items"]["POST"]
    return operation.as_strategy().map(lambda case: _json(case.body))


def _json(value: Any) -> bytes:
    # For JSON Schema 0.0 is an integer, for CloudEvents it is none.
    whole = json.loads(json.dumps(value), parse_float=lambda text: int(float(text)))
    return orjson.dumps(whole)


def test_what_the_intake_answers_to_items_follows_the_schemas() -> None:
    ours, other = b"s" * 32, b"k" * 32
    entries = [entry(number) for number in range(4)]
    receipts = [
        Receipt(entries[0].content.ref, "accepted", ours),
        Receipt(entries[1].content.ref, "already_known", ours, ours),
        *(Receipt(one.content.ref, "conflict", ours, other) for one in entries[2:]),
    ]
    refused = (problem("unknown_field", "a~b/c d"), problem("not_json", ""))
    outcomes: list[Entry | tuple[Problem, ...]] = [*entries, refused]
    admitted = [Admitted(f"/{index}", outcome) for index, outcome in enumerate(outcomes)]
    for start, status in ((0, 202), (2, 422)):
        answer = push_answer(admitted[start:], receipts[start:])
        assert answer.status == status
        check(orjson.loads(answer.body), response_schema(PUSH, status))


@pytest.mark.parametrize("kind", KINDS)
def test_every_problem_of_a_request_follows_the_schema_of_its_status(
    kind: RequestProblemType,
) -> None:
    response = problem_response(BadRequest(kind, "ada yang salah", 3))
    document = orjson.loads(response.body)
    check(document, {"$ref": "#/components/schemas/ProblemDocument"})
    if kind in ("method_not_allowed", "internal", "nothing_accepted"):
        return  # of no operation; the last is tested with its items
    operation = ITEM if kind == "not_found" else PUSH
    check(document, response_schema(operation, response.status_code))
    documented = operation["responses"][str(response.status_code)]
    if documented.get("headers", {}).get("Retry-After") is not None:
        assert response.headers["retry-after"] == "3"
    assert response.media_type in documented["content"]


def test_a_problem_of_another_status_does_not_follow_the_schema() -> None:
    document = orjson.loads(problem_response(BadRequest("not_allowed", "tidak boleh")).body)
    with pytest.raises(jsonschema.ValidationError):
        check(document, response_schema(PUSH, 400))
    with pytest.raises(jsonschema.ValidationError):
        check({**document, "status": 404}, response_schema(PUSH, 403))
    with pytest.raises(jsonschema.ValidationError):
        check({name: document[name] for name in ("title", "status")}, response_schema(PUSH, 403))


def test_every_problem_that_an_operation_can_meet_is_documented_with_it() -> None:
    documented = {
        kind
        for operation in (PUSH, ITEM)
        for response in operation["responses"].values()
        for content in response["content"].values()
        for kind in content.get("examples", {})
    }
    assert documented == set(KINDS) - {"method_not_allowed", "internal"}


def test_every_field_and_every_problem_has_its_words() -> None:
    assert list(NOTES) == [*Submission.model_fields]
    assert set(KINDS) == set(get_args(RequestProblemType))
    listed = [(one.scope, one.word) for one in catalogue()]
    assert listed == [
        *(("request", kind) for kind in KINDS),
        *(("item", kind) for kind in get_args(ProblemType)),
    ]
    for one in catalogue():
        assert one.meaning
        assert one.remedy
        assert "{" not in f"{one.meaning}{one.remedy}{one.indonesian}"


def test_the_published_files_are_current() -> None:
    published = (DOCS / "schema" / "openapi.json").read_text()
    assert published == json.dumps(DOCUMENT, indent=2) + "\n", "run `make schema`"
    assert (DOCS / "problems.md").read_text() == problems_markdown(), "run `make schema`"


def test_the_list_of_problems_has_one_heading_for_each() -> None:
    headings = [line for line in problems_markdown().splitlines() if line.startswith("### ")]
    assert headings == [
        *(f"### `{kind}`" for kind in KINDS),
        *(f"### `{kind}` (item)" for kind in WORDS),
    ]


def test_operations_have_code_to_copy() -> None:
    assert samples("push") == PUSH["x-codeSamples"] != []
    assert samples("item") == ITEM["x-codeSamples"] != []
