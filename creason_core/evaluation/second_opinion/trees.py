"""Boosted trees as plain arrays: what scikit-learn fitted, kept without pickle and read without scikit-learn.

A pickle runs code when it is read, so nothing of scikit-learn's own is written to disk. The arrays are taken from a
fitted model's trees and must then predict what it predicts, or they are refused.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from creason_core.arrays import Bools, Floats, Ints
from creason_core.cohort.boosting import Fitted
from creason_core.errors import EvaluationError

_MOST_NODES = 64  # in one tree; those of ``cohort.boosting`` have 15
_COMPARED = 200  # rows on which both must say the same
_TOLERANCE = 1e-10  # between two ways to add up the same leaves


@dataclass(frozen=True)
class Trees:
    """A fitted classifier. ``nodes`` are those of all trees one after another; the arrays of them are parallel.

    ``column`` is the input that a node looks at, ``goes_left`` (nodes × codes + 1) which codes of a column without
    an order go left, the last entry for codes never seen; ``missing_left`` sends NaN. ``roots`` (rounds × outputs)
    are the first nodes of the trees. ``classes`` are those that occur, of ``count``.
    """

    value: Floats
    column: Ints
    threshold: Floats
    missing_left: Bools
    left: Ints
    right: Ints
    leaf: Bools
    coded: Bools
    goes_left: Bools
    roots: Ints
    baseline: Floats
    classes: Ints
    count: int

    def probabilities(self, rows: Floats) -> Floats:
        """Probabilities (n × ``count``) for ``rows`` (n × columns, NaN where missing); classes that never occur: 0."""
        found = np.zeros((len(rows), self.count))
        if len(self.classes) == 1:
            found[:, self.classes] = 1.0
            return found
        raw = self._leaves(rows).sum(axis=1) + self.baseline
        if raw.shape[1] == 1:  # two classes: the log-odds of the second
            second = 1 / (1 + np.exp(-raw[:, 0]))
            found[:, self.classes] = np.column_stack([1 - second, second])
            return found
        odds = np.exp(raw - raw.max(axis=1, keepdims=True))
        found[:, self.classes] = odds / odds.sum(axis=1, keepdims=True)
        return found

    def _leaves(self, rows: Floats) -> Floats:
        """What each tree says of each row (n × rounds × outputs)."""
        node = np.broadcast_to(self.roots.ravel(), (len(rows), self.roots.size))
        which = np.arange(len(rows))[:, None]
        unseen = self.goes_left.shape[1] - 1
        for _ in range(_MOST_NODES):
            if self.leaf[node].all():
                break
            value = rows[which, self.column[node]]
            missing = np.isnan(value)
            place = np.where(missing | (value < 0) | (value >= unseen), unseen, value).astype(np.int64)
            by_code = self.goes_left[node, place]
            left = np.where(self.coded[node], by_code, value <= self.threshold[node])
            left = np.where(missing, self.missing_left[node], left)
            node = np.where(self.leaf[node], node, np.where(left, self.left[node], self.right[node]))
        return np.asarray(self.value[node].reshape(len(rows), *self.roots.shape))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything as arrays by name, none of objects."""
        return {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}


def taken_from(fitted: Fitted, train: Floats) -> Trees:
    """The trees of ``fitted``, which was fitted on ``train``.

    Raises:
        EvaluationError: They would not predict what the model predicts (another scikit-learn keeps them otherwise).
    """
    if fitted.model is None:
        return _of_one_class(fitted)
    try:
        trees = _taken(fitted)
        some = train[:: max(1, len(train) // _COMPARED)]
        same = np.allclose(trees.probabilities(some), fitted.probabilities(some), rtol=0, atol=_TOLERANCE)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise EvaluationError(
            f"The trees of this scikit-learn cannot be read ({type(error).__name__}).", remedy=_OTHER_RELEASE
        ) from error
    if not same:
        raise EvaluationError("The trees of this scikit-learn predict otherwise once read.", remedy=_OTHER_RELEASE)
    return trees


def read_back(arrays: dict[str, NDArray[Any]], *, columns: int) -> Trees:
    """Trees from their ``arrays``, which may be anybody's; ``columns`` is how many inputs there are.

    Raises:
        ValueError: They are not such trees.
    """
    like = _of_one_class(Fitted(None, np.array([0]), 1, np.array([True])))
    for name, kept in like.arrays().items():
        found = arrays.get(name)
        if found is None or found.dtype != kept.dtype or found.ndim != kept.ndim:
            raise ValueError(name)
    trees = Trees(**{name: arrays[name] for name in like.arrays() if name != "count"}, count=int(arrays["count"]))
    _check(trees, len(trees.value), columns)
    return trees


def _check(trees: Trees, nodes: int, columns: int) -> None:
    """Every place that is looked up is there, and no branch runs back."""
    outputs = len(trees.classes) if len(trees.classes) > 2 else 1
    after = np.arange(nodes)
    inner = ~trees.leaf
    children = np.stack([trees.left, trees.right])[:, inner]
    if not (
        all(len(each) == nodes for each in (trees.leaf, trees.coded, trees.left, trees.right, trees.column))
        and all(len(each) == nodes for each in (trees.threshold, trees.missing_left, trees.goes_left))
        and trees.goes_left.shape[1] >= 1
        and 0 < trees.count <= 4096
        and len(trees.classes) >= 1
        and bool(((trees.classes >= 0) & (trees.classes < trees.count)).all())
        and len(trees.baseline) == trees.roots.shape[1] == outputs
        and bool(((trees.roots >= 0) & (trees.roots < nodes)).all())
        and bool(((trees.column >= 0) & (trees.column < max(1, columns))).all())
        and bool(columns or not inner.any())
        and bool(((children > after[inner]) & (children < nodes)).all())
        and bool(np.isfinite(trees.value).all() and np.isfinite(trees.baseline).all())
    ):
        raise ValueError("a place that is not there")


_OTHER_RELEASE = "Install the release of .ci/constraints.txt: pip install -c .ci/constraints.txt -e ."


def _of_one_class(fitted: Fitted) -> Trees:
    """Nothing to decide: one leaf."""
    return Trees(
        value=np.zeros(1),
        column=np.zeros(1, dtype=np.int64),
        threshold=np.zeros(1),
        missing_left=np.zeros(1, dtype=bool),
        left=np.zeros(1, dtype=np.int64),
        right=np.zeros(1, dtype=np.int64),
        leaf=np.ones(1, dtype=bool),
        coded=np.zeros(1, dtype=bool),
        goes_left=np.zeros((1, 1), dtype=bool),
        roots=np.zeros((1, 1), dtype=np.int64),
        baseline=np.zeros(1),
        classes=np.asarray(fitted.classes, dtype=np.int64),
        count=fitted.count,
    )


def _taken(fitted: Fitted) -> Trees:
    model = fitted.model
    told = np.flatnonzero(fitted.told) if fitted.told.any() else np.zeros(1, dtype=np.int64)  # none: only leaves
    coded = np.zeros(len(told), dtype=bool) if model.is_categorical_ is None else np.asarray(model.is_categorical_)
    # scikit-learn puts columns of codes first and numbers their codes anew.
    source = told[np.concatenate([np.flatnonzero(coded), np.flatnonzero(~coded)])]
    known = model._preprocessor.named_transformers_["encoder"].categories_ if coded.any() else []
    codes = int(max((np.nanmax(each, initial=0) for each in known), default=0)) + 1
    trees = [tree for each in model._predictors for tree in each]
    nodes = np.concatenate([tree.nodes for tree in trees])
    starts = np.cumsum([0, *(len(tree.nodes) for tree in trees)])
    start = np.repeat(starts[:-1], np.diff(starts))
    missing_left = nodes["missing_go_to_left"].astype(bool)
    goes_left = np.repeat(missing_left[:, None], codes + 1, axis=1)
    by_codes = nodes["is_categorical"].astype(bool) & ~nodes["is_leaf"].astype(bool)
    of_tree = np.repeat(np.arange(len(trees)), np.diff(starts))
    for place in np.flatnonzero(by_codes).tolist():
        bits = trees[of_tree[place]].raw_left_cat_bitsets[nodes["bitset_idx"][place]]
        raw = known[nodes["feature_idx"][place]]
        left = np.unpackbits(bits.astype("<u4").view(np.uint8), bitorder="little")[: len(raw)]
        there = ~np.isnan(raw)
        goes_left[place, raw[there].astype(np.int64)] = left[there]
    return Trees(
        value=nodes["value"].astype(np.float64),
        column=source[nodes["feature_idx"]].astype(np.int64),
        threshold=nodes["num_threshold"].astype(np.float64),
        missing_left=missing_left,
        left=(nodes["left"] + start).astype(np.int64),
        right=(nodes["right"] + start).astype(np.int64),
        leaf=nodes["is_leaf"].astype(bool),
        coded=nodes["is_categorical"].astype(bool),
        goes_left=goes_left,
        roots=starts[:-1].reshape(len(model._predictors), -1).astype(np.int64),
        baseline=np.asarray(model._baseline_prediction, dtype=np.float64).ravel(),
        classes=np.asarray(fitted.classes, dtype=np.int64),
        count=fitted.count,
    )
