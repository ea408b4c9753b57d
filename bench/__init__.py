"""Speed: what one item costs on this machine, in the real running system (`make bench`)."""


class Spoilt(ValueError):
    """A run that gives no figures; the message says why.

    A ValueError, so that the command line shows it as one line.
    """
