"""The ledger: the database that is the record. The broker is not one."""

from workers.ledger.database import Ledger, LedgerAway, open_ledger

__all__ = ["Ledger", "LedgerAway", "open_ledger"]
