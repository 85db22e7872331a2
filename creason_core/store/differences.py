"""What differs between two stored groups, or between a group and what the program would ask now, in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from creason_core.model.engines.base import ModelIdentity
from creason_core.question.hiding_more import by_hand
from creason_core.question.kinds import read_question
from creason_core.question.prompts import prompt_version
from creason_core.record.case import PatientCase
from creason_core.record.changes import Change, changes
from creason_core.record.codebook import Codebook
from creason_core.record.hours import parted
from creason_core.store.patients.codebooks import Codebooks
from creason_core.store.records import GroupRecord
from creason_core.store.runs.what_ifs import version_name

HIDDEN = "hidden until you reveal it"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same, as a reader would name it."""

    what: str
    first: str
    second: str


def named(identity: ModelIdentity | None) -> str:
    """A model as people tell it apart: name, adapter, engine, precision and the start of the hash of its weights."""
    if identity is None:
        return "no model (never sent)"
    adapter = f" + {identity.adapter}" if identity.adapter else ""
    digest = identity.adapter_hash or identity.model_hash
    how = f" in {identity.precision}" if identity.precision else ""
    return f"{identity.model}{adapter} on {identity.engine}{how}" + (f", weights {digest[:12]}" if digest else "")


def since_then(
    record: GroupRecord, identity: ModelIdentity, codebook: Codebook | None, cohort_hash: str = ""
) -> tuple[str, ...]:
    """What has changed since ``record`` was answered, as sentences; empty where a repeat asks the very same.

    ``codebook`` and ``cohort_hash`` are those of the record's cohort as it is now; None where it is gone, of which
    this tells nothing.
    """
    group = record.group
    then, now = record.identity, identity
    said = []
    if then is not None and then != now:
        said.append(f"Answered by {named(then)}; now {named(now)}.")
    if group.prompt_version != (present := prompt_version(read_question(group.question_json))):
        said.append(f"Asked with prompt version {group.prompt_version}; now {present}.")
    if codebook is not None and group.codebook_hash != codebook.content_hash:
        said.append(f"Worded by codebook {group.codebook_hash[:12]}; now {codebook.content_hash[:12]}.")
    if cohort_hash and group.cohort_hash not in ("", cohort_hash):
        said.append(f"The cohort {group.cohort} was made again since, with other patients or another split.")
    return tuple(said)


def differences(first: GroupRecord, second: GroupRecord, codebooks: Codebooks) -> tuple[Difference, ...]:
    """What was not the same when the two were asked; the case's values are told by ``case_changes``."""
    return tuple(item for item in _pairs(first, second, codebooks) if item.first != item.second)


def case_changes(
    before: PatientCase, after: PatientCase, codebooks: Codebooks, *, beside: Sequence[GroupRecord]
) -> tuple[Change, ...]:
    """The values that differ, as they may stand beside the records: what open questions hide stays hidden.

    Cases of different codebooks have no value in common.
    """
    if before.codebook != after.codebook:
        return ()
    questions = [one.question for record in beside for one in record.open]
    secret = {parted(one.masked_feature)[0] for one in questions}  # with its values at every time
    secret |= {item.feature for one in questions for item in one.hidden}
    return tuple(
        Change(item.feature, item.label, HIDDEN, HIDDEN)
        if not secret.isdisjoint((item.feature, parted(item.feature)[0]))
        else item
        for item in changes(before, after, codebooks.of(after))
    )


def _pairs(first: GroupRecord, second: GroupRecord, codebooks: Codebooks) -> Iterator[Difference]:
    a, b = first.group, second.group
    yield Difference("Model", named(first.identity), named(second.identity))
    yield Difference("Case", _case(first), _case(second))
    yield Difference("Asked about", _asked_about(first, codebooks), _asked_about(second, codebooks))
    yield Difference("Question", first.question.id[:12], second.question.id[:12])
    for what, of in (("Let past the leak guard", lambda one: one.guard_off), ("Hidden by hand", by_hand)):
        yield Difference(what, *(_labels(item, of(item.question), codebooks) for item in (first, second)))
    yield Difference("Seed", str(a.seed), str(b.seed))
    yield Difference("Samples", str(a.samples), str(b.samples))
    yield Difference("Temperature", f"{a.temperature:g}", f"{b.temperature:g}")
    yield Difference("Most tokens", f"{a.max_tokens:,}", f"{b.max_tokens:,}")
    yield Difference("Design of the options", a.design, b.design)
    yield Difference("Prompt version", str(a.prompt_version), str(b.prompt_version))
    yield Difference("Cohort", a.cohort or "–", b.cohort or "–")
    yield Difference("Codebook", a.codebook_hash[:12], b.codebook_hash[:12])


def _labels(record: GroupRecord, names: Iterable[str], codebooks: Codebooks) -> str:
    known = codebooks.of(record.question).by_name
    return ", ".join(known[name].label if name in known else name for name in names) or "–"


def _asked_about(record: GroupRecord, codebooks: Codebooks) -> str:
    name = record.group.masked_feature
    feature = codebooks.of(record.question).by_name.get(name)
    return feature.label if feature else record.question.subject


def _case(record: GroupRecord) -> str:
    return f"{record.version.label}, {version_name(record.version.n)}"
