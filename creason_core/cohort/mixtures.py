"""The Gaussian mixtures that the ``paper`` design of options needs, fitted once and saved with a cohort.

Only numbers have one, and only those whose values are too many to be treated as categories. Fitted on the
measured values of the training patients.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from creason_core.cohort.options import Component, rounded
from creason_core.cohort.published_options import FEW_NUMBERS
from creason_core.errors import CohortError
from creason_core.frozen import Frozen, wrong_in
from creason_core.record.codebook import Codebook

if TYPE_CHECKING:
    import pandas as pd  # slow to import, and only named here

VERSION = 1


class Mixtures(Frozen):
    """The mixtures of a cohort's features, and what they were fitted on."""

    version: int = Field(ge=1)
    codebook_hash: str
    split_hash: str
    seed: int
    by_feature: Mapping[str, tuple[Component, ...]]


def fit_mixtures(training: "pd.DataFrame", codebook: Codebook, *, seed: int, split_hash: str) -> Mixtures:
    """Fits the mixture of every number in ``training`` (one row a patient, as in ``cohort.Cohort``)."""
    fitted = {}
    for feature in {one.name: one for one in (*codebook.features, *codebook.columns)}.values():
        if not feature.numeric:
            continue
        values = training[feature.name].dropna()
        numbers = sorted(rounded(feature, value) for value in values[~values.isin(feature.not_measured)])
        if len(set(numbers)) > FEW_NUMBERS:
            fitted[feature.name] = fit_mixture(numbers, seed)
    return Mixtures(
        version=VERSION, codebook_hash=codebook.content_hash, split_hash=split_hash, seed=seed, by_feature=fitted
    )


def fit_mixture(numbers: Sequence[float], seed: int) -> tuple[Component, ...]:
    """The three-component Gaussian mixture of the published recipe, by ascending mean."""
    import numpy as np  # both only needed where a cohort is made
    from sklearn.mixture import GaussianMixture

    column = np.asarray(numbers, dtype=float)[:, None]
    fitted = GaussianMixture(n_components=3, random_state=seed).fit(column)
    parts = zip(fitted.weights_, fitted.means_[:, 0], fitted.covariances_[:, 0, 0], strict=True)
    rounded = (Component(weight=round(w, 6), mean=round(m, 6), sd=round(math.sqrt(v), 6)) for w, m, v in parts)
    return tuple(sorted(rounded, key=lambda part: part.mean))


@lru_cache(maxsize=8)
def read_mixtures(path: Path) -> Mixtures:
    """The mixtures in the file ``path``.

    Raises:
        CohortError: It cannot be read, or is of another version.
    """
    try:
        return Mixtures.model_validate_json(path.read_bytes())
    except OSError as error:
        raise CohortError(f"The mixtures {path} cannot be read: {error}.", remedy="Make the cohort again.") from error
    except ValidationError as error:
        wrong = wrong_in(error)
        raise CohortError(f"The mixtures {path} cannot be read: {wrong}.", remedy="Make the cohort again.") from error
