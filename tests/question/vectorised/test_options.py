"""What is worked out for many numbers at once, against the function for one."""

import numpy as np
import pytest

from creason_core.cohort.options import rounded
from creason_core.question.vectorised.options import all_rounded, number_texts
from creason_core.record.codebook import Feature


@pytest.mark.parametrize("decimals", [0, 1, 2, 3])
def test_many_numbers_are_rounded_and_said_as_one_is(decimals: int) -> None:
    feature = Feature(name="x", label="X", section="A", kind="number", time="day1", decimals=decimals)
    random = np.random.default_rng(decimals)
    ties = (np.arange(-400, 400) + 0.5) / 10**decimals
    values = [*random.normal(0, 300, 3000), *ties, *np.round(ties, decimals), -0.0, 1e17, 1e300, 2.675, 1.005]
    assert repr(all_rounded(feature, values).tolist()) == repr([rounded(feature, value) for value in values])
    assert number_texts(feature, values) == [feature.text(value) for value in values]
