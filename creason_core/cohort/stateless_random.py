"""Random numbers that depend on what they are for, not on when they are drawn.

Every draw is a pure function of (seed, patient, feature, slot), so a question is the same whether it is built
alone, in a batch or by another worker. The mixing function is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014,
doi 10.1145/2660193.2660195), which is plain 64-bit integer arithmetic and so also exists column
by column (``question.vectorised.stateless_random``).
"""

import hashlib

MASK = 0xFFFF_FFFF_FFFF_FFFF
GAMMA = 0x9E37_79B9_7F4A_7C15


def key_of(text: str) -> int:
    """The 64-bit key of a patient or a feature name: the first 8 bytes of its SHA-256, little-endian."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def uniform(seed: int, patient_key: int, feature_key: int, slot: int) -> float:
    """A number in [0, 1) with 53 random bits; ``slot`` tells the draws of one question apart."""
    state = mix((seed + GAMMA) & MASK)
    state = mix(state ^ patient_key)
    state = mix(state ^ feature_key)
    state = mix((state + (slot + 1) * GAMMA) & MASK)
    return (state >> 11) * 2.0**-53


def mix(state: int) -> int:
    """SplitMix64's finaliser: 64 bits to 64 bits, one to one."""
    state = ((state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9) & MASK
    state = ((state ^ (state >> 27)) * 0x94D0_49BB_1331_11EB) & MASK
    return state ^ (state >> 31)
