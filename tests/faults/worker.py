"""The store and the run manager without a page, to be killed again and again.

``python -m tests.faults.worker DATABASE DATA_DIR MODEL_URL`` loads the program once. At each line of input it forks a
child, which saves and runs in several threads until it is killed. Told lines come out: the child's pid, what was
acknowledged, and ``ended`` when the child is gone.
"""

import itertools
import json
import os
import random
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openai  # noqa: F401 - loaded once, before the forks

from creason_core.model.engines.vllm_server import VllmServer
from creason_core.record.identifiers import undecided
from creason_core.runs import RunManager, job, writer
from creason_core.settings import Settings
from creason_core.store.patients.cases import save_version
from creason_core.store.people.drafts import save_draft
from creason_core.store.people.feedback import save_feedback
from creason_core.store.people.own_answers import save_answer
from creason_core.store.runs.live_rows import RunProgress, checkpoint
from creason_core.store.runs.run_rows import LIVE
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.database import open_store
from tests.faults.after_kill import Told
from tests.store.examples import CODEBOOK, example_case, example_question

THREADS = 4
SAMPLES = 2


def tell(*told: Told) -> None:
    """Writes lines in one call: a pipe takes so few bytes whole or not at all."""
    os.write(1, "".join(f"{json.dumps(line)}\n" for line in told).encode())


def told_checkpoint(db: Database, running: Sequence[RunProgress]) -> None:
    checkpoint(db, running)
    tell(*(Told("reached", item.run_id, str(item.tokens)) for item in running))


def work(url: str, data: Path, model: str, name: str) -> None:
    """Saves and runs for ever."""
    job.CHECKPOINT_SECONDS = 0.05
    writer.TICK_SECONDS = 0.02
    patched: Any = writer
    patched.checkpoint = told_checkpoint
    db = open_store(url, data)
    runs = RunManager(db, VllmServer(model), Settings(data_dir=data, runs_per_user=100, runs_queued=1_000))
    for thread in range(THREADS):
        user = f"user {thread % 2}"
        threading.Thread(target=visit, args=(db, runs, user, f"{name} {thread}")).start()
    threading.Event().wait()


def visit(db: Database, runs: RunManager, user: str, name: str) -> None:
    """One person: a draft, a version saved by a double click, a question with an answer, a rating; again and again."""
    rng = random.Random(name)
    for turn in itertools.count():
        mark = f"{name} {turn}"
        save_draft(db, user, f"case:{mark}", {"text": mark})
        tell(Told("draft", f"case:{mark}", mark))
        case = example_case(lactate=1.0 + turn % 80 / 10)
        for _ in range(2):
            version = save_version(db, user, case, idem=mark, case_id=None, parent_id=None, label=mark)
            tell(Told("version", mark))
        question = example_question(version.case)
        group = runs.start(user, version, question, CODEBOOK, samples=SAMPLES, idem=mark)
        tell(Told("group", group.id, str(SAMPLES)))
        save_answer(db, user, group.id, turn % 3, True, idem=mark)
        tell(Told("answer", group.id, str(turn % 3)))
        if rng.random() < 0.5:
            until_ended(runs, user, group.id)
            rate(db, runs, user, group.id, mark)
        time.sleep(rng.uniform(0.0, 0.1))


def until_ended(runs: RunManager, user: str, group_id: str) -> None:
    while runs.snapshot(user, group_id).live:
        time.sleep(0.02)
    shown = [view.run for view in runs.snapshot(user, group_id).runs]
    assert not any(run.status in LIVE for run in shown)
    tell(*(Told("ended", run.id, run.status) for run in shown))


def rate(db: Database, runs: RunManager, user: str, group_id: str, mark: str) -> None:
    run = runs.snapshot(user, group_id).runs[0].run
    for _ in range(2):
        save_feedback(
            db, user, run.id, idem=mark, thumb="up", reasons=("clear and brief",), severity=None,
            comment=mark, train_ok=True, supersedes=None,
        )  # fmt: skip
        tell(Told("feedback", mark))


def serve(url: str, data: Path, model: str) -> None:
    """Forks a child for each line of input, and waits until it is gone."""
    undecided("bed 4", ())  # the words of every language are read once, before the forks
    for line in sys.stdin:
        if (pid := os.fork()) == 0:
            work(url, data, model, line.strip())
        os.write(1, f'["pid", "{pid}", ""]\n'.encode())
        os.waitpid(pid, 0)
        os.write(1, b'["gone", "", ""]\n')


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
