"""Who is in training, validation and test: by patient, by time, or by site, each kept whole."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from creason_core.cohort.cohort import SPLITS, Split
from creason_core.cohort.table_files.cells import Texts, as_numbers
from creason_core.errors import CohortError

SHARES: Mapping[Split, float] = {"train": 0.7, "validation": 0.1, "test": 0.2}


@dataclass(frozen=True)
class SplitRule:
    """How to split; ``column`` is of the source table, empty for a split by patient."""

    by: Literal["patient", "time", "site"]
    column: str = ""

    def __str__(self) -> str:
        return f"{self.by}:{self.column}" if self.column else self.by


def parse_split(text: str) -> SplitRule:
    """The rule that ``patient``, ``time:COLUMN`` or ``site:COLUMN`` names.

    Raises:
        CohortError: It names none.
    """
    by, _, column = text.partition(":")
    if text == "patient":
        return SplitRule("patient")
    if by in ("time", "site") and column:
        return SplitRule("time" if by == "time" else "site", column)
    raise CohortError(f"'{text}' is no split.", remedy="Write patient, time:COLUMN or site:COLUMN.")


def split_patients(rule: SplitRule, keys: Sequence[str], column: Texts | None, *, seed: int) -> list[Split]:
    """The part of each patient; ``keys`` are the patients', ``column`` the rule's column (None by patient).

    By patient it depends on the key and the seed alone. By time the latest are the test, and equal times stay
    together. By site whole sites go where most is lacking, the largest first, in an order that the seed decides
    among equals.

    Raises:
        CohortError: The column is not filled, holds no times, or has too few different values.
    """
    if column is None:
        return [_by_key(key, seed) for key in keys]
    if gaps := sum(value is None for value in column):
        raise CohortError(
            f"The split's column '{rule.column}' is empty for {gaps:,} of {len(column):,} patients.",
            remedy="Fill it, or split by patient.",
        )
    different = sorted(set(column))
    if len(different) < len(SPLITS):
        raise CohortError(
            f"The split's column '{rule.column}' has {len(different)} different values, and three parts need three.",
            remedy="Split by patient, or by another column.",
        )
    parts = _by_time(rule, column) if rule.by == "time" else _by_site(column, seed)
    return [parts[value] for value in column]


def _by_key(key: str, seed: int) -> Split:
    share = _share(f"creason split {seed} {key}")
    return "train" if share < SHARES["train"] else "validation" if share < 1 - SHARES["test"] else "test"


def _by_time(rule: SplitRule, column: Texts) -> dict[str, Split]:
    numbers = as_numbers(column)
    if np.isnan(numbers).any():
        try:
            numbers = np.array(column, dtype="datetime64[s]").astype(np.float64)
        except ValueError:
            raise CohortError(
                f"The split's column '{rule.column}' holds neither numbers nor dates such as 2024-01-31.",
                remedy="Write its dates as year-month-day.",
            ) from None
    order = np.sort(numbers)
    place = dict(zip(column, np.searchsorted(order, numbers, side="left") / len(order), strict=True))
    parts: dict[str, Split] = {
        value: "train" if share < SHARES["train"] else "validation" if share < 1 - SHARES["test"] else "test"
        for value, share in place.items()
    }
    if lacking := [part for part in SPLITS if part not in parts.values()]:
        raise CohortError(
            f"A split by '{rule.column}' leaves nobody for {', '.join(lacking)}: too many share one time.",
            remedy="Split by patient.",
        )
    return parts


def _by_site(column: Texts, seed: int) -> dict[str, Split]:
    sites, counts = np.unique(column.astype(str), return_counts=True)
    order = sorted(range(len(sites)), key=lambda at: (-counts[at], _share(f"creason site {seed} {sites[at]}")))
    have = dict.fromkeys(SPLITS, 0)
    parts: dict[str, Split] = {}
    for at in order:
        left = len(order) - len(parts)
        empty = [part for part in SPLITS if not have[part]]
        open_to = empty if len(empty) >= left else list(SPLITS)  # nobody may be left without a site
        part = max(open_to, key=lambda name: SHARES[name] - have[name] / len(column))
        parts[str(sites[at])] = part
        have[part] += int(counts[at])
    return parts


def _share(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64
