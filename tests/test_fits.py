"""What one test has fitted is taken up by the next, in this process and in an app's data folder."""

from pathlib import Path

import numpy as np

from creason_core.evaluation.second_opinion import kept
from creason_core.evaluation.second_opinion.trees import Trees, taken_from
from tests.evaluation.second_opinion.test_kept import KEY, Fits
from tests.fits import fitted_once, lent


def test_a_fit_is_made_once_and_lies_in_every_data_folder_that_asked(tmp_path: Path) -> None:
    fits = Fits(2)
    with fitted_once(tmp_path / "shared"):
        found: list[Trees] = [kept.trees(folder, KEY, 3, fits) for folder in (tmp_path / "a", tmp_path / "b", None)]
    assert fits.times == 1
    assert all(np.array_equal(one.probabilities(fits.rows), fits().probabilities(fits.rows)) for one in found)
    assert [len(list((tmp_path / name).glob("*.npz"))) for name in ("a", "b", "shared")] == [1, 1, 1]
    assert kept.trees.__module__ == kept.__name__  # and afterwards as before


def test_an_app_begins_with_what_an_earlier_one_has_fitted(tmp_path: Path) -> None:
    fits = Fits(2)
    for name in ("first", "second"):
        with lent(tmp_path / "shared", tmp_path / name):
            kept.trees(tmp_path / name / kept.FOLDER, KEY, 3, lambda: taken_from(fits.fitted, fits.rows))
    (own,) = (tmp_path / "second" / kept.FOLDER).iterdir()
    (first,) = (tmp_path / "first" / kept.FOLDER).iterdir()
    assert own.samefile(first)
