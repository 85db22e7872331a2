import hashlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from creason_core import calibration
from creason_core.adapters.shipped import SHIPPED, find_shipped
from creason_core.calibration import FittedOn, Vote
from creason_core.engines.base import ModelIdentity
from creason_core.errors import EvaluationError
from creason_core.registry import load_cohort

MODEL = ModelIdentity("vllm", "small", "a" * 64)
ABOUT = FittedOn(MODEL, "c" * 64, 1, "q" * 64, 5)
MADE = datetime(2026, 1, 2, tzinfo=UTC)


def votes(feature: str, section: str, right: dict[float, tuple[int, int]]) -> list[Vote]:
    """``right``: share → (right, wrong) answers."""
    return [
        Vote(feature, section, share, float(score), 0.25)
        for share, (hits, misses) in right.items()
        for score in [1] * hits + [0] * misses
    ]


MAP = votes("map", "Vitals", {0.4: (10, 40), 0.6: (15, 35), 0.8: (12, 38), 1.0: (45, 5)})
CREA = votes("crea", "Labs", {0.6: (10, 30), 1.0: (30, 10)})
SODIUM = votes("sodium", "Labs", {0.6: (10, 10), 1.0: (10, 10)})
RARE = votes("rare", "Other", {0.6: (3, 7)})


def fitted() -> calibration.Calibration:
    return calibration.fit(MAP + CREA + SODIUM + RARE, ABOUT, made=MADE, thresholds={"dead": 0.3})


def test_a_feature_with_100_answers_has_a_curve_of_its_own_made_to_rise() -> None:
    found = fitted().calibrated(1.0, "map")
    assert (found.probability, found.level, found.n) == (0.9, "feature", 200)
    # 15 of 50 at 0.6 and 12 of 50 at 0.8 fall: pooled, 27 of 100.
    assert fitted().calibrated(0.6, "map").probability == pytest.approx(0.27)
    assert fitted().calibrated(0.8, "map").probability == pytest.approx(0.27)


def test_the_grade_needs_accuracy_agreement_and_a_lead_over_the_commonest_option() -> None:
    found = fitted()
    assert found.graded(1.0, "map").grade == "high"
    assert found.graded(1.0, "crea").grade == "moderate"  # 40 of 60 in its section
    assert found.graded(0.6, "crea").grade == "low"  # 20 of 60
    assert found.graded(0.8, "map").grade == "abstained"  # 27 % beside the 25 % of the commonest option


def test_between_the_shares_that_were_seen_the_curve_is_straight_and_outside_it_is_flat() -> None:
    found = fitted()
    assert found.calibrated(0.5, "map").probability == pytest.approx((0.2 + 0.27) / 2)
    assert found.calibrated(0.1, "map").probability == pytest.approx(0.2)


def test_fewer_answers_use_the_section_and_then_everything() -> None:
    found = fitted()
    labs = found.calibrated(1.0, "crea")
    assert (labs.level, labs.n) == ("section", 120)
    assert labs.probability == pytest.approx(40 / 60)
    assert found.calibrated(0.6, "rare").level == "overall"  # its 10 answers are too few to stand for themselves
    assert found.calibrated(0.6, "never seen").level == "overall"


def test_the_rest_is_not_promised_what_other_features_earned() -> None:
    hard = votes("dose", "Other", {0.6: (3, 7), 1.0: (6, 24)})
    found = calibration.fit(MAP + CREA + SODIUM + RARE + hard, ABOUT)
    told, anchor = found.calibrated(1.0, "rare"), found.anchor("rare")
    assert (told.level, told.n) == ("rest", 50)
    assert told.probability == pytest.approx(12 / 50)  # falls from 0.6 to 1.0: pooled
    assert anchor.accuracy == pytest.approx(12 / 50)
    assert anchor.n == 50
    assert found.calibrated(1.0, "never seen").level == "overall"


def test_a_section_leaves_out_the_features_that_speak_for_themselves() -> None:
    easy = votes("hco3", "Labs", {1.0: (190, 10)})
    found = calibration.fit(CREA + SODIUM + easy, ABOUT)
    assert found.calibrated(1.0, "hco3").probability == pytest.approx(0.95)
    labs = found.calibrated(1.0, "crea")
    assert labs.probability == pytest.approx(40 / 60)
    assert (labs.level, labs.n) == ("section", 120)


def test_the_curve_is_scikit_learns_isotonic_regression() -> None:
    rng = np.random.default_rng(0)
    share = rng.integers(1, 11, 500) / 10
    right = (rng.random(500) < 0.2 + 0.5 * share).astype(float)
    found = calibration.fit([Vote("f", "s", x, y, 0.2) for x, y in zip(share, right, strict=True)], ABOUT)
    theirs = IsotonicRegression().fit(share, right).predict(np.unique(share))
    assert [found.calibrated(x, "f").probability for x in np.unique(share)] == pytest.approx(theirs.tolist())


def test_the_anchor_counts_questions_without_a_winner_too() -> None:
    silent = [Vote("map", "Vitals", None, 0.0, 0.5)] * 50
    anchor = calibration.fit(MAP + silent, ABOUT).anchor("map")
    assert (anchor.n, anchor.level) == (250, "feature")
    assert anchor.accuracy == pytest.approx(82 / 250)
    assert anchor.prior == pytest.approx(0.3)


def test_too_few_answers_give_no_calibration() -> None:
    with pytest.raises(EvaluationError, match=r"at least 100 answers.*has 10 of 10"):
        calibration.fit(RARE, ABOUT)


def test_a_calibration_is_found_by_exactly_its_model_codebook_samples_and_prompt(tmp_path: Path) -> None:
    path = calibration.install(fitted(), tmp_path)
    assert calibration.read(path) == fitted()
    assert calibration.load(tmp_path, MODEL, "c" * 64, 5, 1) == fitted()
    assert calibration.load(tmp_path, ModelIdentity("embedded", "other name", "a" * 64), "c" * 64, 5, 1) == fitted()
    for identity, codebook, samples, prompt in (
        (ModelIdentity("vllm", "small", "b" * 64), "c" * 64, 5, 1),
        (ModelIdentity("vllm", "small", "a" * 64, "adapter"), "c" * 64, 5, 1),
        (MODEL, "d" * 64, 5, 1),
        (MODEL, "c" * 64, 10, 1),
        (MODEL, "c" * 64, 5, 2),
    ):
        assert calibration.load(tmp_path, identity, codebook, samples, prompt) is None


def test_one_that_ships_is_found_where_the_data_folder_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ships = tmp_path / "shipped"
    monkeypatch.setattr(calibration, "SHIPPED", ships)
    calibration.install(fitted(), ships)
    assert calibration.load(tmp_path, MODEL, "c" * 64, 5, 1) == fitted()
    own = calibration.fit(MAP, ABOUT, made=MADE)
    calibration.install(own, tmp_path)
    assert calibration.load(tmp_path, MODEL, "c" * 64, 5, 1) == own


def test_one_of_an_earlier_form_hides_none_that_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ships = tmp_path / "shipped"
    monkeypatch.setattr(calibration, "SHIPPED", ships)
    calibration.install(fitted(), ships)
    made_of = "|".join((MODEL.model_hash, MODEL.adapter, "c" * 64, "1", "5"))
    earlier = tmp_path / calibration.FOLDER / f"{hashlib.sha256(made_of.encode()).hexdigest()[:32]}.json"
    earlier.parent.mkdir()
    earlier.write_text('{"calibration": 1}')
    assert calibration.load(tmp_path, MODEL, "c" * 64, 5, 1) == fitted()


def test_an_altered_calibration_is_refused(tmp_path: Path) -> None:
    path = calibration.install(fitted(), tmp_path)
    path.write_text(path.read_text().replace('"samples": 5', '"samples": 6'))
    with pytest.raises(EvaluationError, match="was altered"):
        calibration.read(path)
    path.write_text("{}")
    with pytest.raises(EvaluationError, match="cannot be read"):
        calibration.load(tmp_path, MODEL, "c" * 64, 5, 1)


def test_every_adapter_that_ships_is_calibrated() -> None:
    found = [calibration.read(path) for path in (SHIPPED / calibration.FOLDER).glob("*.json")]
    assert {one.adapter_hash for one in found} == {ships.manifest.hash for ships in find_shipped()}
    assert {one.codebook_hash for one in found} == {load_cohort("rhc-sepsis").codebook.content_hash}
