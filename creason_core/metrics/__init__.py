"""Statistics of answers: pure numbers in, pure numbers out. Knows nothing of patients or models."""

from creason_core.metrics.intervals import Interval, wilson

__all__ = ["Interval", "wilson"]
