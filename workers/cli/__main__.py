"""`python -m workers.cli` is `saring`."""

from workers.cli import main

main()
