"""Statistics of answers: pure numbers in, pure numbers out. Knows nothing of patients or models."""

import math
from dataclasses import dataclass

_Z95 = 1.959963984540054  # the standard normal quantile of 0.975


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval, ends included."""

    low: float
    high: float


def wilson(successes: int, trials: int) -> Interval:
    """The 95 % Wilson score interval of a proportion (Wilson, JASA 1927); [0, 1] without trials.

    Raises:
        ValueError: ``successes`` is negative or exceeds ``trials``.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials is not a proportion")
    if trials == 0:
        return Interval(0.0, 1.0)
    share = successes / trials
    spread = 1 + _Z95**2 / trials
    centre = (share + _Z95**2 / (2 * trials)) / spread
    half = _Z95 / spread * math.sqrt(share * (1 - share) / trials + _Z95**2 / (4 * trials**2))
    return Interval(
        low=0.0 if successes == 0 else centre - half,
        high=1.0 if successes == trials else centre + half,
    )
