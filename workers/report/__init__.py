"""Reports and the morning digest: figures of the ledger, as a page, a PDF and plain text."""
