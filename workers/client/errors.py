"""What can go wrong with a whole push. No message quotes a text, a token or a secret."""

from workers.mendable import Mendable


class PushError(Mendable):
    """The push as a whole went wrong; the message is for people."""


class Rejected(PushError):
    """The intake refused the request itself, and would refuse it again.

    `status`, `type`, `title` and `detail` are its problem document (RFC 9457).
    """

    def __init__(self, status: int, type: str, title: str, detail: str) -> None:  # noqa: A002 - RFC 9457 calls it so
        said = f"{title}: {detail}" if detail else title
        super().__init__(f"the intake answers {status} {said}")
        self.status, self.type, self.title, self.detail = status, type, title, detail


class GaveUp(PushError):
    """No answer that settles it came in `after` seconds; `why` is what the last try gave.

    Pushing the same items again later is safe: the intake knows those that it took.
    """

    def __init__(self, after: float, why: str) -> None:
        super().__init__(f"{why}; given up after {after:.0f} s")
        self.after, self.why = after, why
