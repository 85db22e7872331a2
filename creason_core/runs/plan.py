"""What a group will send, settled before anything is stored: one request a sample, with its own order and seed."""

from dataclasses import dataclass, replace
from typing import Literal

from creason_core.errors import RunError
from creason_core.model.engines.base import GenerationRequest
from creason_core.question.kinds import Question, read_question, task_of
from creason_core.question.prompts import prompt_version, transcript
from creason_core.question.task import Presented, temperature_for
from creason_core.record.codebook import Codebook
from creason_core.store.patients.cases import CaseVersion, case_version
from creason_core.store.runs import run_rows
from creason_core.store.runs.run_rows import GroupSpec, Run, RunSpec
from creason_core.store.runs.series import Place
from creason_core.store.sql.transactions import Database

Priority = Literal["person", "batch"]

_SEEDS_APART = 1_000  # a second try draws with seeds that no sample of the first one had


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A group as it will be stored with its place in a series, its runs, and of each the request and how it is read.

    ``given`` are the texts that its runs are given beside the record, in order.
    """

    group: GroupSpec
    runs: tuple[RunSpec, ...]
    requests: tuple[GenerationRequest, ...]
    shown: tuple[Presented, ...]
    place: Place | None = None
    given: tuple[str, ...] = ()


def make_plan(
    version: CaseVersion, question: Question, codebook: Codebook, spec: GroupSpec, place: Place | None = None
) -> RunPlan:
    """The runs of ``spec``: the question asked ``spec.samples`` times.

    Raises:
        RunError: It is about another case.
    """
    check_version(version, question)
    rows, requests, shown, task = [], [], [], task_of(question, codebook)
    for sample in range(spec.samples):
        ready = task.prepare(version.case, sample=sample, temperature=spec.temperature, max_tokens=spec.max_tokens)
        request = replace(ready.request, seed=ready.request.seed + spec.seed - question.seed)
        rows.append(RunSpec(sample, ready.order, request.seed, request.messages))
        requests.append(request)
        shown.append(ready.shown)
    return RunPlan(spec, tuple(rows), tuple(requests), tuple(shown), place, task.given)


def check_version(version: CaseVersion, question: Question) -> None:
    """Raises ``RunError`` where a question is not about ``version``."""
    if question.case_hash != version.case.content_hash:
        raise RunError("The question is about another version of this case.", remedy="Mask the value again.")


def resume_plan(
    db: Database, run: Run, version: CaseVersion, question: Question, codebook: Codebook, *, max_tokens: int
) -> RunPlan:
    """The one run that goes on from all that ``run``, which has ended, said, with its order of the options.

    Raises:
        RunError: The run is live or has no text, the question is another, or the present program would have asked it
            in other words, so that its text answers another prompt.
        StoreError: The database cannot be read.
    """
    before = run_rows.group(db, run.user, run.group_id)
    if before.question_id != question.id or question.case_hash != version.case.content_hash:
        raise RunError("The run belongs to another question.", remedy="Reload the page; nothing was sent.")
    if run.live or not run.text.strip():
        raise RunError("There is no text to go on from.", remedy="Ask the question again; nothing was sent.")
    spec = group_spec(
        version,
        question,
        codebook,
        samples=1,
        tries=tries_before(db, run.user, before.id),
        max_tokens=max_tokens,
        parent=before.id,
    )
    spec = replace(spec, temperature=before.temperature, engine=before.engine)
    task = task_of(question, codebook)
    if transcript(task.messages(version.case, run.order, kept=run.kept)) != run.prompt:
        raise RunError(
            "The question is worded differently since that run.", remedy="Ask it again; the old text is kept."
        )
    messages = task.messages(version.case, run.order, kept=run.reply)
    seed = spec.seed + run.sample
    request = GenerationRequest(messages, spec.max_tokens, spec.temperature, seed)
    sent = (RunSpec(0, run.order, seed, messages),)
    return RunPlan(spec, sent, (request,), (task.presented(run.order),), given=task.given)


def group_spec(
    version: CaseVersion,
    question: Question,
    codebook: Codebook,
    *,
    samples: int,
    tries: int,
    max_tokens: int,
    parent: str | None = None,
) -> GroupSpec:
    """The group of a question; ``tries`` counts the groups that led to it: a later try draws anew."""
    return GroupSpec(
        case_version_id=version.id,
        kind=question.kind,
        question_json=question.model_dump_json(),
        question_id=question.id,
        masked_feature=question.masked_feature,
        codebook=question.codebook,
        codebook_hash=question.codebook_hash,
        cohort=version.cohort,
        cohort_hash=version.cohort_hash,
        design=task_of(question, codebook).design,
        prompt_version=prompt_version(question),
        samples=samples,
        seed=question.seed + _SEEDS_APART * tries,
        temperature=temperature_for(samples if tries == 0 else max(samples, 2)),
        max_tokens=max_tokens,
        parent_group_id=parent,
    )


def repeat_plan(db: Database, user: str, group_id: str, codebook: Codebook) -> RunPlan:
    """A group asked once more with its seed, as the program words it today.

    Raises:
        RunError: The group went on from another run's text.
        StoreError: This user has no such group.
    """
    before = run_rows.group(db, user, group_id)
    if any(run.kept for run in run_rows.runs_of(db, user, group_id)):
        raise RunError("This run went on from another one's text.", remedy="Repeat that one; nothing was sent.")
    version, question = case_version(db, user, before.case_version_id), read_question(before.question_json)
    same = {name: getattr(before, name) for name in GroupSpec.__dataclass_fields__}
    spec = replace(
        GroupSpec(**same),
        prompt_version=prompt_version(question),
        codebook_hash=codebook.content_hash,
        parent_group_id=before.id,
        batch=False,
    )
    return make_plan(version, question, codebook, spec)


def tries_before(db: Database, user: str, parent: str | None) -> int:
    """How many groups led to a child of ``parent``. Raises ``StoreError`` where it is not this user's."""
    count = 0
    while parent is not None:
        parent = run_rows.group(db, user, parent).parent_group_id
        count += 1
    return count
