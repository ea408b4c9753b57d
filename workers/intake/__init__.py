"""HTTP in: the push API."""

from workers.intake.server import create_intake, serve

__all__ = ["create_intake", "serve"]
