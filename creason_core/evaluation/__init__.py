"""Evaluation: questions × engine → a run folder on disk, resumable, with every completion and every figure.

What pages and reports need is here: ``saved_runs`` for all finished runs of this installation, ``read_run``
for one folder, ``newest_of`` for the newest by given weights.
"""

from creason_core.evaluation.saved import SavedRun, newest_of, read_run, saved_runs

__all__ = ["SavedRun", "newest_of", "read_run", "saved_runs"]
