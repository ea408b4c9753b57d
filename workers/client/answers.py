"""The intake's answers as frozen objects."""

from collections import Counter
from typing import Literal

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from workers.client.errors import PushError, Rejected

Status = Literal["accepted", "already_known", "refused"]


class _Answer(BaseModel):
    """Frozen, and blind to fields that a newer intake adds."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Problem(_Answer):
    """What is wrong with one field of an item, and what to do about it. `type` never changes."""

    type: str
    field: str
    problem: str
    remedy: str


class Row(_Answer):
    """What became of one item. `index` is its place, from 0, among the items given."""

    index: int
    status: Status
    ref: str | None = None
    """`source/id` of an item that was taken; None of a refused one."""
    problems: tuple[Problem, ...] = ()


class PushResult(_Answer):
    """What became of the items of one request, in their order."""

    rows: tuple[Row, ...]
    replayed: bool
    """The intake had answered this request before: the first answer was lost on its way."""

    @property
    def counts(self) -> dict[Status, int]:
        """How many items were accepted, already known, and refused."""
        found = Counter(row.status for row in self.rows)
        return {status: found[status] for status in ("accepted", "already_known", "refused")}


class ItemState(_Answer):
    """How far an item has come."""

    ref: str
    state: str
    accepted_at: AwareDatetime
    finished_at: AwareDatetime | None = None


class _Rows(_Answer):
    items: tuple[Row, ...]


class _Refusal(_Answer):
    type: str = "about:blank"
    title: str
    detail: str = ""


def read_push(response: httpx.Response, indexes: list[int]) -> PushResult:
    """What became of the items with these `indexes`. Raises Rejected, PushError."""
    if response.is_error and response.status_code != 422:
        raise rejected(response)
    try:
        rows = _Rows.model_validate_json(response.content).items
    except ValidationError:
        if response.status_code == 422:
            raise rejected(response) from None
        raise _strange(response) from None
    if [row.index for row in rows] != list(range(len(indexes))):
        raise _strange(response)
    return PushResult(
        rows=tuple(
            row.model_copy(update={"index": index})
            for row, index in zip(rows, indexes, strict=True)
        ),
        replayed=response.headers.get("idempotent-replayed") == "true",
    )


def read_state(response: httpx.Response) -> ItemState | None:
    """The state, or None when the intake knows no such item. Raises Rejected, PushError."""
    if response.status_code == 404:
        return None
    if response.is_error:
        raise rejected(response)
    try:
        return ItemState.model_validate_json(response.content)
    except ValidationError:
        raise _strange(response) from None


def rejected(response: httpx.Response) -> Rejected:
    """The refusal of a whole request, from its problem document where there is one."""
    try:
        said = _Refusal.model_validate_json(response.content)
    except ValidationError:
        said = _Refusal(title=response.reason_phrase)
    return Rejected(response.status_code, said.type, said.title, said.detail)


def _strange(response: httpx.Response) -> PushError:
    return PushError(
        f"the answer {response.status_code} is not that of an intake; check the address"
    )
