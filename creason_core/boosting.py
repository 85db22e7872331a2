"""Histogram gradient boosting (scikit-learn), set up in one place for the attackers and the baselines."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from creason_core.errors import EvaluationError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MOST_CATEGORIES = 255  # scikit-learn's limit


def class_probabilities(
    train: Floats,
    classes: Ints,
    test: Floats,
    *,
    count: int,
    categorical: Sequence[bool],
    seed: int,
    weights: Floats | None = None,
    rounds: int = 60,
) -> Floats:
    """Probabilities (tests × ``count`` classes) after fitting ``classes`` (0 … count − 1) on ``train``.

    Missing values are NaN. ``categorical`` says which columns hold codes without an order. A class that does
    not occur has probability 0; a single one that occurs has 1. ``weights`` are the training rows'.

    Raises:
        EvaluationError: scikit-learn is not installed.
    """
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
    except ImportError as error:
        raise EvaluationError(
            "This needs scikit-learn, which is not installed.", remedy="Install it with: pip install 'creason[train]'"
        ) from error
    found = np.unique(classes)
    probabilities = np.zeros((len(test), count))
    if len(found) == 1:
        probabilities[:, found] = 1.0
        return probabilities
    told = ~np.isnan(train).all(axis=0)  # scikit-learn refuses a column without any value
    codes = [
        bool(is_code) and np.nanmax(column) < _MOST_CATEGORIES
        for is_code, column in zip(np.asarray(categorical)[told], train[:, told].T, strict=True)
    ]
    model = HistGradientBoostingClassifier(
        max_iter=rounds,
        learning_rate=0.08,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=False,
        categorical_features=codes,
        random_state=seed,
    )
    with threadpool_limits(1, user_api="openmp"):  # threads that wait for a busy core make it twenty times slower
        model.fit(train[:, told], classes, sample_weight=weights)
        probabilities[:, found] = model.predict_proba(test[:, told])
    return probabilities
