"""Tables from a known truth: what would be stored is the truth, or the program asked, or said what it left out."""

import statistics

import pytest

from tests.record.importing.truth_tables import FAILING, run

TABLES = 60


@pytest.mark.slow
def test_no_table_from_a_known_truth_is_stored_otherwise_in_silence() -> None:
    """Few here; ``python -m tests.record.importing.truth_tables --tables 5000`` is the long run."""
    outcomes = run(TABLES, "suite", frozenset(FAILING))
    assert {one.index: one.silent for one in outcomes if one.silent} == {}
    assert sum(bool(one.stored) for one in outcomes) > TABLES / 2  # most tables are read, and values compared
    assert statistics.median(one.questions for one in outcomes) <= 4
