"""The Python client of the intake: `from workers.client import Client, AsyncClient`."""

from workers.client.answers import ItemState, Problem, PushResult, Row, Status
from workers.client.clients import AsyncClient, Client
from workers.client.errors import GaveUp, PushError, Rejected

__all__ = [
    "AsyncClient",
    "Client",
    "GaveUp",
    "ItemState",
    "Problem",
    "PushError",
    "PushResult",
    "Rejected",
    "Row",
    "Status",
]
