import numpy as np
import pytest

from creason_core.evaluation.baselines.nearest import distances, nearest
from creason_core.record.codebook import Feature

NUMBER = Feature(name="age", label="Age", section="S", kind="number", time="day1")
LEVEL = Feature.model_validate(
    {
        "name": "source",
        "label": "Source",
        "section": "S",
        "kind": "nominal",
        "time": "day1",
        "levels": [{"code": code, "label": code} for code in "abc"],
    }
)
OTHERS = np.array([[10.0, 0.0], [20.0, 1.0], [30.0, 1.0], [np.nan, 2.0]])  # sd of 10, 20, 30: 8.165


def test_the_distance_is_the_mean_over_what_both_have() -> None:
    found = distances(np.array([[20.0, 1.0], [np.nan, 0.0], [30.0, np.nan], [np.nan, np.nan]]), OTHERS, (NUMBER, LEVEL))
    step = (10 / 8.16496580927726) ** 2  # one step of 10 in standard deviations, squared
    expected = [
        [(step + 1) / 2, 0.0, step / 2, 1.0],
        [0.0, 1.0, 1.0, 1.0],
        [4 * step, step, 0.0, np.inf],
        [np.inf, np.inf, np.inf, np.inf],
    ]
    assert found.tolist() == [pytest.approx(row, abs=1e-9) for row in expected]


def test_the_nearest_come_first_equals_in_their_order_and_strangers_never() -> None:
    patients = np.array([[21.0, 1.0], [np.nan, np.nan], [30.0, np.nan]])
    assert nearest(patients, OTHERS, (NUMBER, LEVEL), k=4).tolist() == [[1, 2, 3, 0], [-1] * 4, [2, 1, 0, -1]]


def test_who_is_nearest_does_not_hang_on_who_else_is_asked_about() -> None:
    rng = np.random.default_rng(1)
    features = (LEVEL,) * 12
    others, patients = (rng.integers(0, 3, (size, 12)).astype(float) for size in (900, 60))
    others[rng.random(others.shape) < 0.3] = np.nan  # many at the same distance, added up of different parts
    together = nearest(patients, others, features, k=25)
    assert together.tolist() == [nearest(row[None], others, features, k=25)[0].tolist() for row in patients]
