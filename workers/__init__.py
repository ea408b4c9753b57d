"""Where and how the stages run: intake, ledger, dispatcher, Celery workers, command line."""
