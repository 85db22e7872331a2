"""Units and codes that a column's name suggests."""

import numpy as np
import pytest

from creason_core.cohort.drafting.naming import unit_of


@pytest.mark.parametrize(("column", "values", "unit", "loinc"), [
    ("WBC (G/L)", (4, 12), "10*9/L", ""),  # giga, not gram
    ("Protein (G/L)", (60, 80), "g/L", ""),
    ("Heart rate (min)", (50, 90), "/min", "8867-4"),  # the least one
    ("creatinine_min", (0.6, 2.1), "mg/dL", "2160-0"),
    ("Onset to needle (min)", (30, 200), "min", ""),
    ("Urine output 24h (mL)", (400, 2000), "mL/d", ""),
    ("Urine output 6h (mL)", (100, 400), "mL/(6.h)", ""),
    ("Urine output (mL)", (100, 400), "mL", ""),
    ("FiO2", (0.21, 0.6), "1", "3150-0"),
    ("systolic", (90, 150), "mm[Hg]", "8480-6"),
    ("Age", (8, 70), "a", "30525-0"),
    ("Creatinine 14682-9 (µmol/L)", (60, 200), "umol/L", "14682-9"),
    ("Weight 2024-1 (kg)", (60, 90), "kg", ""),  # a year and a visit, not a code: its check digit is wrong
    ("Dose (mg/m2/d)", (1, 5), "mg/m2/d", ""),
])  # fmt: skip
def test_a_unit_is_read_as_the_quantity_takes_it(
    column: str, values: tuple[float, float], unit: str, loinc: str
) -> None:
    found = unit_of(column, np.array(values))
    assert found is not None
    assert (found.unit, found.loinc) == (unit, loinc)


@pytest.mark.parametrize(("column", "values"), [
    ("crea1", (0.6, 2.1)), ("meanbp1", (60, 90)), ("wtkilo1", (60, 90)), ("rsbp", (90, 150)),
])  # fmt: skip
def test_what_one_registry_calls_its_columns_tells_nothing_of_others(column: str, values: tuple[float, float]) -> None:
    assert unit_of(column, np.array(values)) is None
