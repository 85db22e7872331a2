"""Groups that differ from an earlier one in one thing only: the record that is shown.

Each sample that said all it would is asked again under its number, with its seed and its order of the options copied
from its row, and the group has the earlier one's temperature, length and engine; so what differs between the answers
is not the draw.
"""

from dataclasses import replace

from creason_core.errors import RunError
from creason_core.model.engines.base import GenerationRequest
from creason_core.question.kinds import Question, read_question, task_of
from creason_core.question.prompts import prompt_version
from creason_core.record.codebook import Codebook
from creason_core.runs.plan import Priority, RunPlan, check_version, group_spec
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.runs import run_rows
from creason_core.store.runs.run_rows import JUDGED, RunSpec
from creason_core.store.runs.series import Place
from creason_core.store.sql.transactions import Database


def paired_plan(
    db: Database,
    user: str,
    version: CaseVersion,
    question: Question,
    codebook: Codebook,
    *,
    place: Place,
    priority: Priority,
) -> RunPlan:
    """The group of ``question``, paired with the group ``place.base_group_id``.

    Raises:
        RunError: They cannot be paired: another case, other options, other words today, no answer yet, or a reply that
            went on from another one's.
        StoreError: This user has no such group.
    """
    check_version(version, question)
    if place.base_group_id is None:
        raise ValueError("A place without a base is paired with nothing.")
    base = run_rows.group(db, user, place.base_group_id)
    before, runs = read_question(base.question_json), run_rows.runs_of(db, user, base.id)
    task, earlier = task_of(question, codebook), task_of(before, codebook)
    if any(run.live for run in runs):
        raise RunError("That answer is still being written.", remedy="Wait until it has ended; nothing was sent.")
    runs = tuple(run for run in runs if run.status in JUDGED)
    if not runs:
        raise RunError("There is no answer to hold another one against.", remedy="Ask again; nothing was sent.")
    if any(run.kept for run in runs):
        raise RunError(
            "This answer went on from another one's text, so no other answer can be held against it.",
            remedy="Ask the question anew and start from that answer; nothing was sent.",
        )
    if base.prompt_version != prompt_version(before) or base.prompt_version != prompt_version(question):
        raise RunError(
            "The question is worded differently since this answer, so a new answer would differ for that alone.",
            remedy="Ask the question anew and start from that answer; nothing was sent.",
        )
    if (question.masked_feature, task.kind, task.options) != (before.masked_feature, earlier.kind, earlier.options):
        raise RunError(
            "The options are not those of the answer that this one is to be held against.",
            remedy="Ask the same question of both records; nothing was sent.",
        )
    spec = replace(
        group_spec(version, question, codebook, samples=len(runs), tries=0, max_tokens=base.max_tokens),
        seed=base.seed,
        temperature=base.temperature,
        engine=base.engine,
        batch=priority == "batch",
    )
    rows, requests, shown = [], [], []
    for run in runs:
        messages = task.messages(version.case, run.order)
        rows.append(RunSpec(run.sample, run.order, run.seed, messages))
        requests.append(GenerationRequest(messages, base.max_tokens, base.temperature, run.seed))
        shown.append(task.presented(run.order))
    return RunPlan(spec, tuple(rows), tuple(requests), tuple(shown), place, task.given)
