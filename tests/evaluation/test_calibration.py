import hashlib
from dataclasses import asdict, fields, make_dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from creason_core.cohort.loading import load_cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation import calibration
from creason_core.evaluation.calibration import CalibrationPoint, Conditions
from creason_core.model.adapters.shipped import SHIPPED, find_shipped
from creason_core.model.engines.base import ModelIdentity

MODEL = ModelIdentity("vllm", "small", "a" * 64)
ABOUT = Conditions(
    identity=MODEL,
    cohort="sepsis",
    codebook_hash="c" * 64,
    split_hash="s" * 64,
    design="stratified",
    design_version=1,
    prompt_version=1,
    scoring="majority",
    samples=5,
    temperature=0.7,
    max_tokens=200,
)
ASKED = "q" * 64
MADE = datetime(2026, 1, 2, tzinfo=UTC)


def votes(feature: str, section: str, right: dict[float, tuple[int, int]]) -> list[CalibrationPoint]:
    """``right``: share → (right, wrong) answers."""
    return [
        CalibrationPoint(f"{number}", feature, section, share, float(score), 0.25)
        for share, (hits, misses) in right.items()
        for number, score in enumerate([1] * hits + [0] * misses)
    ]


MAP = votes("map", "Vitals", {0.4: (10, 40), 0.6: (15, 35), 0.8: (12, 38), 1.0: (45, 5)})
CREA = votes("crea", "Labs", {0.6: (10, 30), 1.0: (30, 10)})
SODIUM = votes("sodium", "Labs", {0.6: (10, 10), 1.0: (10, 10)})
RARE = votes("rare", "Other", {0.6: (3, 7)})


def fitted() -> calibration.Calibration:
    return calibration.fit(
        MAP + CREA + SODIUM + RARE, ABOUT, ASKED, longest=90, thresholds={"majority": {"dead": 0.3}}, made=MADE
    )


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


def test_the_rest_is_not_promised_what_other_features_earned() -> None:
    hard = votes("dose", "Other", {0.6: (3, 7), 1.0: (6, 24)})
    found = calibration.fit(MAP + CREA + SODIUM + RARE + hard, ABOUT, ASKED)
    told, anchor = found.calibrated(1.0, "rare"), found.anchor("rare")
    assert (told.level, told.n) == ("rest", 50)
    assert told.probability == pytest.approx(12 / 50)  # falls from 0.6 to 1.0: pooled
    assert anchor.accuracy == pytest.approx(12 / 50)
    assert anchor.n == 50
    assert not found.speaks_of("never seen")


def test_a_section_leaves_out_the_features_that_speak_for_themselves() -> None:
    easy = votes("hco3", "Labs", {1.0: (190, 10)})
    found = calibration.fit(CREA + SODIUM + easy, ABOUT, ASKED)
    assert found.calibrated(1.0, "hco3").probability == pytest.approx(0.95)
    labs = found.calibrated(1.0, "crea")
    assert labs.probability == pytest.approx(40 / 60)
    assert (labs.level, labs.n) == ("section", 120)


def test_the_curve_is_scikit_learns_isotonic_regression() -> None:
    rng = np.random.default_rng(0)
    share = rng.integers(1, 11, 500) / 10
    right = (rng.random(500) < 0.2 + 0.5 * share).astype(float)
    points = [CalibrationPoint(str(n), "f", "s", x, y, 0.2) for n, (x, y) in enumerate(zip(share, right, strict=True))]
    found = calibration.fit(points, ABOUT, ASKED)
    theirs = IsotonicRegression().fit(share, right).predict(np.unique(share))
    assert [found.calibrated(x, "f").probability for x in np.unique(share)] == pytest.approx(theirs.tolist())


def test_the_anchor_counts_questions_without_a_winner_too() -> None:
    silent = [CalibrationPoint("0", "map", "Vitals", None, 0.0, 0.5)] * 50
    anchor = calibration.fit(MAP + silent, ABOUT, ASKED).anchor("map")
    assert (anchor.n, anchor.level) == (250, "feature")
    assert anchor.accuracy == pytest.approx(82 / 250)
    assert anchor.prior == pytest.approx(0.3)


def test_too_few_answers_give_no_calibration() -> None:
    with pytest.raises(EvaluationError, match=r"at least 100 answers.*has 10 of 10"):
        calibration.fit(RARE, ABOUT, ASKED)


def test_answers_about_a_few_patients_say_nothing_of_others() -> None:
    few = [replace(vote, patient=str(int(vote.patient) % 19)) for vote in MAP]
    with pytest.raises(EvaluationError, match="has 200 of 200 questions, about 19 patients"):
        calibration.fit(few, ABOUT, ASKED)
    found = calibration.fit([*few, *votes("hco3", "Labs", {1.0: (90, 30)})], ABOUT, ASKED)
    assert found.calibrated(1.0, "hco3").level == "feature"
    assert found.calibrated(1.0, "map").level == "overall"  # neither the feature nor its section nor the rest


OTHERWISE: dict[str, object] = {
    "cohort": "other",
    "codebook_hash": "d" * 64,
    "split_hash": "t" * 64,
    "design": "paper",
    "design_version": 2,
    "prompt_version": 2,
    "scoring": "logprob",
    "samples": 10,
    "temperature": 1.0,
    "max_tokens": 89,  # the longest reply had 90
}


def test_a_calibration_is_found_by_all_that_makes_questions_alike_and_by_nothing_less(tmp_path: Path) -> None:
    path = calibration.install(fitted(), tmp_path)
    assert calibration.read(path) == fitted()
    assert calibration.load(tmp_path, ABOUT) == fitted()
    assert {*OTHERWISE, "identity"} == set(Conditions.model_fields)
    for name, value in OTHERWISE.items():
        assert calibration.load(tmp_path, ABOUT.model_copy(update={name: value})) is None, name


def test_weights_are_known_by_their_hash_and_every_other_field_of_the_identity_counts(tmp_path: Path) -> None:
    calibration.install(fitted(), tmp_path)
    same = replace(MODEL, engine="embedded", model="another name")
    assert calibration.load(tmp_path, ABOUT.model_copy(update={"identity": same})) == fitted()
    names = {"engine", "model", "adapter"}  # what people call weights that have a hash
    for field in fields(ModelIdentity):
        if field.name not in names:
            other = ModelIdentity(**(asdict(MODEL) | {field.name: "b" * 64}))
            assert calibration.load(tmp_path, ABOUT.model_copy(update={"identity": other})) is None, field.name
    unknown = ABOUT.model_copy(update={"identity": replace(MODEL, model_hash="")})
    named = ABOUT.model_copy(update={"identity": replace(MODEL, model_hash="", model="another name")})
    assert len({ABOUT.key(), unknown.key(), named.key()}) == 3


def test_a_field_that_a_later_program_adds_to_the_identity_leaves_files_and_names_as_they_are() -> None:
    wider = make_dataclass("Wider", [("quantised_by", str, "")], bases=(ModelIdentity,), frozen=True)
    later = ABOUT.model_copy(update={"identity": wider(**asdict(MODEL))})
    assert later.key() == ABOUT.key()
    assert later.model_copy(update={"identity": wider(**asdict(MODEL), quantised_by="blocks")}).key() != ABOUT.key()
    again = fitted().model_copy(update={"conditions": later})
    assert again.content_hash == fitted().hash


def test_a_limit_counts_only_where_it_cut_off_a_reply(tmp_path: Path) -> None:
    calibration.install(fitted(), tmp_path)
    assert calibration.load(tmp_path, ABOUT.model_copy(update={"max_tokens": 400})) == fitted()
    cut = calibration.fit(MAP, ABOUT, ASKED, longest=None)
    calibration.install(cut, tmp_path / "cut")
    assert calibration.load(tmp_path / "cut", ABOUT) == cut
    assert calibration.load(tmp_path / "cut", ABOUT.model_copy(update={"max_tokens": 400})) is None


def test_one_of_a_cohort_that_was_made_again_with_other_values_is_told_and_not_used(tmp_path: Path) -> None:
    own = calibration.fit(MAP, ABOUT, ASKED, cohort_hash="a" * 64, longest=90)
    calibration.install(own, tmp_path)
    assert [calibration.load(tmp_path, ABOUT, made * 64) for made in "ab"] == [own, None]
    assert calibration.nearest(tmp_path, ABOUT, "b" * 64) == ("values of the cohort",)
    calibration.install(fitted(), tmp_path)  # as earlier programs wrote it: nobody noted the values
    assert "cohort_hash" not in fitted().model_dump_json()
    assert calibration.load(tmp_path, ABOUT, "b" * 64) == fitted()


def test_questions_of_another_design_take_no_place(tmp_path: Path) -> None:
    calibration.install(fitted(), tmp_path)
    paper = ABOUT.model_copy(update={"design": "paper"})
    calibration.install(calibration.fit(MAP, paper, ASKED, longest=90), tmp_path)
    assert calibration.load(tmp_path, ABOUT) == fitted()


def test_one_about_fewer_features_replaces_none_about_more(tmp_path: Path) -> None:
    calibration.install(fitted(), tmp_path)
    with pytest.raises(EvaluationError, match=r"speaks of 3 features that this run did not ask about \(crea, rare"):
        calibration.install(calibration.fit(MAP, ABOUT, ASKED, longest=90), tmp_path)
    assert calibration.load(tmp_path, ABOUT) == fitted()


def test_one_that_was_altered_is_replaced(tmp_path: Path) -> None:
    path = calibration.install(fitted(), tmp_path)
    path.write_text("{}")
    new = calibration.fit(MAP, ABOUT, ASKED, longest=90)
    assert calibration.install(new, tmp_path) == path
    assert calibration.load(tmp_path, ABOUT) == new


def test_a_renamed_file_is_refused_in_words(tmp_path: Path) -> None:
    path = calibration.install(fitted(), tmp_path)
    paper = ABOUT.model_copy(update={"design": "paper"})
    path.rename(path.with_name(f"3-{paper.key(any_length=True)}.json"))
    with pytest.raises(EvaluationError, match=r"not what its name says; different: design \(stratified, not paper\)"):
        calibration.load(tmp_path, paper)


def test_one_that_ships_is_found_where_the_data_folder_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ships = tmp_path / "shipped"
    monkeypatch.setattr("creason_core.evaluation.calibration.files.SHIPPED", ships)
    calibration.install(fitted(), ships)
    assert calibration.load(tmp_path, ABOUT) == fitted()
    own = calibration.fit(MAP, ABOUT, ASKED, longest=80, made=MADE)
    calibration.install(own, tmp_path)
    assert calibration.load(tmp_path, ABOUT) == own


def test_one_of_an_earlier_form_hides_none_that_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ships = tmp_path / "shipped"
    monkeypatch.setattr("creason_core.evaluation.calibration.files.SHIPPED", ships)
    calibration.install(fitted(), ships)
    made_of = "|".join((MODEL.model_hash, MODEL.adapter, "c" * 64, "1", "5"))
    earlier = tmp_path / calibration.FOLDER / f"{hashlib.sha256(made_of.encode()).hexdigest()[:32]}.json"
    earlier.parent.mkdir()
    earlier.write_text('{"calibration": 1}')
    assert calibration.load(tmp_path, ABOUT) == fitted()


def test_an_altered_calibration_is_refused(tmp_path: Path) -> None:
    path = calibration.install(fitted(), tmp_path)
    path.write_text(path.read_text().replace('"samples": 5', '"samples": 6'))
    with pytest.raises(EvaluationError, match="was altered"):
        calibration.read(path)
    path.write_text("{}")
    with pytest.raises(EvaluationError, match="cannot be read"):
        calibration.load(tmp_path, ABOUT)


def test_every_adapter_that_ships_is_calibrated_for_what_the_app_asks(tmp_path: Path) -> None:
    found = [calibration.read(path) for path in (SHIPPED / calibration.FOLDER).glob("*.json")]
    cohort = load_cohort("rhc-sepsis")
    asked = [one.conditions.model_copy(update={"max_tokens": 400}) for one in found]  # as the app does
    assert [calibration.load(tmp_path, conditions) for conditions in asked] == found
    trained = {ships.manifest.hash: ships.manifest.data.prompt_version for ships in find_shipped()}
    assert {one.identity.adapter_hash: one.prompt_version for one in asked} == trained
    assert {one.codebook_hash for one in asked} == {cohort.codebook.content_hash}
    assert {one.split_hash for one in asked} == {cohort.split_hash}
