"""What a group will send, settled before anything is stored: one request a sample, with its own order and seed."""

from dataclasses import dataclass, replace

from creason_core.errors import RunError
from creason_core.model.engines.base import GenerationRequest
from creason_core.question.kinds import Question, task_of
from creason_core.question.prompts import prompt_version, transcript
from creason_core.question.task import Presented, temperature_for
from creason_core.record.codebook import Codebook
from creason_core.store import run_rows
from creason_core.store.cases import CaseVersion
from creason_core.store.run_rows import GroupSpec, Run, RunGroup, RunSpec
from creason_core.store.transactions import Database

_SEEDS_APART = 1_000  # a second try draws with seeds that no sample of the first one had


@dataclass(frozen=True, slots=True)
class Plan:
    """A group as it will be stored, its runs, and of each the request and how its reply is read."""

    group: GroupSpec
    runs: tuple[RunSpec, ...]
    requests: tuple[GenerationRequest, ...]
    shown: tuple[Presented, ...]


def make_plan(version: CaseVersion, question: Question, codebook: Codebook, spec: GroupSpec) -> Plan:
    """The runs of ``spec``: the question asked ``spec.samples`` times."""
    rows, requests, shown, task = [], [], [], task_of(question, codebook)
    for sample in range(spec.samples):
        ready = task.prepare(version.case, sample=sample, temperature=spec.temperature, max_tokens=spec.max_tokens)
        request = replace(ready.request, seed=ready.request.seed + spec.seed - question.seed)
        rows.append(RunSpec(sample, ready.order, request.seed, request.messages))
        requests.append(request)
        shown.append(ready.shown)
    return Plan(spec, tuple(rows), tuple(requests), tuple(shown))


def resume_plan(version: CaseVersion, question: Question, codebook: Codebook, spec: GroupSpec, run: Run) -> Plan:
    """The one run of ``spec`` that goes on from all that ``run`` said, with its order of the options.

    Raises:
        RunError: The present program would have asked ``run`` in other words, so its text answers another prompt.
    """
    task = task_of(question, codebook)
    if transcript(task.messages(version.case, run.order, kept=run.kept)) != run.prompt:
        raise RunError(
            "The question is worded differently since that run.", remedy="Ask it again; the old text is kept."
        )
    messages = task.messages(version.case, run.order, kept=run.kept + run.text)
    seed = spec.seed + run.sample
    request = GenerationRequest(messages, spec.max_tokens, spec.temperature, seed)
    return Plan(spec, (RunSpec(0, run.order, seed, messages),), (request,), (task.presented(run.order),))


def group_spec(
    version: CaseVersion,
    question: Question,
    codebook: Codebook,
    *,
    samples: int,
    tries: int,
    max_tokens: int,
    parent: str | None,
    batch: bool,
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
        batch=batch,
    )


def repeat_spec(before: RunGroup, question: Question, codebook: Codebook) -> GroupSpec:
    """The group that asks ``question``, as ``before`` did, with the same seed and as the program words it today."""
    same = {name: getattr(before, name) for name in GroupSpec.__dataclass_fields__}
    return replace(
        GroupSpec(**same),
        prompt_version=prompt_version(question),
        codebook_hash=codebook.content_hash,
        parent_group_id=before.id,
        batch=False,
    )


def tries_before(db: Database, user: str, parent: str | None) -> int:
    """How many groups led to a child of ``parent``. Raises ``StoreError`` where it is not this user's."""
    count = 0
    while parent is not None:
        parent = run_rows.group(db, user, parent).parent_group_id
        count += 1
    return count
