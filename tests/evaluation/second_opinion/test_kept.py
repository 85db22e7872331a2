"""Fits are kept as arrays; what is no such file is never trusted."""

import logging
import pickle
import stat
from pathlib import Path

import numpy as np
import pytest

from creason_core.cohort.boosting import fit_classes
from creason_core.errors import EvaluationError
from creason_core.evaluation.second_opinion import kept
from creason_core.evaluation.second_opinion.trees import Trees, read_back, taken_from

KEY = "a" * 64


class Fits:
    """Fits on made data with missing values, codes and a number; counts how often it is asked."""

    def __init__(self, classes: int) -> None:
        rng = np.random.default_rng(3)
        codes = rng.integers(0, 40, 400).astype(float)
        self.rows = np.column_stack([rng.normal(size=400), codes, rng.normal(size=400)])
        self.rows[rng.random(self.rows.shape) < 0.2] = np.nan
        self.rows[:, 2] = np.nan  # a column that nobody has
        score = np.nan_to_num(self.rows[:, 0]) + (np.nan_to_num(self.rows[:, 1]) % 3 == 1)
        self.classes = np.digitize(score, np.quantile(score, np.linspace(0, 1, classes + 1)[1:-1])) + 1
        self.fitted = fit_classes(
            self.rows, self.classes, count=classes + 2, categorical=[False, True, False], seed=0, rounds=12
        )
        self.times = 0

    def __call__(self) -> Trees:
        self.times += 1
        return taken_from(self.fitted, self.rows)


@pytest.fixture(params=[1, 2, 4], ids=["one class", "two classes", "four classes"])
def fits(request: pytest.FixtureRequest) -> Fits:
    return Fits(request.param)


def test_the_trees_predict_what_scikit_learn_predicts_also_for_what_training_never_had(fits: Fits) -> None:
    odd = np.array([[np.nan, np.nan, 1.0], [1e9, 300.0, np.nan], [-1e9, 39.0, 0.0], [0.1, -1.0, 0.0], [np.inf, 2, 2]])
    asked = np.vstack([fits.rows, odd])
    assert np.allclose(fits().probabilities(asked), fits.fitted.probabilities(asked), rtol=0, atol=1e-12)


def test_a_fit_is_taken_up_from_disk_and_is_private(fits: Fits, tmp_path: Path) -> None:
    first = kept.trees(tmp_path / "kept", KEY, 3, fits)
    again = kept.trees(tmp_path / "kept", KEY, 3, fits)
    assert fits.times == 1
    assert np.array_equal(first.probabilities(fits.rows), again.probabilities(fits.rows))
    (file,) = (tmp_path / "kept").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700


@pytest.mark.parametrize("rows", [np.empty((300, 0)), np.full((300, 2), np.nan)], ids=["no column", "nothing told"])
def test_where_nothing_is_shown_each_class_is_as_likely_as_it_is_frequent(
    rows: np.ndarray, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    classes, columns = np.repeat([0, 1, 3], [60, 90, 150]), rows.shape[1]
    fitted = fit_classes(rows, classes, count=4, categorical=[True] * columns, seed=0)
    for _ in range(2):  # fitted, and from disk
        found = kept.trees(tmp_path, KEY, columns, lambda: taken_from(fitted, rows))
        assert found.probabilities(rows[:1])[0] == pytest.approx([0.2, 0.3, 0, 0.5])
    assert not caplog.records


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-300])


def _flipped(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(raw)


def _pickled(path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (pytest.fail, ("a pickle was read",))

    path.write_bytes(pickle.dumps(Trap()))


def _objects(path: Path) -> None:
    _rewritten(path, value=np.array([{}], dtype=object))


def _of_another_fit(path: Path) -> None:
    _rewritten(path, key=np.asarray("b" * 64))


def _in_a_circle(path: Path) -> None:
    _rewritten(path, left=np.zeros_like)


def _beyond_the_columns(path: Path) -> None:
    _rewritten(path, column=lambda found: found + 3)


def _without_leaves(path: Path) -> None:
    _rewritten(path, leaf=np.zeros_like)


def _not_numbers(path: Path) -> None:
    _rewritten(path, value=lambda found: np.full_like(found, np.nan))


def _rewritten(path: Path, **changes: object) -> None:
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    for name, change in changes.items():
        arrays[name] = change(arrays[name]) if callable(change) else change
    np.savez(path, **arrays)


@pytest.mark.parametrize("spoil", [
    _cut, _flipped, _pickled, _objects, _of_another_fit, _in_a_circle, _beyond_the_columns, _without_leaves,
    _not_numbers,
])  # fmt: skip
def test_a_file_that_is_broken_or_foreign_is_refused_and_made_anew(
    spoil: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fits = Fits(4)
    whole = kept.trees(tmp_path, KEY, 3, fits)
    (file,) = tmp_path.iterdir()
    spoil(file)  # type: ignore[operator]
    with caplog.at_level(logging.WARNING):
        again = kept.trees(tmp_path, KEY, 3, fits)
    assert fits.times == 2
    assert "made anew" in caplog.text
    assert np.array_equal(whole.probabilities(fits.rows), again.probabilities(fits.rows))
    kept.trees(tmp_path, KEY, 3, fits)
    assert fits.times == 2


def test_a_folder_that_cannot_be_written_keeps_nothing_and_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    fits = Fits(2)
    assert kept.trees(tmp_path / "taken", KEY, 3, fits).count == 4


def test_the_oldest_files_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    fits = Fits(2)
    for letter in "abcd":
        kept.trees(tmp_path, letter * 64, 3, fits)
    assert len(list(tmp_path.glob("*.npz"))) == 2


def test_trees_of_another_scikit_learn_are_refused_where_they_would_predict_otherwise() -> None:
    fits = Fits(2)
    fits.fitted.model._baseline_prediction = fits.fitted.model._baseline_prediction + 0.0
    trees = fits().arrays()
    assert read_back(dict(trees), columns=3).count == 4
    fits.fitted.model._predictors[0][0].nodes = None
    with pytest.raises(EvaluationError, match="cannot be read"):
        fits()
