from pathlib import Path

import pytest

from creason_core.errors import EvaluationError
from creason_core.evaluation.completions import CompletionLog, StoredCompletion

FIRST = StoredCompletion(question="q1", call="greedy", text="so \\boxed{A}", tokens=4, finish_reason="stop")
SECOND = StoredCompletion(question="q2", call="sample 0", logprobs=(-0.5, -1.25), seconds=1.5)
FAULT = StoredCompletion(question="q3", call="greedy", fault="empty", note="nothing came")


def test_completions_come_back_as_they_were(tmp_path: Path) -> None:
    with CompletionLog(tmp_path / "log") as log:
        for one in (FIRST, SECOND, FAULT):
            log.append(one)
    with CompletionLog(tmp_path / "log") as log:
        assert log.stored == [FIRST, SECOND, FAULT]


def test_a_torn_last_line_is_cut_off_and_written_over(tmp_path: Path) -> None:
    with CompletionLog(tmp_path / "log") as log:
        log.append(FIRST)
    whole = (tmp_path / "log").read_bytes()
    (tmp_path / "log").write_bytes(whole + whole[: len(whole) // 2])
    with CompletionLog(tmp_path / "log") as log:
        assert log.stored == [FIRST]
        log.append(SECOND)
    with CompletionLog(tmp_path / "log") as log:
        assert log.stored == [FIRST, SECOND]


def test_an_altered_line_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"nonsense\n" + FIRST.model_dump_json().encode() + b"\n")
    with pytest.raises(EvaluationError, match=r"Line 1 of .* is not a completion"):
        CompletionLog(tmp_path / "log")
