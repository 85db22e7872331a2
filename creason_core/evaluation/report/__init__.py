"""Reports: one self-contained page about one run, or several runs on the same questions."""

from creason_core.evaluation.report.writing import write_report

__all__ = ["write_report"]
