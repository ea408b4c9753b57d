"""HTTP in: the push API."""

from workers.intake.server import Exposed, create_intake, serve

__all__ = ["Exposed", "create_intake", "serve"]
