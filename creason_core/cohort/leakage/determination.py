"""How well gradient boosting recovers one feature from others, in patients that it was not fitted on.

The score is not fooled by imbalance: balanced accuracy for levels, R² for numbers, each over out-of-fold
predictions of three folds. Nothing here decides what is hidden.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from creason_core.arrays import Floats, Ints
from creason_core.record.codebook import Feature

if TYPE_CHECKING:  # slow to import
    import pandas as pd
    from sklearn.ensemble import HistGradientBoostingClassifier as Classifier
    from sklearn.ensemble import HistGradientBoostingRegressor as Regressor


FOLDS = 3
ROUNDS = 60
FEWEST = 3 * FOLDS  # patients that a level needs, and that a number needs in all, to be scored at all

# A short model goes first: it takes a second where the long ones of 700 columns take from six to ninety a fold.
SHORT_ROUNDS, SHORT_RATE = 10, 0.3
SHORT_PATIENTS = 3000
HOPELESS_NUMBER, HOPELESS_LEVEL = 0.7, 0.9  # its R² or balanced accuracy, below which no long one is fitted


@dataclass(frozen=True, eq=False)
class Recovery:
    """One boosting model a fold, with the patients that each was kept from, and the score of all."""

    masked: Feature
    x: Floats
    y: Floats
    folds: tuple["tuple[Classifier | Regressor, Ints]", ...]
    score: float
    seed: int

    def strongest(self) -> int:
        """The column of ``x`` whose shuffling among the patients costs most of the score."""
        random = np.random.default_rng(self.seed)
        held_out = [self.x[rows] for _, rows in self.folds]
        predicted = np.empty_like(self.y)
        left = []
        for column in range(self.x.shape[1]):
            shuffled = random.permutation(self.x[:, column])
            for (model, rows), x in zip(self.folds, held_out, strict=True):
                x[:, column] = shuffled[rows]
                predicted[rows] = model.predict(x)
                x[:, column] = self.x[rows, column]
            left.append(_score(self.y, predicted, self.masked))
        return int(np.argmin(left))


def recover(masked: Feature, target: Floats, others: Floats, *, above: float, seed: int) -> Recovery | None:
    """Cross-validated recovery of ``masked`` from other features, where its score is over ``above``, else None.

    None too where too few patients or levels remain: levels with fewer than nine patients are left out. It stops
    as soon as the score can no longer get there: mostly before the first fold, because a short model is far from
    it, else after it. ``target`` are the masked feature's ``numbers_of``, one a patient, ``others`` theirs,
    patients × features.
    """
    from sklearn.model_selection import KFold, StratifiedKFold
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    kept = ~np.isnan(target)
    if not masked.numeric:
        codes, counts = np.unique(target[kept], return_counts=True)
        kept &= np.isin(target, codes[counts >= FEWEST])
    y = target[kept]
    if len(y) < FEWEST or len(np.unique(y)) < 2 or not others.shape[1]:
        return None
    x = others[kept]
    folds: list[tuple[Classifier | Regressor, Ints]] = []
    predicted = y.copy()  # who has not been predicted yet counts as recovered
    splits = (KFold if masked.numeric else StratifiedKFold)(FOLDS, shuffle=True, random_state=seed).split(x, y)
    with threadpool_limits(1, user_api="openmp"):  # threads that wait for a busy core make it twenty times slower
        for rows, held_out in splits:
            if not folds and _hopeless(masked, x, y, (rows, held_out), seed):
                return None
            model = _fitted(x[rows], y[rows], seed, numeric=masked.numeric)
            folds.append((model, held_out))
            predicted[held_out] = model.predict(x[held_out])
            score = _score(y, predicted, masked)
            if score <= above:
                return None
    return Recovery(masked=masked, x=x, y=y, folds=tuple(folds), score=score, seed=seed)


def numbers_of(table: "pd.DataFrame", feature: Feature) -> Floats:
    """A column as numbers: measured values, or level positions; NaN where not recorded or a filled normal."""
    if feature.numeric:
        values = table[feature.name].astype(float)
        return np.asarray(values.mask(values.isin(feature.not_measured)), dtype=np.float64)
    places = {level.code: float(place) for place, level in enumerate(feature.levels)}
    return np.array([places.get(value, np.nan) for value in table[feature.name]], dtype=np.float64)


def _hopeless(masked: Feature, x: Floats, y: Floats, fold: tuple[Ints, Ints], seed: int) -> bool:
    """Whether a short model is far from recovering it. Of levels it is asked for the commonest alone.

    A model that recovers nearly all of every level recovers that one, and in fewer trees: as a number, 1 or 0.
    """
    rows, held_out = fold
    if not masked.numeric:
        codes, counts = np.unique(y, return_counts=True)
        y = (y == codes[counts.argmax()]).astype(np.float64)
    some = np.random.default_rng(seed).permutation(rows)[:SHORT_PATIENTS]
    if len(np.unique(y[held_out])) < 2 or not (masked.numeric or 0 < y[some].mean() < 1):
        return False
    model = _fitted(x[some], y[some], seed, numeric=True, rounds=SHORT_ROUNDS, rate=SHORT_RATE)
    predicted = model.predict(x[held_out])
    if masked.numeric:
        return _score(y[held_out], predicted, masked) < HOPELESS_NUMBER
    return _score(y[held_out], (predicted > y[some].mean()).astype(np.float64), masked) < HOPELESS_LEVEL


def _fitted(
    x: Floats, y: Floats, seed: int, *, numeric: bool, rounds: int = ROUNDS, rate: float = 0.1
) -> "Classifier | Regressor":
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    x[:, np.isnan(x).all(axis=0)] = 0.0  # scikit-learn refuses a column of nothing, and never splits at this one
    how = {"max_iter": rounds, "learning_rate": rate, "early_stopping": False, "random_state": seed}
    if numeric:
        return HistGradientBoostingRegressor(**how).fit(x, y)
    return HistGradientBoostingClassifier(**how, class_weight="balanced").fit(x, y)


def _score(truth: Floats, predicted: Floats, masked: Feature) -> float:
    if masked.numeric:
        spread = float(((truth - truth.mean()) ** 2).sum())
        return 1.0 - float(((truth - predicted) ** 2).sum()) / spread
    return float(np.mean([(predicted[truth == level] == level).mean() for level in np.unique(truth)]))
