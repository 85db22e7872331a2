"""Results tables: models × question files, calibrated on validation patients, as Markdown and as JSON."""

import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from creason_core.cli import main
from creason_core.cohort.cohort import Split
from creason_core.cohort.loading import load_cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation import SavedRun, read_run
from creason_core.evaluation.baselines.engine import BaselineEngine
from creason_core.evaluation.floors import Earned
from creason_core.evaluation.report.markdown import markdown
from creason_core.evaluation.report.results import Results, results
from creason_core.evaluation.result_tables import read_answers
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.metrics.comparison import paired_difference
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling

SILENT = Progress(lambda _total, _done: None, lambda _: None)
FEATURES = ("crea1", "sex")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models on test patients as they come, one of them also class-balanced and on validation patients."""
    place, cohort = tmp_path_factory.mktemp("results"), load_cohort("rhc-sepsis")

    def run(name: str, split: Split, engine: str, sampling: Sampling) -> None:
        file = place / f"{split}-{sampling.balanced}.parquet"
        if not file.exists():
            build(Plan(cohort, split, features=FEATURES, sampling=sampling), file)
        wanted = Wanted(file, place / name, ("greedy", "logprob"), 1, 0.7, 50, 2, group_by="sex")
        evaluate(wanted, BaselineEngine(engine, cohort), cohort, place / "data", SILENT)

    run("prior", "test", "prior", Sampling(limit=60))
    run("boosting", "test", "boosting", Sampling(limit=60))
    with pytest.MonkeyPatch.context() as patch:  # these two are looked at without their floors, which take their time
        patch.setattr("creason_core.evaluation.run.earned", lambda *_: Earned({}, "left out"))
        run("balanced", "test", "prior", Sampling(balanced=True, limit=40))
        run("validation", "validation", "boosting", Sampling(limit=240))
    return place


def runs(folder: Path, *names: str) -> list[SavedRun]:
    return [read_run(folder / name) for name in names]


def test_runs_on_the_same_questions_stand_in_one_table(folder: Path) -> None:
    natural, balanced = results(runs(folder, "prior", "balanced", "boosting", "validation"))
    assert [one.name for one in natural.models] == ["prior", "boosting"]
    assert (natural.split, natural.design, natural.balanced, natural.questions) == ("test", "stratified-2", False, 60)
    assert [one.run for one in balanced.models] == ["balanced"]
    assert list(natural.floors) == ["chance", "prior", "options only", "neighbours", "boosting"]
    (pair,) = natural.pairs
    first, second = (read_answers(folder / name)["greedy_score"].mean() for name in ("prior", "boosting"))
    assert pair.difference.value == pytest.approx(first - second)
    assert pair.adjusted == pair.p  # the only pair of its table
    assert balanced.pairs == ()


def test_a_validation_run_calibrates_the_same_model_on_the_same_kind_of_questions(folder: Path) -> None:
    natural, balanced = results(runs(folder, "prior", "boosting", "balanced", "validation"))
    prior, boosting = (one.confident for one in natural.models)
    assert prior is not None
    assert (prior.calibrated, prior.note[:17]) == (None, "no validation run")
    assert boosting is not None
    assert boosting.note == "calibrated on 240 questions about validation patients of rhc-sepsis"
    assert boosting.calibrated is not None
    assert boosting.calibrated.n == 60
    assert balanced.models[0].confident is not None
    assert balanced.models[0].confident.calibrated is None


def test_on_its_own_patients_a_calibration_leaves_no_error(folder: Path) -> None:
    """Told that it asked test patients, the validation run is calibrated by itself, whose blocks are then exact."""
    (fit_on,) = runs(folder, "validation")
    asked = fit_on.run.plan.questions.model_copy(update={"split": "test"})
    same = fit_on.model_copy(
        update={"run": fit_on.run.model_copy(update={"plan": fit_on.run.plan.model_copy(update={"questions": asked})})}
    )
    ((one,),) = (table.models for table in results([same, fit_on]))
    assert one.confident is not None
    assert one.confident.calibrated is not None
    assert one.confident.ece.value > 0.01
    assert one.confident.calibrated.value == pytest.approx(0.0, abs=1e-9)


def test_validation_runs_alone_make_no_table(folder: Path) -> None:
    with pytest.raises(EvaluationError, match="only calibrate others"):
        results(runs(folder, "validation"))


def test_the_markdown_has_every_figure_and_even_rows(folder: Path) -> None:
    found = results(runs(folder, "prior", "boosting", "validation"))
    text = markdown(found, "creason report …")
    lines = text.splitlines()
    assert "## rhc-sepsis, test, stratified-2, as they come" in lines
    boosting = found[0].models[1]
    accuracy, interval = 100 * boosting.accuracy.value, boosting.accuracy.interval
    told = f"| **boosting** | greedy | {accuracy:.1f} ({100 * interval.low:.1f} to {100 * interval.high:.1f}) |"
    assert sum(line.startswith(told) for line in lines) == 1
    assert any(line.startswith("| prior − boosting (greedy) | ") for line in lines)
    assert any(line.startswith("| Female | ") for line in lines)
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 3
    for table in tables:
        assert {line.count("|") for line in table} == {table[0].count("|")}


def test_one_patient_gives_words_instead_of_an_interval_and_a_p(folder: Path) -> None:
    (found,) = results(runs(folder, "prior", "boosting"))
    (pair,) = found.pairs
    one = paired_difference([1, 1, 0], [0, 0, 0], ["p", "p", "p"], seed=0)
    pair = pair.model_copy(update={"difference": one.estimate, "p": one.p, "adjusted": one.p})
    lone = found.model_copy(update={"pairs": (pair,)})
    text = markdown([lone], "creason report")
    assert "| +66.7 (no interval: only one patient) | none: one patient | none: one patient |" in text
    assert not re.search(r"\bnan\b", text)


def test_names_are_no_markup(folder: Path) -> None:
    (found,) = results(runs(folder, "prior"))
    named = found.models[0].model_copy(update={"name": "a|b <script> `c`"})
    text = markdown([found.model_copy(update={"models": (named,)})], "creason report")
    assert "**a\\|b &lt;script> \\`c\\`**" in text


def test_the_command_writes_both_forms(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [str(folder / name) for name in ("prior", "boosting", "validation")]
    assert main(["report", *given, "--table", "json"]) == 0
    (found,) = TypeAdapter(tuple[Results, ...]).validate_json(capsys.readouterr().out)
    assert found == results(runs(folder, "prior", "boosting", "validation"))[0]
    assert main(["report", *given, "--table", "markdown", "--out", str(folder / "results.md")]) == 0
    assert capsys.readouterr().out == f"{folder / 'results.md'}: 1 table of 2 runs.\n"
    assert (folder / "results.md").read_text(encoding="utf-8").startswith("Made by C-Reason ")
