"""What GRPO asks is what the app sends, about training patients only, balanced, filtered, and counted."""

from dataclasses import replace
from pathlib import Path

import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import SettingsError
from creason_core.evaluation.baselines.engine import BaselineEngine
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.model.engines.weights import model_folder
from creason_core.question.kinds import task_of
from creason_core.question.masked_value import MultipleChoiceQuestion, option_order
from creason_core.question.prompts import NOTES_VERSION, letters
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.question.vectorised.table import read_questions
from creason_core.settings import settings
from tests.training.few_folds import kept, of_few_folds
from training.data.questions import TrainingRow, asked, balance, choose
from training.teacher.rationales import noted_task
from training.trainer.settings import Difficulty, Grpo
from training.trainer.weights import load_tokenizer

MODEL = model_folder(settings())


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


@pytest.fixture(scope="module")
def file(cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("questions") / "train.parquet"
    build(Plan(cohort, "train", features=("crea1", "sex"), sampling=Sampling(limit=400)), path)
    return kept(of_few_folds(read_questions(path), 8, 40)).path


def config(file: Path, **other: object) -> Grpo:
    return Grpo.model_validate({"model": str(MODEL), "questions": [file], "out": file.parent / "out", **other})


def test_a_prompt_has_the_tokens_that_an_engine_sends_and_its_key_is_true(file: Path, cohort: Cohort) -> None:
    tokenizer, table = load_tokenizer(str(MODEL)), read_questions(file)
    chosen = {row.question: row for row in choose(config(file, balanced=False), tokenizer).rows}
    assert len(chosen) == 40
    orders = set()
    for place in range(0, 40, 4):
        question = table.question(place, cohort)
        row, feature = chosen[question.id], cohort.codebook.feature(question.masked_feature)
        sample = next(
            sample
            for sample in range(5)
            if letters(len(row.order))[option_order(question, feature, sample).index(question.key)] == row.key
            and prompt(question.patient, question, cohort, sample) == row.user
        )
        orders.add(option_order(question, feature, sample))
        assert f"\n{row.key}) {question.options[question.key].text}" in row.user
        case, task = cohort.case(question.patient), task_of(question, cohort.codebook)
        messages = task.prepare(case, sample=sample, temperature=1, max_tokens=1).request.messages
        assert (row.order, row.texts) == (task.order(sample), task.presented(task.order(sample)).texts)
        sent = tokenizer.apply_chat_template(
            [{"role": one.role, "content": one.content} for one in messages],
            tokenize=True, return_dict=True, continue_final_message=True,
        )["input_ids"]  # fmt: skip
        assert tokenizer(row.prompt)["input_ids"] == sent
        assert row.tokens == len(sent)
    assert len(orders) > 2


def test_with_notes_a_prompt_has_them_in_the_same_order_and_the_data_say_so(file: Path, cohort: Cohort) -> None:
    tokenizer, table = load_tokenizer(str(MODEL)), read_questions(file)
    plain = {row.question: row for row in choose(config(file, balanced=False), tokenizer).rows}
    chosen = choose(config(file, balanced=False, notes=True), tokenizer)
    assert (chosen.about.prompt_version, len(chosen.rows)) == (NOTES_VERSION, len(plain))
    for place in range(0, 40, 4):
        task = noted_task(table, place, cohort)
        row = next(row for row in chosen.rows if row.question == task.question.id)
        without = plain[row.question]
        assert "## The registry on" in row.user
        assert "## The registry on" not in without.user
        assert (row.order, row.key, row.texts) == (without.order, without.key, without.texts)
        assert row.user == task.messages(cohort.case(task.question.patient), row.order)[1].content
        assert row.user in row.prompt


def test_files_of_two_cohorts_are_asked_each_in_its_own_words_and_balanced_apart(file: Path, tmp_path: Path) -> None:
    other, tokenizer = load_cohort("rhc-other"), load_tokenizer(str(MODEL))
    build(Plan(other, "train", features=("sex",), sampling=Sampling(limit=30)), tmp_path / "other.parquet")
    alone = choose(config(tmp_path / "other.parquet"), tokenizer)
    first = choose(config(file), tokenizer)
    both = choose(config(file, questions=[file, tmp_path / "other.parquet"]), tokenizer)
    assert {row.cohort for row in both.rows} == {"rhc-sepsis", "rhc-other"}
    assert sorted(row.question for row in both.rows) == sorted(row.question for row in (*first.rows, *alone.rows))
    assert {row.question: row.prompt for row in alone.rows}.items() <= {
        row.question: row.prompt for row in both.rows
    }.items()
    assert (both.about.cohort, both.about.codebook_hash, both.about.split_hash) == ("rhc-sepsis, rhc-other", "", "")


def prompt(patient: str, question: MultipleChoiceQuestion, cohort: Cohort, sample: int) -> str:
    task = task_of(question, cohort.codebook)
    prepared = task.prepare(cohort.case(patient), sample=sample, temperature=1, max_tokens=1)
    return prepared.request.messages[1].content


class WithStart:
    """A tokenizer that puts its start of text before everything, as Llama's does."""

    bos_token, bos_token_id = "<s>", 1

    def apply_chat_template(self, *_: object, **__: object) -> str:
        return "<s>user"

    def __call__(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": [1, *([1] * text.startswith("<s>")), 7]}


def test_options_get_their_chances_in_the_order_shown_where_a_reward_asks_for_them(file: Path) -> None:
    tokenizer = load_tokenizer(str(MODEL))
    plain = choose(config(file, balanced=False), tokenizer).rows
    told = choose(config(file, balanced=False, rewards={"expected": 1}), tokenizer).rows
    assert [replace(row, chances=()) for row in told] == list(plain)
    assert all(len(row.chances) == len(row.texts) and sum(row.chances) == pytest.approx(1.0) for row in told)
    of_the_true = [row.chances[letters(len(row.order)).index(row.key)] for row in told]
    assert sum(of_the_true) > sum(1 / len(row.texts) for row in told)
    far = choose(config(file, balanced=False, least_spread=0.3), tokenizer)
    apart = [row for row in told if max(row.chances) - min(row.chances) >= 0.3]
    assert 0 < len(apart) < len(told)
    assert list(far.rows) == apart
    assert far.left_out == {"options' chances less than 0.3 apart": len(told) - len(apart)}


def test_a_start_of_text_is_never_there_twice(file: Path) -> None:
    row = choose(config(file), WithStart()).rows[0]
    assert (row.prompt, row.tokens) == ("user", 2)


def test_test_patients_are_refused(cohort: Cohort, tmp_path: Path) -> None:
    build(Plan(cohort, "test", features=("sex",), sampling=Sampling(limit=4)), tmp_path / "test.parquet")
    with pytest.raises(SettingsError, match="asks about test patients, who are never trained on"):
        choose(config(tmp_path / "test.parquet"), load_tokenizer(str(MODEL)))


def test_classes_are_balanced_within_each_feature_by_the_lowest_ids() -> None:
    classes = ["sex M", "sex M", "sex F", "crea 0", "crea 1", "crea 0", "crea 1", "crea 1"]
    made = [
        TrainingRow(str(n), "one", feature, "", (0, 1), ("", ""), "A", value)
        for n, (feature, value) in enumerate(map(str.split, classes))
    ]
    assert [row.question for row in balance(list(reversed(made)))] == ["6", "5", "4", "3", "2", "0"]


def test_long_prompts_and_the_limit_leave_questions_out_and_say_how_many(file: Path) -> None:
    tokenizer = load_tokenizer(str(MODEL))
    every = choose(config(file, balanced=False), tokenizer).rows
    middle = sorted(row.tokens for row in every)[20]
    found = choose(config(file, balanced=False, longest_prompt=middle, limit=5), tokenizer)
    longer = sum(row.tokens > middle for row in every)
    assert len(found.rows) == found.about.rows == 5
    assert found.left_out == {f"prompt longer than {middle} tokens": longer, "over the limit": 40 - longer - 5}
    with pytest.raises(SettingsError, match="No question is left to train on: prompt longer than 10 tokens: 40"):
        choose(config(file, longest_prompt=10), tokenizer)


def test_difficulty_keeps_questions_whose_pass_rate_lies_within(file: Path, cohort: Cohort, tmp_path: Path) -> None:
    engine = BaselineEngine("prior", cohort)
    what = Wanted(file, tmp_path / "run", ("mean",), 2, 0.0, 50, 2, limit=30)
    evaluate(what, engine, cohort, tmp_path / "data", Progress(lambda *_: None, lambda _: None))
    right = config(file, balanced=False, difficulty=Difficulty(run=tmp_path / "run", low=1, high=1))
    chosen = choose(right, load_tokenizer(str(MODEL)))
    assert 0 < len(chosen.rows) < 30
    assert chosen.left_out["not in the scored run"] == 10
    assert chosen.left_out["pass rate outside 1–1"] == 30 - len(chosen.rows)
    commonest = {row.value for row in chosen.rows if row.masked_feature == "sex"}
    assert len(commonest) == 1  # the prior always takes the commonest level, and is right there only
    assert len(asked(read_questions(file), cohort)) == 40
