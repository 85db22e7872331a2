"""Predicted probabilities on engines of known quality: every figure is what the script does, and a run goes on."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from creason_core.cli import main
from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import EvaluationError, ModelError
from creason_core.evaluation.predictions.figures import told
from creason_core.evaluation.predictions.run import (
    BOOSTING,
    LOGPROBS,
    PREDICTIONS,
    RATE,
    RESULT,
    PredictionsResult,
    PredictionsWanted,
    evaluate,
)
from creason_core.evaluation.predictions.saved import SHIPPED, measured_on
from creason_core.evaluation.run import Progress
from creason_core.model.engines.base import (
    Capabilities,
    Completion,
    EngineHealth,
    GenerationRequest,
    Message,
    ModelIdentity,
)
from creason_core.model.engines.replay import Replay, scripted
from creason_core.settings import settings

DIED = "dth30"
VOTE = "vote of 4 samples"
SILENT = Progress(lambda _total, _done: None, lambda _: None)
Says = Callable[[int], str]


@cache
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


class Predicting(Replay):
    """Says by the number of a sample, "Yes", "No" or nothing, and after it Yes has ``weight`` (0 to 1) of the two."""

    def __init__(self, says: Says, *, weight: float = 0.5, lasts: int = 10_000) -> None:
        super().__init__(script=[scripted("-")])
        self._says, self._weight, self._lasts = says, weight, lasts
        self.asked: list[GenerationRequest] = []
        self.ready = True

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("replay", "predicting", "hash" if self.ready else "")

    def health(self) -> EngineHealth:
        return EngineHealth(self.ready, self.identity, "here", "ready" if self.ready else "It is starting.")

    @property
    def capabilities(self) -> Capabilities:
        return replace(super().capabilities, logprobs=True)

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        if len(self.asked) >= self._lasts:
            raise ModelError("unreachable", "It is gone.", retryable=False)
        self.asked.append(request)
        word = self._says(request.seed)
        text = f"So it is \\boxed{{{word}}}." if word else "I cannot say."
        return (Completion(text, 9, "stop"),) * n

    def option_logprobs(self, messages: Any, letters: Any) -> tuple[float, ...]:
        lines = str(next(one for one in messages if isinstance(one, Message) and one.role == "user").content)
        yes = ["Yes" in next(line for line in lines.splitlines() if line.startswith(f"{one})")) for one in letters]
        return tuple(math.log(self._weight if one else 1 - self._weight) for one in yes)


def wanted(folder: Path, **changed: Any) -> PredictionsWanted:
    plain = PredictionsWanted(
        DIED, folder, "test", None, samples=4, temperature=0.7, max_tokens=50, concurrency=4, seed=0, limit=40
    )
    return replace(plain, **changed)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / PREDICTIONS).read_text(encoding="utf-8").splitlines()]


def test_each_probability_has_the_brier_score_and_the_calibration_error_that_it_was_made_with(tmp_path: Path) -> None:
    """Three of four samples say Yes to everybody, and the letters say 0.9: the errors follow from who died."""
    result = evaluate(wanted(tmp_path), Predicting(lambda k: "No" if k == 2 else "Yes", weight=0.9), cohort(), SILENT)
    rows = {one.name: one for one in result.rows}
    assert list(rows) == [VOTE, LOGPROBS, RATE, BOOSTING]
    died = result.came / result.plan.patients
    rate = lines(tmp_path)[0]["probabilities"][RATE]
    for name, chance in ((VOTE, 0.75), (LOGPROBS, 0.9), (RATE, rate)):
        assert rows[name].brier.value == pytest.approx(died * (1 - chance) ** 2 + (1 - died) * chance**2)
        assert rows[name].ece.value == pytest.approx(abs(chance - died))
        assert (rows[name].auroc.value, rows[name].brier.n) == (0.5, 40)
    assert rows[BOOSTING].auroc.value > 0.5
    assert [(one.first, one.floor) for one in result.differences] == [
        (VOTE, RATE), (VOTE, BOOSTING), (LOGPROBS, RATE), (LOGPROBS, BOOSTING)
    ]  # fmt: skip
    first = result.differences[0]
    assert first.brier.value == pytest.approx(rows[VOTE].brier.value - rows[RATE].brier.value)
    assert first.adjusted >= first.p > 0
    assert (
        PredictionsResult.model_validate_json((tmp_path / RESULT).read_bytes()).model_dump_json()
        == result.model_dump_json()
    )
    assert f"Death within 30 days of 40 test patients of rhc-sepsis ({result.came} with it)" in told(result)
    assert f"| {VOTE} | {RATE} | +" in told(result)


def test_who_gets_fewer_than_two_answers_has_no_vote_and_is_compared_in_nothing(tmp_path: Path) -> None:
    result = evaluate(wanted(tmp_path), Predicting(lambda k: "Yes" if k == 0 else ""), cohort(), SILENT)
    assert result.short == 40
    assert [one.name for one in result.rows] == [LOGPROBS, RATE, BOOSTING]
    assert {one["answered"] for one in lines(tmp_path)} == {1}


def test_what_the_prompt_of_a_held_out_patient_shows_is_what_the_page_sends(tmp_path: Path) -> None:
    engine = Predicting(lambda _: "Yes")
    result = evaluate(wanted(tmp_path, as_of="admission"), engine, cohort(), SILENT)
    sent = [request.messages[1].content for request in engine.asked]
    assert result.plan.known == "at admission"
    assert len(sent) == 4 * 40
    assert all("what will be the outcome 'Death within 30 days'" in text and "day 1" not in text for text in sent)
    assert {patient["patient"] for patient in lines(tmp_path)} <= set(cohort().split["test"])


def test_a_stopped_run_goes_on_and_an_engine_that_is_away_afterwards_is_still_the_one_that_answered(
    tmp_path: Path,
) -> None:
    with pytest.raises(EvaluationError, match="It is gone"):
        evaluate(wanted(tmp_path, concurrency=1), Predicting(lambda _: "Yes", lasts=50), cohort(), SILENT)
    engine = Predicting(lambda _: "Yes")
    whole = evaluate(wanted(tmp_path), engine, cohort(), SILENT)
    assert len(engine.asked) == 4 * 40 - 50
    engine.ready = False
    again = evaluate(wanted(tmp_path), engine, cohort(), SILENT)
    assert again.plan == whole.plan
    assert again.plan.model
    assert again.plan.model.model_hash == "hash"
    with pytest.raises(EvaluationError, match="belongs to another evaluation; different: --samples"):
        evaluate(wanted(tmp_path, samples=5), Predicting(lambda _: "Yes"), cohort(), SILENT)


def test_the_command_prints_the_table_and_goes_on_with_the_engine_that_it_began_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script, out = tmp_path / "script.jsonl", str(tmp_path / "run")
    script.write_text(scripted(r"\boxed{A}").model_dump_json(exclude_defaults=True), encoding="utf-8")
    monkeypatch.setenv("CREASON_REPLAY_FILE", str(script))
    settings.cache_clear()
    command = ["predictions", DIED, "--cohort", "rhc-sepsis", "--limit", "16", "--samples", "2", "--out", out]
    assert main([*command, "--engine", "replay"]) == 0
    first = capsys.readouterr().out
    assert "| vote of 2 samples | 16 |" in first
    assert LOGPROBS not in first
    kept = Path(out, RESULT).read_bytes()
    assert (
        PredictionsResult.model_validate_json(kept).model_dump_json(indent=1).encode() + b"\n" == kept
    )  # 16 give no interval
    assert main(command) == 0
    assert capsys.readouterr().out == first
    again = PredictionsResult.model_validate_json(Path(out, RESULT).read_bytes())
    model = again.plan.model
    assert model
    data, asked = settings().data_dir, ModelIdentity(**model.model_dump(include=set(ModelIdentity.__annotations__)))
    sepsis = ("rhc-sepsis", cohort().codebook.content_hash)
    found = measured_on(data, asked, sepsis, DIED, "day1")
    assert found
    assert found.model_dump_json() == again.model_dump_json()
    assert measured_on(data, replace(asked, adapter="x@1"), sepsis, DIED, "day1") is None
    assert measured_on(data, asked, ("rhc-other", sepsis[1]), DIED, "day1") is None
    assert measured_on(data, asked, (sepsis[0], "another"), DIED, "day1") is None
    assert measured_on(data, asked, sepsis, DIED, "admission") is None
    settings.cache_clear()


def test_what_ships_is_of_the_default_adapter_and_can_be_read() -> None:
    shipped = [PredictionsResult.model_validate_json(path.read_bytes()) for path in sorted(SHIPPED.glob("*.json"))]
    assert [(one.plan.outcome, one.plan.model and one.plan.model.adapter) for one in shipped] == [
        (DIED, "creason-smollm2-grpo@7")
    ]
    plan = shipped[0].plan
    assert (plan.cohort_hash, plan.codebook_hash) == (cohort().content_hash, cohort().codebook.content_hash)
    assert plan.split == "test"


def test_an_outcome_that_hardly_anybody_has_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"Death within 30 days came about in \d of 6 test patients; it takes 5"):
        evaluate(wanted(tmp_path, limit=6), Predicting(lambda _: "Yes"), cohort(), SILENT)
    assert not (tmp_path / PREDICTIONS).exists()
