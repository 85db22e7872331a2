"""How well gradient boosting recovers one feature from others, in patients that it was not fitted on.

The score is not fooled by imbalance: balanced accuracy for levels, R² for numbers, each over out-of-fold
predictions of three folds. Nothing here decides what is hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from creason_core.codebook import Feature

if TYPE_CHECKING:  # slow to import
    import pandas as pd
    from sklearn.ensemble import HistGradientBoostingClassifier as Classifier
    from sklearn.ensemble import HistGradientBoostingRegressor as Regressor

Floats = NDArray[np.float64]

FOLDS = 3
ROUNDS = 60
FEWEST = 3 * FOLDS  # patients that a level needs, and that a number needs in all, to be scored at all


@dataclass(frozen=True, eq=False)
class Recovery:
    """One boosting model a fold, with the patients that each was kept from."""

    masked: Feature
    visible: tuple[Feature, ...]
    x: Floats
    y: Floats
    folds: tuple["tuple[Classifier | Regressor, NDArray[np.int64]]", ...]
    seed: int

    @property
    def score(self) -> float:
        """Balanced accuracy or R² over the out-of-fold predictions; at most 1."""
        return _score(self.y, self._predictions(self.x), self.masked)

    def strongest(self) -> Feature:
        """The feature whose shuffling among the patients costs most of the score."""
        random = np.random.default_rng(self.seed)
        left = []
        for column in range(len(self.visible)):
            shuffled = self.x.copy()
            shuffled[:, column] = random.permutation(shuffled[:, column])
            left.append(_score(self.y, self._predictions(shuffled), self.masked))
        return self.visible[int(np.argmin(left))]

    def _predictions(self, x: Floats) -> Floats:
        predicted = np.empty_like(self.y)
        for model, held_out in self.folds:
            predicted[held_out] = model.predict(x[held_out])
        return predicted


def recover(table: "pd.DataFrame", masked: Feature, visible: Sequence[Feature], *, seed: int) -> Recovery | None:
    """Cross-validated recovery of ``masked`` from ``visible``; None where too few patients or levels remain.

    Filled normals are missing values here. Levels with fewer than nine patients are left out.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.model_selection import KFold, StratifiedKFold
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    target = numbers_of(table, masked)
    kept = ~np.isnan(target)
    if not masked.numeric:
        codes, counts = np.unique(target[kept], return_counts=True)
        kept &= np.isin(target, codes[counts >= FEWEST])
    y = target[kept]
    if len(y) < FEWEST or len(np.unique(y)) < 2 or not visible:
        return None
    x = np.column_stack([numbers_of(table, feature)[kept] for feature in visible])

    def fit(rows: NDArray[np.int64]) -> "Classifier | Regressor":
        if masked.numeric:
            model = HistGradientBoostingRegressor(max_iter=ROUNDS, early_stopping=False, random_state=seed)
        else:
            model = HistGradientBoostingClassifier(
                max_iter=ROUNDS, early_stopping=False, random_state=seed, class_weight="balanced"
            )
        return model.fit(x[rows], y[rows])

    splits = (KFold if masked.numeric else StratifiedKFold)(FOLDS, shuffle=True, random_state=seed).split(x, y)
    with threadpool_limits(1, user_api="openmp"):  # threads that wait for a busy core make it twenty times slower
        folds = tuple((fit(rows), held_out) for rows, held_out in splits)
    return Recovery(masked=masked, visible=tuple(visible), x=x, y=y, folds=folds, seed=seed)


def numbers_of(table: "pd.DataFrame", feature: Feature) -> Floats:
    """A column as numbers: measured values, or level positions; NaN where not recorded or a filled normal."""
    if feature.numeric:
        values = table[feature.name].astype(float)
        return np.asarray(values.mask(values.isin(feature.not_measured)), dtype=np.float64)
    places = {level.code: float(place) for place, level in enumerate(feature.levels)}
    return np.array([places.get(value, np.nan) for value in table[feature.name]], dtype=np.float64)


def _score(truth: Floats, predicted: Floats, masked: Feature) -> float:
    if masked.numeric:
        spread = float(((truth - truth.mean()) ** 2).sum())
        return 1.0 - float(((truth - predicted) ** 2).sum()) / spread
    return float(np.mean([(predicted[truth == level] == level).mean() for level in np.unique(truth)]))
