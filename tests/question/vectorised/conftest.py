"""A small registry with what is hard: few numbers, many levels, levels unseen in training, filled normals, gaps."""

import numpy as np
import pandas as pd
import pytest

from creason_core.cohort.cohort import Cohort, Split, split_hash
from creason_core.cohort.leakage.guard import GuardDesign, HiddenFeature, HiddenSet, LeakGuard
from creason_core.record.codebook import Codebook


def codebook() -> Codebook:
    levels = [{"code": f"c{n}", "label": f"Level {n}"} for n in range(9)]
    common = {"section": "First", "time": "day1"}
    return Codebook.model_validate(
        {
            "name": "small",
            "version": 1,
            "title": "Small",
            "population": "made-up patients",
            "source": "here",
            "citation": "none",
            "sections": ["First", "Second", "End"],
            "features": [
                {"name": "few", "label": "Few", "kind": "integer", **common},
                {"name": "many", "label": "Many", "kind": "number", "decimals": 1, "unit_label": "mg", **common},
                {"name": "source", "label": "Source", "kind": "nominal", "levels": levels, **common},
                {"name": "filled", "label": "Filled", "kind": "number", "decimals": 2, "not_measured": [7.4],
                 "section": "Second", "time": "day1"},
                {"name": "yes", "label": "Yes or no", "kind": "binary", "section": "Second", "time": "day1",
                 "levels": [{"code": "n", "label": "No"}, {"code": "y", "label": "Yes"}]},
                {"name": "grade", "label": "Grade", "kind": "ordinal", "section": "Second", "time": "day1",
                 "levels": [{"code": str(n), "label": f"Grade {n}"} for n in range(3)]},
                {"name": "died", "label": "Died", "kind": "binary", "section": "End", "time": "outcome",
                 "role": "outcome", "levels": [{"code": "0", "label": "No"}, {"code": "1", "label": "Yes"}]},
                {"name": "group", "label": "Group", "kind": "binary", "section": "End", "time": "day1",
                 "role": "audit", "levels": [{"code": "a", "label": "A"}, {"code": "b", "label": "B"}]},
            ],
        }
    )  # fmt: skip


def table(patients: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)

    def pick(values: list[str | None] | list[str]) -> list[str | None]:
        return [values[place] for place in rng.integers(0, len(values), patients)]

    return pd.DataFrame(
        {
            "few": np.where(rng.random(patients) < 0.2, np.nan, rng.integers(0, 12, patients)).astype(float),
            "many": np.where(rng.random(patients) < 0.2, np.nan, rng.normal(20, 30, patients)),
            "source": pick([*(f"c{n}" for n in range(9)), None]),
            "filled": rng.choice([7.4, 7.1, 7.2, 7.3, 7.25, np.nan], patients),
            "yes": pick(["n", "n", "n", "y", None]),
            "grade": pick(["0", "1", "2", None]),
            "died": pick(["0", "1"]),
            "group": pick(["a", "b"]),
        },
        index=pd.Index([f"patient-{n}" for n in range(patients)], dtype=str),
    ).astype(dict.fromkeys(("source", "yes", "grade", "died", "group"), object))


@pytest.fixture(scope="session")
def small() -> Cohort:
    """300 patients, 200 of them for training; one patient without any value; level c8 and few = 12 unseen there."""
    book, rows = codebook(), table(300, seed=1)
    rows.iloc[299] = None
    training, test = list(rows.index[:200]), list(rows.index[200:])
    rows.loc[training, "source"] = rows.loc[training, "source"].replace("c8", "c0")
    rows.loc[test[0], "few"] = 12.0
    split: dict[Split, tuple[str, ...]] = {"train": tuple(training), "validation": (), "test": tuple(test)}
    hides = {"many": ("few", "yes"), "grade": ("few", "many", "source", "filled", "yes")}
    guard = LeakGuard(
        version=1,
        codebook=book.name,
        codebook_hash=book.content_hash,
        split_hash=split_hash(split),
        patients=200,
        design=GuardDesign(seed=0),
        entries=tuple(
            HiddenSet(
                masked=feature.name,
                hidden=tuple(
                    HiddenFeature(feature=name, reason="formula", sentence=f"{name} is hidden.")
                    for name in (*hides.get(feature.name, ()), *(("died",) if feature.name != "died" else ()))
                ),
            )
            for feature in book.features
        ),
    )
    return Cohort(
        name="small",
        title="Small",
        codebook=book,
        table=rows,
        split=split,
        split_hash=guard.split_hash,
        guard=guard,
        training=rows.loc[training],
    )
