"""The fits of a cohort are made beside the program once a record is opened: the same fits, and nobody waits."""

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.evaluation.second_opinion import AheadDesk, fit_ahead, learnt
from creason_core.evaluation.second_opinion.opinion import second_opinion
from creason_core.evaluation.second_opinion.surprise import scan
from creason_core.question.masked_value import build_question
from tests.cohort.longitudinal import made


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not done():
        assert time.monotonic() < deadline, "it did not get there"
        time.sleep(0.05)


def test_what_is_fitted_beside_the_program_is_what_a_reader_would_wait_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort, folder = made(tmp_path / "course"), tmp_path / "fits"
    case = cohort.case(cohort.split["test"][0])
    questions = [build_question(case, name, cohort, seed=0) for name in ("lactate", "creatinine")]
    fitted_here = [second_opinion(case, question, cohort, folder=None) for question in questions]
    desk = AheadDesk(folder)
    monkeypatch.setattr(os, "setpriority", lambda *_: None)  # beside other tests it would wait for them all
    desk.begin(cohort)
    until(lambda: not desk.busy)
    learnt._learnt.cache_clear()  # as in a new process
    monkeypatch.setattr(learnt, "fit_classes", lambda *_, **__: pytest.fail("something was fitted"))
    assert scan(case, cohort, folder=folder).found
    for question, here in zip(questions, fitted_here, strict=True):
        assert second_opinion(case, question, cohort, folder=folder).boosting == pytest.approx(here.boosting, abs=1e-9)


def sleeping_in_place(started: list["subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps every process that a desk starts, which then sleeps instead."""

    def sleeping(*_: object, **__: object) -> "subprocess.Popen[bytes]":
        started.append(start(["sleep", "600"]))
        return started[-1]

    start = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", sleeping)


def test_a_cohort_is_begun_once_and_the_next_waits_its_turn_and_closing_ends_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    sleeping_in_place(started, monkeypatch)
    cohort = made(tmp_path / "course")
    desk = AheadDesk(tmp_path / "fits")
    desk.begin(cohort)
    desk.begin(cohort)
    desk.begin(replace(cohort, content_hash="made anew"))
    until(lambda: len(started) == 1)
    assert os.getpriority(os.PRIO_PROCESS, started[0].pid) == 19
    started[0].kill()
    until(lambda: len(started) == 2)
    desk.close()
    desk.close()
    until(lambda: not desk.busy)
    assert started[1].wait(60) == -9
    desk.begin(replace(cohort, content_hash="made anew once more"))
    assert (len(started), desk.busy) == (2, False)


def test_that_it_cannot_begin_is_no_readers_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError("no processes left")

    monkeypatch.setattr(subprocess, "Popen", refused)
    desk = AheadDesk(tmp_path / "fits")
    desk.begin(made(tmp_path / "course"))
    until(lambda: not desk.busy)


def test_of_very_many_features_only_so_many_are_fitted_unasked(tmp_path: Path) -> None:
    cohort: Cohort = made(tmp_path / "course")
    assert fit_ahead(cohort, tmp_path / "fits", most=2) == len(list((tmp_path / "fits").glob("*.npz"))) == 2
