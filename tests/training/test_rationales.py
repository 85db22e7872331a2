"""A rationale says only what its record shows, concludes with the box, and never knows its patient's hidden value."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import QuestionError
from creason_core.evaluation.registry_notes.concluding import conclusion as conclusion_of
from creason_core.evaluation.registry_notes.fitting import FOLDS, fold_of
from creason_core.evaluation.registry_notes.making import bands
from creason_core.evaluation.registry_notes.scorecard import beside_modal
from creason_core.question.answer import parse_answer
from creason_core.question.masked_value import order_of
from creason_core.question.notes import LITTLE, Notes, RegistryNote
from creason_core.question.prompts import letters
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.question.vectorised.table import QuestionTable, read_questions
from tests.training.few_folds import of_few_folds
from training.rationales import main
from training.teacher.cross_fitting import Contribution, Evidence, evidence
from training.teacher.rationale_text import (
    PLACES,
    RationaleContext,
    conclusion,
    noted_rationale,
    offered,
    parse_statements,
    running_counts,
    speaks,
)
from training.teacher.rationales import noted_task, sparse, write

FEATURES = ("crea1", "sex", "card")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


@pytest.fixture(scope="module")
def table(cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> QuestionTable:
    file = tmp_path_factory.mktemp("questions") / "train.parquet"
    build(Plan(cohort, "train", features=FEATURES, sampling=Sampling(balanced=True, limit=450)), file)
    return of_few_folds(read_questions(file), 8)


@pytest.fixture(scope="module")
def said(table: QuestionTable, cohort: Cohort) -> list[Evidence]:
    """What is said about creatinine."""
    return list(evidence(table, cohort, "crea1"))


@pytest.fixture(scope="module")
def made(table: QuestionTable, cohort: Cohort) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = write(table, cohort, table.path.with_name("rationales.parquet")).to_pylist()
    return rows


@pytest.mark.slow
def test_every_number_in_a_rationale_stands_in_its_prompt(made: list[dict[str, object]]) -> None:
    for row in made:
        shown = set(NUMBER.findall(str(row["user"])))
        assert set(NUMBER.findall(str(row["completion"]))) <= shown


@pytest.mark.slow
def test_the_box_holds_the_letter_of_the_option_that_the_rationale_names(
    made: list[dict[str, object]], table: QuestionTable, cohort: Cohort
) -> None:
    options = dict(zip(table.table["id"].to_pylist(), table.table["options"].to_pylist(), strict=True))
    for row in made:
        texts = options[row["id"]]
        order = order_of(len(texts), cohort.codebook.feature(str(row["masked_feature"])), int(str(row["sample"])))
        found = parse_answer(str(row["completion"]), letters(len(texts)))
        assert found.boxes == 1
        assert order[letters(len(texts)).index(str(found.letter))] == row["chosen"]
        assert f"{found.letter}) {texts[int(str(row['chosen']))]}" in str(row["user"]).splitlines()


@pytest.mark.slow
def test_a_patients_hidden_value_changes_nothing_that_is_said_of_that_patient(
    said: list[Evidence], table: QuestionTable, cohort: Cohort
) -> None:
    asked = table.frame[table.frame["masked_feature"] == "crea1"]
    fold = fold_of(asked["patient"].iloc[0])
    # The values of this fold's patients change hands: the registry as a whole, and so the options, stay as they are.
    among = [patient for patient in cohort.split["train"] if fold_of(patient) == fold]
    swapped = cohort.table.copy()
    swapped.loc[among, "crea1"] = np.random.default_rng(0).permutation(swapped.loc[among, "crea1"].to_numpy())
    before = {found.row: found for found in said}
    other = replace(cohort, table=swapped, training=swapped.loc[list(cohort.split["train"])])
    after = {found.row: found for found in evidence(table, other, "crea1")}
    mine = {int(row) for row in asked.index if fold_of(asked["patient"][row]) == fold}
    assert mine
    assert all(after[row] == before[row] for row in mine)
    assert any(after[row] != before[row] for row in set(before) - mine)  # others may learn from what was swapped


@pytest.mark.slow
def test_the_features_told_belong_to_the_masked_feature_and_not_to_the_answer(
    said: list[Evidence], table: QuestionTable
) -> None:
    patients = {row: str(patient) for row, patient in table.frame["patient"].items()}
    folds = {fold_of(patients[one.row]) for one in said}
    assert len(said) > len(folds)
    for fold in folds:
        orders = [
            [told.feature.name for told in one.contributions] for one in said if fold_of(patients[one.row]) == fold
        ]
        longest = max(orders, key=len)
        # Values that nobody measured are passed over; what is there comes in one order, whatever is concluded.
        assert all(
            [name for name in longest if name in order] == [n for n in order if n in longest] for order in orders
        )


def test_a_running_count_in_words_leads_to_what_the_notes_come_to() -> None:
    def counts(options: str, said: str, even: str = "") -> list[str]:
        told = tuple(RegistryNote(feature="a", label="A", value="1", standing="", says=one) for one in said.split(", "))
        return running_counts(Notes(patients=100, told=told, even=even), options.split(), numeric=not even)

    numbers = counts("0.7 1.5 2.4", f"lower, much higher, {LITTLE}, lower, much lower")
    assert numbers == ["one lower", "one higher", "one higher", "even", "two lower"]
    levels = counts("Male Female", f"{LITTLE}, Female, clearly Male, Female", even="Female")
    assert levels == ["even", "Female one", "Male two, Female one", "Female two, Male two"]


@pytest.mark.slow
def test_with_notes_a_rationale_tells_them_counts_them_and_can_be_read_back(
    table: QuestionTable, cohort: Cohort
) -> None:
    seen = 0
    for row in table.frame.groupby("masked_feature").head(4).index:
        task = noted_task(table, int(row), cohort)
        about = RationaleContext(task.feature, tuple(option.text for option in task.question.options), 0)
        text = noted_rationale(task.question, about)
        notes = task.question.notes
        assert notes is not None
        read = [(one.label, one.says) for one in parse_statements(text)]
        assert read == [(note.label, note.says) for note in notes.told]
        if notes.told and not task.feature.numeric and notes.even:
            last = running_counts(notes, about.options, numeric=False)[-1]
            chosen = about.options[conclusion_of(task.question, task.feature)]
            assert last.startswith((f"{chosen} ", "even"))
            seen += 1
    assert seen


def test_a_value_speaks_for_a_way_or_a_level_or_says_little(cohort: Cohort) -> None:
    feature = cohort.codebook.feature("alb1")
    number = RationaleContext(cohort.codebook.feature("crea1"), ("0.7", "1.5", "2.4"), 0)
    said = [speaks(Contribution(feature, points, 0), number) for points in (-2, -1, 0, 1, 2)]
    assert said == ["much lower", "lower", "says little", "higher", "much higher"]
    level = RationaleContext(cohort.codebook.feature("sex"), ("Male", "Female"), 0)
    said = [
        speaks(Contribution(feature, points, toward), level) for points, toward in ((0, 1), (1, 1), (2, 0), (2, -1))
    ]
    assert said == ["says little", "Female", "clearly Male", "says little"]


def test_a_number_is_concluded_by_its_place_and_by_the_way_the_options_go(cohort: Cohort) -> None:
    feature, options = cohort.codebook.feature("crea1"), ("0.7", "1.1", "1.5", "2.4", "6.0")
    assert conclusion(3, RationaleContext(feature, options, 0)) == (
        "a high value. The options rise: D) 2.4. \\boxed{D}"
    )
    assert conclusion(3, RationaleContext(feature, options, 1)) == (
        "a high value. The options fall: B) 2.4. \\boxed{B}"
    )
    level = RationaleContext(cohort.codebook.feature("sex"), ("Male", "Female"), 1)
    assert conclusion(0, level) == "B) Male. \\boxed{B}"


def test_options_are_told_in_the_order_shown_each_with_its_standing(cohort: Cohort) -> None:
    asked = RationaleContext(cohort.codebook.feature("sod1"), ("110", "137", "160"), 1)
    assert offered(asked, bands(cohort)) == "Sodium: A) 160, very high; B) 137, near the middle; C) 110, very low"


@pytest.mark.slow
def test_options_are_told_before_the_conclusion_about_numbers_alone(
    made: list[dict[str, object]], table: QuestionTable, cohort: Cohort
) -> None:
    options = dict(zip(table.table["id"].to_pylist(), table.table["options"].to_pylist(), strict=True))
    stands = bands(cohort)
    for row in made:
        asked = RationaleContext(
            cohort.codebook.feature(str(row["masked_feature"])), options[row["id"]], int(str(row["sample"]))
        )
        if asked.feature.numeric:
            assert f". {offered(asked, stands)}. Together: " in str(row["completion"])
        else:
            assert ";" not in str(row["completion"])


@pytest.mark.slow
def test_the_words_of_a_rationale_suffice_for_its_conclusion(made: list[dict[str, object]]) -> None:
    for row in (row for row in made if row["masked_feature"] == "card"):
        said = re.findall(r"→ (clearly )?(Yes|No)\.", str(row["completion"]))
        count = {level: sum(2 if clearly else 1 for clearly, told in said if told == level) for level in ("Yes", "No")}
        if count["Yes"] != count["No"]:
            most = max(count, key=count.__getitem__)
            assert re.search(rf"Together: [AB]\) {most}\.", str(row["completion"]))


@pytest.mark.slow
def test_numbers_of_the_published_design_start_from_the_usual_option(cohort: Cohort, tmp_path: Path) -> None:
    build(
        Plan(cohort, "train", features=("resp1",), design="paper", sampling=Sampling(limit=200)), tmp_path / "q.parquet"
    )
    table = of_few_folds(read_questions(tmp_path / "q.parquet"), 8)
    asked = {question["id"]: question for question in table.table.to_pylist()}
    counts = set()
    for row in write(table, cohort, tmp_path / "rationales.parquet").to_pylist():
        question, text = asked[row["id"]], row["completion"]
        modal_option = int(np.argmax(question["priors"]))
        assert re.search(rf"\. Mostly [A-E]\) {re.escape(question['options'][modal_option])}\. Together: ", text)
        listed = re.search(r"\. Respiratory rate: (A\) .+)\. Mostly", text)
        assert listed
        told = [re.split("[ ,]", option)[1] for option in listed[1].split("; ")]
        assert told in (question["options"], question["options"][::-1])
        assert ("higher value" in text, "lower value" in text) == (
            row["chosen"] > modal_option,
            row["chosen"] < modal_option,
        )
        assert set(NUMBER.findall(text)) <= set(NUMBER.findall(row["user"]))
        said = re.findall(r"→ ((?:much )?(?:higher|lower))\.", text)
        points = sum((2 if "much" in way else 1) * (1 if "higher" in way else -1) for way in said)
        assert row["chosen"] == beside_modal(modal_option, points, len(question["options"]))
        counts.add(len(question["options"]))
    assert len(counts) > 1  # by twos, threes or fours as well


def test_a_sparse_record_shows_its_share_and_never_what_was_not_recorded(cohort: Cohort) -> None:
    shown = sparse(cohort, 0.25)
    had, has = cohort.table.notna(), shown.table.notna()
    assert has.to_numpy().sum() / had.to_numpy().sum() == pytest.approx(0.25, abs=0.01)
    assert not (has & ~had).to_numpy().any()
    assert shown.table.where(has).equals(cohort.table.where(has))
    assert shown.training is cohort.training  # what is known of the registry stays
    for no_share in (-0.5, 0.0, 1.5):
        with pytest.raises(QuestionError, match=f"{no_share:g}"):
            sparse(cohort, no_share)


@pytest.mark.slow
def test_a_rationale_of_a_sparse_record_tells_only_what_the_prompt_shows(
    made: list[dict[str, object]], table: QuestionTable, cohort: Cohort
) -> None:
    few = write(table, cohort, table.path.with_name("sparse.parquet"), shown=0.25).to_pylist()
    assert [row["id"] for row in few] == [row["id"] for row in made]
    assert sum(len(row["user"]) for row in few) < 0.7 * sum(len(str(row["user"])) for row in made)
    told = [sum(str(row["completion"]).count("→") for row in rows) for rows in (few, made)]
    assert 0 < told[0] < 0.5 * told[1]
    for row in few:
        assert set(NUMBER.findall(row["completion"])) <= set(NUMBER.findall(row["user"]))


def test_folds_part_the_patients_evenly_and_for_good(cohort: Cohort) -> None:
    counts = np.bincount([fold_of(patient) for patient in cohort.split["train"]], minlength=FOLDS)
    assert np.abs(counts - counts.mean()).max() < 4 * np.sqrt(counts.mean())  # as evenly as a die parts them
    assert [fold_of(patient) for patient in ("5", "7", "9")] == [fold_of(patient) for patient in ("5", "7", "9")]


def test_standing_is_in_tenths_and_fifths_of_the_training_patients(cohort: Cohort) -> None:
    feature = cohort.codebook.feature("crea1")
    known = np.sort(cohort.measured_training(feature).to_numpy(dtype=float))
    words = [bands(cohort).words(feature, float(np.quantile(known, q))) for q in (0.02, 0.2, 0.5, 0.8, 0.98)]
    assert words == ["very low", "low", "near the middle", "high", "very high"]
    assert [len(PLACES[count]) for count in PLACES] == list(PLACES)


@pytest.mark.slow
def test_rationales_are_made_of_training_patients_only(cohort: Cohort, tmp_path: Path) -> None:
    build(Plan(cohort, "test", features=("sex",), sampling=Sampling(limit=5)), tmp_path / "test.parquet")
    with pytest.raises(QuestionError, match="asks about test patients"):
        write(read_questions(tmp_path / "test.parquet"), cohort, tmp_path / "out.parquet")


def test_what_the_command_refuses_it_says_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["rationales", str(tmp_path / "gone.parquet"), "--out", str(tmp_path / "out")])
    assert main() == 1
    assert "gone.parquet" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
