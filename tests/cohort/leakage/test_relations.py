"""No feature that is masked can be worked out from what is left, declared as a formula or not."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from creason_core.arrays import Floats
from creason_core.cohort.drafting.cuts import find_cuts
from creason_core.cohort.drafting.cuts_of_two import find_cuts_of_two
from creason_core.cohort.leakage.fitting import fit_guard
from creason_core.cohort.leakage.guard import GuardDesign
from creason_core.cohort.leakage.relations import Relation, tied
from creason_core.cohort.leakage.time_relations import undeclared
from creason_core.cohort.loading import load_cohort
from creason_core.record.codebook import Codebook

N = 400
DECIMALS = {"fio2": 2, "weight": 1, "bmi": 1, "bili": 1, "inr": 1, "creat": 2, "meld": 1, "log_crp": 2, "temp": 1}
COLUMNS = (
    "sbp dbp map pao2 fio2 pf na cl hco3 gap weight height bmi bili inr creat meld crp log_crp temp noise "
    "p1 p2 p3 total fever"
).split()
LEVELS = {"fever": ("0", "1"), "p1": ("0", "1", "2"), "p2": ("0", "1", "2"), "p3": ("0", "1", "2")}
# Result and inputs, none of which the codebook tells.
FORMULAS = (
    ("map", ("sbp", "dbp")),
    ("pf", ("pao2", "fio2")),
    ("gap", ("na", "cl", "hco3")),
    ("bmi", ("weight", "height")),
    ("meld", ("bili", "inr", "creat")),
    ("log_crp", ("crp",)),
    ("fever", ("temp",)),
    ("total", ("p1", "p2", "p3")),
)


def book(
    columns: Sequence[str], derived: dict[str, list[str]] | None = None, ties: list[list[str]] | None = None
) -> Codebook:
    def feature(name: str) -> dict[str, object]:
        common = {"name": name, "label": name.capitalize(), "section": "All", "time": "day1"}
        if name in LEVELS:
            kind = "binary" if len(LEVELS[name]) == 2 else "ordinal"
            return {**common, "kind": kind, "levels": [{"code": code, "label": f"L{code}"} for code in LEVELS[name]]}
        inputs = (derived or {}).get(name, [])
        return {**common, "kind": "number", "decimals": DECIMALS.get(name, 0), "derived_from": inputs,
                "role": "derived" if inputs else "predictor"}  # fmt: skip

    return Codebook.model_validate(
        {
            "name": "made", "version": 1, "title": "Made", "population": "made-up", "source": "here",
            "citation": "none", "sections": ["All"], "features": [feature(name) for name in columns],
            "ties": [{"features": tie, "reason": "they are so"} for tie in ties or []],
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    random = np.random.default_rng(8)
    sbp = random.normal(125, 22, N).round()
    dbp = (0.4 * sbp + random.normal(20, 9, N)).round()
    pao2, fio2 = random.normal(90, 20, N).round(), random.uniform(0.21, 1, N).round(2)
    na, cl, hco3 = (random.normal(mean, sd, N).round() for mean, sd in ((138, 5), (102, 6), (23, 5)))
    weight, height = random.normal(78, 15, N).round(1), random.normal(170, 9, N).round()
    bili, inr, creat = (np.exp(random.normal(0.4, 0.6, N)).round(d) for d in (1, 1, 2))
    inr, bili, creat = np.maximum(inr, 0.8), np.maximum(bili, 0.3), np.maximum(creat, 0.3)
    crp, temp = np.exp(random.normal(4, 1, N)).round() + 1, random.normal(37.4, 0.9, N)
    parts = random.integers(0, 3, (3, N))
    frame = pd.DataFrame(
        {
            "sbp": sbp, "dbp": dbp, "map": ((sbp + 2 * dbp) / 3).round(), "pao2": pao2, "fio2": fio2,
            "pf": (pao2 / fio2).round(), "na": na, "cl": cl, "hco3": hco3, "gap": na - cl - hco3, "weight": weight,
            "height": height, "bmi": (weight / (height / 100) ** 2).round(1), "bili": bili, "inr": inr, "creat": creat,
            "meld": (3.78 * np.log(bili) + 11.2 * np.log(inr) + 9.57 * np.log(creat) + 6.43).round(1), "crp": crp,
            "log_crp": np.log10(crp).round(2), "temp": temp.round(1), "noise": random.normal(50, 9, N).round(),
        }
    )  # fmt: skip
    frame = frame.mask(random.random(frame.shape) < 0.03)
    for place, name in enumerate(("p1", "p2", "p3")):
        frame[name] = parts[place].astype(str)
    frame["total"] = parts.sum(axis=0).astype(float)
    frame["fever"] = np.where(temp >= 38.0, "1", "0")
    return frame


@pytest.fixture(scope="module")
def relations(table: pd.DataFrame) -> tuple[Relation, ...]:
    return undeclared(table, book(COLUMNS))


def hidden(codebook: Codebook, masked: str, found: Sequence[Relation] = ()) -> set[str]:
    return set(tied(codebook, codebook.feature(masked), found))


@pytest.mark.parametrize(("result", "inputs"), FORMULAS)
def test_a_formula_that_no_codebook_tells_hides_in_both_directions(
    table: pd.DataFrame, relations: tuple[Relation, ...], result: str, inputs: tuple[str, ...]
) -> None:
    codebook = book(COLUMNS)
    assert any({result, *inputs} == relation.members for relation in relations)
    together = {result, *inputs}
    for masked in together:
        with_it = hidden(codebook, masked, relations)
        assert together - {masked} & with_it
        assert with_it <= together
    assert not any("noise" in relation.members for relation in relations)


def test_the_fitted_guard_hides_formulas_and_says_so(table: pd.DataFrame) -> None:
    columns = ["sbp", "dbp", "map", "noise"]
    guard = fit_guard(table[columns], book(columns), GuardDesign(seed=0, permutations=10), split_hash="0")
    (item,) = [item for item in guard.hidden_with("sbp") if item.feature == "map"]
    assert (item.reason, item.sentence) == (
        "formula", "Map is hidden: among the training patients Map follows from Sbp and Dbp.",
    )  # fmt: skip
    assert {item.feature for item in guard.hidden_with("map")} == {"sbp", "dbp"}
    assert guard.hidden_with("noise") == ()


def test_the_fitted_guard_hides_a_level_of_two_numbers_with_them(table: pd.DataFrame) -> None:
    columns = ["sbp", "dbp", "noise", "fever"]
    shock = np.where((table["sbp"] + 2 * table["dbp"]) / 3 < 70, "1", "0")
    guard = fit_guard(
        table[columns].assign(fever=shock), book(columns), GuardDesign(seed=0, permutations=10), split_hash="0"
    )
    told = {masked: {item.feature for item in guard.hidden_with(masked)} for masked in columns}
    assert told == {"sbp": {"fever"}, "dbp": {"fever"}, "noise": set(), "fever": {"sbp", "dbp"}}


def test_a_few_slips_of_the_pen_do_not_hide_a_formula(table: pd.DataFrame) -> None:
    slipped = table[["sbp", "dbp", "map", "noise"]].copy()
    codebook = book(["sbp", "dbp", "map", "noise"])
    slipped.loc[::40, "map"] += 30  # one row in forty
    assert hidden(codebook, "map", undeclared(slipped, codebook)) == {"sbp", "dbp"}
    slipped["map"] += np.random.default_rng(1).normal(0, 8, N).round()  # a measurement of its own
    assert hidden(codebook, "map", undeclared(slipped, codebook)) == set()


def test_levels_that_are_ranges_of_a_number_are_found_with_slips_and_two_ranges_and_others_are_not() -> None:
    random = np.random.default_rng(6)
    sodium = random.normal(138, 6, N).round()
    outside = ((sodium < 135) | (sodium > 145)).astype(float)
    slipped = np.where(random.random(N) < 0.02, 1 - outside, outside)
    band = np.digitize(sodium, [130, 135, 140, 145]).astype(float)
    likely = (sodium + random.normal(0, 6, N) > 140).astype(float)
    rare = (np.arange(N) < 3).astype(float)
    levels = {"outside": outside, "slipped": slipped, "band": band, "likely": likely, "rare": rare}
    found = {cut.result for cut in find_cuts(levels, {"sodium": sodium, "noise": random.normal(size=N).round(2)})}
    assert found == {"outside", "slipped", "band"}


def _two_numbers(patients: int, seed: int) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Levels by what two numbers make that are no columns, and levels that are none; with twelve columns of noise."""
    random = np.random.default_rng(seed)
    sbp, before = random.normal(115, 25, patients).round(), np.exp(random.normal(0.1, 0.5, patients)).round(2).clip(0.3)
    dbp = (0.4 * sbp + random.normal(20, 9, patients)).round()
    now = (before * np.exp(np.abs(random.normal(0, 0.6, patients)))).round(2)
    weight, height = random.normal(78, 16, patients).round(1), random.normal(170, 10, patients).round()
    pao2, fio2 = random.gamma(8, 12, patients).round() + 30, random.uniform(0.21, 1, patients).round(2)
    mean = (sbp + 2 * dbp) / 3
    lactate = np.exp(random.normal(1.4, 0.5, patients) - mean / 100).round(1)
    numbers = {"sbp": sbp, "dbp": dbp, "before": before, "now": now, "weight": weight, "height": height}
    numbers |= {"pao2": pao2, "fio2": fio2, "lactate": lactate}
    numbers |= {f"noise{place}": random.normal(50, 9, patients).round(1) for place in range(12)}
    levels = {
        "shock": mean < 65,
        "stage": np.digitize(now / before, [1.5, 2, 3]),
        "rise": now - before >= 0.3,
        "bmi": np.digitize(weight / (height / 100) ** 2, [25, 30]),
        "pf": np.digitize(pao2 / fio2, [100, 200, 300]),
        "likely": mean + random.normal(0, 8, patients) < 65,
        "sicker": np.log(now) + random.normal(0, 0.5, patients) > 0.6,
        "high": sbp > 140,
        "coin": random.random(patients) < 0.3,
        "rare": random.random(patients) < 0.02,
    }
    return {name: np.asarray(places, dtype=np.float64) for name, places in levels.items()}, numbers


@pytest.mark.parametrize(("patients", "gaps", "slips"), [(400, 0.0, 0.0), (1500, 0.15, 0.01)])
def test_levels_that_are_ranges_of_what_two_numbers_make_are_found_and_others_are_not(
    patients: int, gaps: float, slips: float
) -> None:
    levels, numbers = _two_numbers(patients, seed=3)
    random = np.random.default_rng(4)
    levels = {n: np.where(random.random(patients) < slips, random.permutation(v), v) for n, v in levels.items()}
    numbers = {n: np.where(random.random(patients) < gaps, np.nan, v) for n, v in numbers.items()}
    found = {(cut.result, frozenset(cut.inputs)) for cut in find_cuts_of_two(levels, numbers)}
    pairs = {"shock": "sbp dbp", "stage": "before now", "rise": "before now", "bmi": "weight height", "pf": "pao2 fio2"}
    assert found == {(level, frozenset(inputs.split())) for level, inputs in pairs.items()}


def test_a_chain_of_formulas_is_closed_in_both_directions_and_leaves_what_stands_beside_it() -> None:
    chain = {"map": ["sbp", "dbp"], "part": ["map"], "total": ["part", "other"]}
    codebook = book(["sbp", "dbp", "map", "part", "other", "total", "plates"], {**chain, "other": ["plates"]})
    assert hidden(codebook, "sbp") == {"map", "part", "total"}
    assert hidden(codebook, "map") == {"sbp", "dbp", "part", "total"}
    assert hidden(codebook, "part") == {"sbp", "dbp", "map", "total"}
    assert hidden(codebook, "total") == {"sbp", "dbp", "map", "part", "other", "plates"}
    assert hidden(codebook, "plates") == {"other", "total"}


def test_what_says_the_same_as_a_hidden_feature_is_hidden_too() -> None:
    codebook = book(["a", "a2", "b", "b2", "sum", "x"], {"a2": ["a"], "b2": ["b"], "sum": ["a", "b"]})
    assert hidden(codebook, "sum") == {"a", "a2", "b", "b2"}
    assert hidden(codebook, "a2") == {"a", "sum"}


def test_ties_are_closed_where_they_settle_and_not_where_they_only_touch() -> None:
    chained = book(["a", "b", "c", "x"], ties=[["a", "b"], ["b", "c"]])
    assert hidden(chained, "a") == {"b", "c"}
    touching = book(["a", "b", "c", "d", "e"], ties=[["a", "b", "c"], ["c", "d", "e"]])
    assert hidden(touching, "a") == {"b", "c"}  # d and e tell c, and c without b does not tell a


def test_the_packaged_guard_has_the_ties_of_its_codebook() -> None:
    cohort = load_cohort("rhc-sepsis")
    assert undeclared(cohort.training, cohort.codebook) == ()
    for feature in cohort.codebook.features:
        kept = {item.feature: item for item in cohort.guard.hidden_with(feature.name) if item.reason == "formula"}
        assert tied(cohort.codebook, feature, ()) == kept
