"""What is fitted ahead is what a scan and a second opinion look up, and nothing of another making is."""

import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from creason_core.cli import main
from creason_core.cohort import boosting
from creason_core.cohort.loading import load_cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.second_opinion import FOLDER, fit_ahead, learnt
from creason_core.evaluation.second_opinion.opinion import second_opinion
from creason_core.evaluation.second_opinion.surprise import known_for_scan, scan
from creason_core.question.masked_value import build_question
from creason_core.settings import settings
from tests.cohort.longitudinal import made


def forget() -> None:
    """As in a new process."""
    learnt._learnt.cache_clear()
    boosting.fitted_as.cache_clear()


def test_after_the_command_neither_a_scan_nor_a_second_opinion_fits_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made(tmp_path / "course")
    monkeypatch.setattr(learnt, "fit_classes", partial(boosting.fit_classes, rounds=2))  # small trees are found as well
    assert main(["cohort", "fit", str(tmp_path / "course")]) == 0
    assert "is fitted and kept in" in capsys.readouterr().out
    forget()
    monkeypatch.setattr(learnt, "fit_classes", lambda *_, **__: pytest.fail("something was fitted"))
    cohort, folder = load_cohort(str(tmp_path / "course")), settings().data_dir / FOLDER
    case = cohort.case(cohort.split["test"][0])
    found = scan(case, cohort, folder=folder)
    assert found.found
    for one in found.found:
        second_opinion(case, build_question(case, one.feature, cohort, seed=0), cohort, folder=folder)


def test_a_fit_of_another_release_of_scikit_learn_or_of_other_settings_is_not_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort, keys = made(tmp_path / "course"), set()
    monkeypatch.setattr(learnt, "fit_classes", partial(boosting.fit_classes, rounds=2))
    for release, rounds in (("1", 60), ("2", 60), ("2", 61)):
        monkeypatch.setattr(boosting, "version", lambda _, said=release: said)
        monkeypatch.setattr(boosting, "ROUNDS", rounds)
        forget()
        keys.add(known_for_scan(cohort, "temp", folder=tmp_path / "kept").key)
    forget()
    assert len(keys) == len(list((tmp_path / "kept").iterdir())) == 3


def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    with pytest.raises(EvaluationError, match="could not be kept"):
        fit_ahead(made(tmp_path / "course"), tmp_path / "taken")


def test_two_that_fit_ahead_at_once_fit_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort, folder, fitted = made(tmp_path / "course"), tmp_path / "kept", []

    def slow_fit(*given: Any, **how: Any) -> Any:
        fitted.append(threading.get_ident())
        time.sleep(0.05)  # so that the other would begin meanwhile
        return boosting.fit_classes(*given, **how, rounds=2)

    monkeypatch.setattr(learnt, "fit_classes", slow_fit)
    monkeypatch.setattr(learnt, "_learnt", learnt._learnt.__wrapped__)  # each as in a process of its own
    both = [threading.Thread(target=fit_ahead, args=(cohort, folder)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(fitted) == len(list(folder.glob("*.npz"))) > 1
    assert len(set(fitted)) == 1
