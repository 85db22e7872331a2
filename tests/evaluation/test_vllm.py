from pathlib import Path

import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.model.engines.vllm_server import VllmServer
from creason_core.question.vectorised.table import QuestionTable

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]


def test_a_crowd_of_seeded_samples_is_answered_to_the_last(
    vllm: VllmServer, cohort: Cohort, questions: QuestionTable, tmp_path: Path
) -> None:
    """A seeded request whose prompt was read in pieces used to end the CPU build of vLLM."""
    wanted = Wanted(questions.path, tmp_path / "run", ("majority", "logprob"), 2, 0.7, 8, 32, limit=12)
    finished = evaluate(wanted, vllm, cohort, tmp_path, Progress(lambda _total, _done: None, lambda _: None))
    assert finished.summary.replies.completions == 24  # longer prompts in all than the server reads at once
    assert finished.summary.replies.faults == 0
    assert finished.summary.scorings[1].answered.value == 1.0
    assert vllm.health().ready
