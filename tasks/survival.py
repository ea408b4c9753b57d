"""How long things wait, told honestly while some of them wait still."""

from collections import Counter
from collections.abc import Sequence


def waiting_quantile(ended: Sequence[int], waiting: Sequence[int], share: float) -> int | None:
    """The time by which `share` of all have ended; None while that is not known yet.

    `ended` are the times of those that ended, `waiting` how long the others have waited so far: to
    leave these out would make the wait look shorter than it is. Method: the product-limit
    estimate, E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations",
    Journal of the American Statistical Association 53 (1958). Where nothing waits it is the plain
    quantile: the least time by which that share has ended.
    """
    ends, censored = Counter(ended), Counter(waiting)
    at_risk, left = len(ended) + len(waiting), 1.0
    for time in sorted(ends | censored):
        left *= 1 - ends[time] / at_risk if ends[time] else 1
        if ends[time] and left <= 1 - share + 1e-12:
            return time
        at_risk -= ends[time] + censored[time]
    return None
