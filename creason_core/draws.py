"""Random numbers that depend on what they are for, not on when they are drawn.

Every draw is a pure function of (seed, patient, feature, slot), so a question is the same whether it is built
alone, in a batch or by another worker. The mixing function is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014,
doi 10.1145/2660193.2660195), which is plain 64-bit integer arithmetic and so also exists column by column.
"""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_MASK = 0xFFFF_FFFF_FFFF_FFFF
_GAMMA = 0x9E37_79B9_7F4A_7C15


def key_of(text: str) -> int:
    """The 64-bit key of a patient or a feature name: the first 8 bytes of its SHA-256, little-endian."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def uniform(seed: int, patient_key: int, feature_key: int, slot: int) -> float:
    """A number in [0, 1) with 53 random bits; ``slot`` tells the draws of one question apart."""
    state = _mix((seed + _GAMMA) & _MASK)
    state = _mix(state ^ patient_key)
    state = _mix(state ^ feature_key)
    state = _mix((state + (slot + 1) * _GAMMA) & _MASK)
    return (state >> 11) * 2.0**-53


def keys_of(texts: Iterable[str]) -> NDArray[np.uint64]:
    """``key_of`` of every text."""
    return np.fromiter((key_of(text) for text in texts), dtype=np.uint64)


def uniforms(
    seed: int, patient_keys: NDArray[np.uint64], feature_key: int, slots: Iterable[int]
) -> NDArray[np.float64]:
    """``uniform`` for every patient and slot: patients × slots, equal to the bit."""
    start = _mix((seed + _GAMMA) & _MASK)
    state = _mix_all(_mix_all(np.uint64(start) ^ patient_keys) ^ np.uint64(feature_key))
    steps = np.array([((slot + 1) * _GAMMA) & _MASK for slot in slots], dtype=np.uint64)
    return (_mix_all(state[:, None] + steps) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mix_all(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
    return state ^ (state >> np.uint64(31))


def _mix(state: int) -> int:
    state = ((state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
    state = ((state ^ (state >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
    return state ^ (state >> 31)
