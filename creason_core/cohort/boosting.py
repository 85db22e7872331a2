"""Histogram gradient boosting (scikit-learn), set up in one place for the shortcuts and the baselines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from creason_core.arrays import Bools, Floats, Ints
from creason_core.errors import EvaluationError

ROUNDS = 60
SETTINGS: Mapping[str, float] = {
    "learning_rate": 0.08,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 20,
    "l2_regularization": 1.0,
    "early_stopping": False,
}
_MAX_CATEGORIES = 255  # scikit-learn's limit


@cache
def fitted_as() -> str:
    """How ``fit_classes`` fits by default, with scikit-learn's release: whatever is kept of a fit is kept under this.

    A fit that another release or another setting made would stand beside baselines that are fitted now.
    """
    try:
        release = version("scikit-learn")
    except PackageNotFoundError:
        release = ""
    return " ".join((f"scikit-learn {release}", f"max_iter={ROUNDS}", *(f"{k}={v}" for k, v in SETTINGS.items())))


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted classifier, used from one thread at a time. ``told`` marks the columns that say anything.

    Where none does, each class is as likely as it is frequent.
    """

    model: Any  # scikit-learn has no types; None where only one class occurs
    classes: Ints
    count: int
    told: Bools

    def probabilities(self, test: Floats) -> Floats:
        """Probabilities (tests × ``count`` classes); a class that did not occur has 0, a single one 1."""
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        found = np.zeros((len(test), self.count))
        if self.model is None:
            found[:, self.classes] = 1.0
            return found
        with threadpool_limits(1, user_api="openmp"):
            found[:, self.classes] = self.model.predict_proba(_inputs(test, self.told))
        return found


def fit_classes(
    train: Floats,
    classes: Ints,
    *,
    count: int,
    categorical: Sequence[bool],
    seed: int,
    weights: Floats | None = None,
    rounds: int = ROUNDS,
) -> Fitted:
    """Fits ``classes`` (0 … count − 1) on ``train``.

    Missing values are NaN. ``categorical`` says which columns hold codes without an order; there may be none at all.
    ``weights`` are the training rows'.

    Raises:
        EvaluationError: scikit-learn is not installed.
    """
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise EvaluationError(
            "This needs scikit-learn, which is not installed.",
            remedy="Install it: .venv/bin/pip install -c .ci/constraints.txt -e .",
        ) from error
    found = np.unique(classes)
    told = np.asarray(~np.isnan(train).all(axis=0))  # scikit-learn refuses a column without any value
    if len(found) == 1:
        return Fitted(None, found, count, told)
    codes = [
        bool(is_code) and np.nanmax(column) < _MAX_CATEGORIES
        for is_code, column in zip(np.asarray(categorical, dtype=bool)[told], train[:, told].T, strict=True)
    ] or [False]
    model = HistGradientBoostingClassifier(max_iter=rounds, categorical_features=codes, random_state=seed, **SETTINGS)
    with threadpool_limits(1, user_api="openmp"):  # threads that wait for a busy core make it twenty times slower
        model.fit(_inputs(train, told), classes, sample_weight=weights)
    return Fitted(model, found, count, told)


def _inputs(rows: Floats, told: Bools) -> Floats:
    """What scikit-learn is given: the columns ``told``, or one of zeros, which says nothing, where there are none."""
    return rows[:, told] if told.any() else np.zeros((len(rows), 1))


def class_probabilities(
    train: Floats,
    classes: Ints,
    test: Floats,
    *,
    count: int,
    categorical: Sequence[bool],
    seed: int,
    weights: Floats | None = None,
    rounds: int = ROUNDS,
) -> Floats:
    """Probabilities (tests × ``count`` classes) after ``fit_classes``."""
    return fit_classes(
        train, classes, count=count, categorical=categorical, seed=seed, weights=weights, rounds=rounds
    ).probabilities(test)
