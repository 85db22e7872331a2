"""``creason_core.cohort.stateless_random`` column by column: the same numbers, for all patients at once."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from creason_core.arrays import Floats
from creason_core.cohort.stateless_random import GAMMA, MASK, key_of, mix


def keys_of(texts: Iterable[str]) -> NDArray[np.uint64]:
    """``key_of`` of every text."""
    return np.fromiter((key_of(text) for text in texts), dtype=np.uint64)


def uniforms(seed: int, patient_keys: NDArray[np.uint64], feature_key: int, slots: Iterable[int]) -> Floats:
    """``uniform`` for every patient and slot: patients × slots, equal to the bit."""
    start = mix((seed + GAMMA) & MASK)
    state = _mix_all(_mix_all(np.uint64(start) ^ patient_keys) ^ np.uint64(feature_key))
    steps = np.array([((slot + 1) * GAMMA) & MASK for slot in slots], dtype=np.uint64)
    return (_mix_all(state[:, None] + steps) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mix_all(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
    return state ^ (state >> np.uint64(31))
