"""What a person can mend."""


class Mendable(Exception):
    """The message says what is wrong and what to do: the command line shows it alone."""
