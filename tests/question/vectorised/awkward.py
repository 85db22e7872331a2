"""A made table of awkward numbers: few distinct values, heaps, long tails, zeros, values that are all different.

``python -m tests.question.vectorised.awkward FOLDER`` asks about it in both versions of the design and audits the
questions. The columns are independent of one another, so only options can tell.
"""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from creason_core.cohort.cohort import Cohort, Split, split_hash
from creason_core.cohort.leakage.guard import GuardDesign, HiddenSet, LeakGuard
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.question.vectorised.shortcut_report import measure_shortcuts
from creason_core.question.vectorised.table import read_questions
from creason_core.record.codebook import Codebook, parse_codebook

DECIMALS = {
    "few": 0, "halves": 1, "heaped": 0, "filled": 1, "tail": 0, "fine_tail": 2, "all_different": 0, "two_scales": 1,
    "mostly_zero": 0, "below_zero": 1, "even": 0,
}  # fmt: skip
PATIENTS = 6000


def table(patients: int = PATIENTS, seed: int = 0) -> pd.DataFrame:
    """One row a patient; a tenth of each column is empty."""
    random = np.random.default_rng(seed)
    pressure = random.normal(125, 22, patients)
    step = random.choice([10, 5, 1], patients, p=[0.7, 0.2, 0.1])
    columns = {
        "few": random.choice(7, patients, p=[0.3, 0.25, 0.15, 0.12, 0.1, 0.05, 0.03]).astype(float),
        "halves": np.rint(random.gamma(3, 2, patients)) / 2,
        "heaped": np.rint(pressure / step) * step,
        "filled": np.where(random.random(patients) < 0.4, 9.0, random.normal(11, 5, patients).round(1)),
        "tail": np.exp(random.normal(6, 1.5, patients)).round(),
        "fine_tail": (1 + random.pareto(1.2, patients)).round(2),
        "all_different": random.permutation(10 * patients)[:patients].astype(float),
        "two_scales": np.where(
            random.random(patients) < 0.3, random.normal(7, 1, patients), random.normal(120, 20, patients)
        ).round(1),
        "mostly_zero": np.where(random.random(patients) < 0.5, 0, random.exponential(300, patients).round()),
        "below_zero": random.normal(-3, 9, patients).round(1) + 0.0,
        "even": 2 * random.binomial(60, 0.4, patients) + (random.random(patients) < 0.1).astype(float),
    }
    frame = pd.DataFrame(columns)
    assert list(frame) == list(DECIMALS)
    return frame.mask(random.random(frame.shape) < 0.1)


def codebook_text() -> str:
    """The codebook of the table, in YAML."""
    features = "".join(
        f"- {{name: {name}, label: {name.replace('_', ' ').capitalize()}, section: All, time: day1, "
        f"kind: {'number' if decimals else 'integer'}, decimals: {decimals}}}\n"
        for name, decimals in DECIMALS.items()
    )
    return (
        "name: awkward\nversion: 1\ntitle: Awkward numbers\npopulation: made-up patients\nsource: made\n"
        f"citation: none\nsections: [All]\nfeatures:\n{features}"
    )


def cohort(patients: int = PATIENTS, seed: int = 0) -> Cohort:
    """A cohort of the table, split 70 / 10 / 20 in its order, in which nothing needs hiding."""
    book: Codebook = parse_codebook(codebook_text(), "awkward")
    rows = table(patients, seed)
    rows.index = pd.Index([f"a{number}" for number in range(patients)], dtype=str)
    cuts = (0, patients * 7 // 10, patients * 8 // 10, patients)
    parts = [tuple(rows.index[a:b]) for a, b in pairwise(cuts)]
    split: dict[Split, tuple[str, ...]] = {"train": parts[0], "validation": parts[1], "test": parts[2]}
    guard = LeakGuard(
        version=1,
        codebook=book.name,
        codebook_hash=book.content_hash,
        split_hash=split_hash(split),
        patients=len(split["train"]),
        design=GuardDesign(seed=0),
        entries=tuple(HiddenSet(masked=feature.name) for feature in book.features),
    )
    return Cohort(
        name="awkward",
        title="Awkward",
        codebook=book,
        table=rows,
        split=split,
        split_hash=guard.split_hash,
        guard=guard,
        training=rows.loc[list(split["train"])],
    )


if __name__ == "__main__":
    made = cohort()
    for version in (1, 2):
        file = Path(sys.argv[1]) / f"awkward-{version}.parquet"
        build(Plan(made, "test", version=version, sampling=Sampling(balanced=True)), file)
        sys.stdout.write(f"{measure_shortcuts(read_questions(file), made).text()}\n")
