"""Values over time in a table: both forms give the same cohort, and what does not fit is told with its rows."""

from pathlib import Path

import pandas as pd
import pytest

from creason_core.cohort.conforming import conform, undeclared_formulas
from creason_core.cohort.making import CohortWanted, UnfitError, make_cohort
from creason_core.cohort.splitting import SplitRule
from creason_core.cohort.table_files.reading import Frame
from creason_core.errors import CohortError
from creason_core.record.codebook import parse_codebook
from tests.cohort.longitudinal import CODEBOOK, HOURS, LONG, rows, wide

BOOK = parse_codebook(LONG, "of the test")


def test_a_row_for_each_time_and_a_column_for_each_time_give_the_same_cohort() -> None:
    long, flat = conform(rows(), BOOK), conform(wide(rows()), parse_codebook(CODEBOOK, "t"))
    pd.testing.assert_frame_equal(long.table[flat.table.columns], flat.table)
    assert len(long.table) == 300
    assert long.of("structure", "cell") == flat.of("structure", "cell") == ()


def test_a_column_for_each_time_may_have_any_name_with_its_hours() -> None:
    flat = wide(rows()).rename(columns={f"lactate@{hour}": f"lac_{hour}h" for hour in HOURS})
    book = parse_codebook(CODEBOOK.replace("name: lactate,", "name: lactate, column: 'lac_{hours}h',"), "t")
    assert conform(flat, book).table["lactate@6"].notna().sum() > 200


def changed(column: str, value: str, *, row: int = 1) -> pd.DataFrame:
    table = rows(40)
    table.loc[row, column] = value
    return table


@pytest.mark.parametrize(("table", "severity", "said"), [
    (changed("hour", "-2"), "cell", "hours: times outside 0–87600 hours since admission (-2). 1 row: 2."),
    (changed("hour", "nan"), "cell", "hours: rows without a time"),
    (changed("hour", "noon"), "cell", "hours: text where hours belong (noon). 1 row: 2."),
    (changed("hour", "7"), "cell", "hours: times that are none of the codebook's (0, 6, 24 h) (7). 1 row: 2."),
    (changed("hour", "2024-01-31 06:00"), "structure", "the table tells no admission to count from"),
    (changed("hour", "0"), "structure", "lactate: a second value of a patient at 0 h"),
    (changed("age", "21"), "structure", "age: another value than in an earlier row of the patient (21). 1 row: 2."),
    (changed("id", ""), "structure", "id: rows without a patient's key. 1 row: 2."),
    (changed("lactate", "99"), "cell", "lactate: outside 0–40, which the codebook calls impossible (99). 1 row: 2."),
    (rows(40).drop(columns="hour"), "structure", "hours: the table has no column 'hour' of hours since admission"),
])  # fmt: skip
def test_what_does_not_fit_is_told_with_the_rows_of_the_table(table: pd.DataFrame, severity: str, said: str) -> None:
    found = conform(table, BOOK)
    assert [one for one in found.misfits if one.severity == severity and said in one.sentence()], [
        one.sentence() for one in found.misfits
    ]


def test_a_sum_that_is_impossible_is_told_and_emptied() -> None:
    table = rows(40)
    table.loc[:2, "urine"] = "4000"
    found = conform(table, BOOK)
    assert [one.sentence() for one in found.of("cell")] == [
        "urine: the sum of a patient's values is outside 0–9000 (12000). 1 row: 1. Correct them, or widen 'impossible'."
    ]
    assert found.table.loc[0, ["urine", "urine@0", "urine@24"]].isna().all()


def test_times_that_cannot_be_used_stop_the_making_and_a_split_needs_one_value_a_patient(tmp_path: Path) -> None:
    wanted = CohortWanted(name="course", split=SplitRule("patient"))
    with pytest.raises(UnfitError, match="times outside"):
        make_cohort(wanted, Frame(changed("hour", "-2"), "CSV file", "f" * 64), LONG, tmp_path / "one")
    by_hour = CohortWanted(name="course", split=SplitRule("site", "hour"))
    with pytest.raises(CohortError, match="more than one value in 'hour'"):
        make_cohort(by_hour, Frame(rows(), "CSV file", "f" * 64), LONG, tmp_path / "two")


def test_a_formula_that_holds_at_each_time_is_told_once_of_the_features() -> None:
    said = [note.sentence() for note in undeclared_formulas(conform(rows(), BOOK).table, BOOK)]
    assert len(said) == 1
    assert said[0].startswith("map: follows from systolic, diastolic in this table")
