"""One question from the choice of a value to its rating. Every tab of Hypotheses draws it."""

from dataclasses import dataclass, replace
from functools import cached_property

import streamlit as st

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.leakage.guard import HiddenFeature
from creason_core.cohort.standing import Registry, registry, standing_words
from creason_core.errors import CReasonError
from creason_core.model.engines.base import Message
from creason_core.question.asked import Kind, Maskable
from creason_core.question.hiding_more import by_hand, hide_more
from creason_core.question.kinds import TASKS, Question, read_question, task_of
from creason_core.question.masked_value import SHOWN_ROLES, guarded_in, visible_entries, why_never_masked
from creason_core.question.prompts import letters, transcript
from creason_core.question.task import Task
from creason_core.record.ages import shown_value
from creason_core.record.case import PatientCase, check_value
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.over_time import counted
from creason_core.runs import GroupView
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.people.preferences import Preferences
from pages.components.option_chart import Bar
from pages.components.provenance import MARKS, NOT_MEASURED
from pages.components.strip import sentence, strip
from pages.components.value_list import Look, ValueLine
from pages.question.notes_wish import noted
from pages.server.services import Services
from pages.session.address import here, move
from pages.session.asked_when import as_of_chosen
from pages.session.hidden_by_hand import hidden_by_hand

SEED = 0  # of the option draws: the same case and feature give everybody the same question


@dataclass(frozen=True)
class Asking:
    """What one tab is about: a case, perhaps a question about it, perhaps a run of that question."""

    s: Services
    prefer: Preferences
    version: CaseVersion
    kind: Kind
    question: Question | None
    view: GroupView | None

    @cached_property
    def task(self) -> Task[Question]:
        """What can be done with the question; only where there is one."""
        assert self.question is not None
        return task_of(self.question, self.codebook)

    @property
    def codebook(self) -> Codebook:
        """The codebook that the case and the question are worded by."""
        return self.s.codebooks.of(self.question or self.version.case, self.version.case)

    @property
    def unaskable(self) -> str:
        """Why nothing can be asked about the case, in a sentence; empty where something can."""
        return self.s.why_unaskable(self.version)

    @property
    def feature(self) -> Feature:
        """The masked feature."""
        return self.task.feature

    @property
    def options(self) -> tuple[str, ...]:
        """The options with their unit, in canonical order."""
        return self.task.options

    @property
    def guard_off(self) -> tuple[str, ...]:
        """The labels of what the leak guard would have hidden and the reader let through."""
        assert self.question is not None
        return tuple(self.codebook.feature(name).label for name in self.question.guard_off)

    @property
    def by_hand(self) -> tuple[str, ...]:
        """The labels of what the reader hid with the masked value."""
        assert self.question is not None
        return tuple(self.codebook.feature(name).label for name in by_hand(self.question))

    @property
    def guarded(self) -> tuple[HiddenFeature, ...]:
        """What the leak guard hides of this case and a reader may let through, whether they did or not."""
        assert self.question is not None
        found = guarded_in(self.version.case, self.question.masked_feature, self.s.cohort_of(self.version))
        stays = self.task.stays_hidden(self.version.case)
        return tuple(item for item in found if item.feature not in stays)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The options as the chart shows them."""
        assert self.question is not None
        has_prior = [option.value is not None or option.low is not None for option in self.question.options]
        return tuple(
            Bar(letter, text, option.prior if known else None)
            for letter, text, option, known in zip(
                letters(len(self.options)), self.options, self.question.options, has_prior, strict=True
            )
        )

    @property
    def messages(self) -> tuple[Message, ...]:
        """What sample 1 sends."""
        return self.task.messages(self.version.case, self.task.order(0))

    @property
    def prompt(self) -> str:
        """The text that sample 1 sends."""
        return transcript(self.messages)


def asking_of(s: Services, prefer: Preferences, version: CaseVersion, kind: Kind) -> Asking:
    """What the reader is looking at in the tab ``kind``, from the ids in the address.

    Raises:
        CReasonError: The run of the address cannot be shown, or the feature cannot be asked about.
    """
    view = _view(s, version, kind)
    if view:
        return Asking(s, prefer, version, kind, read_question(view.group.question_json), view)
    feature = here("mask")
    offered = {item.feature for item in candidates(s, version, kind)}
    if feature is None or feature not in offered or s.why_unaskable(version):
        return Asking(s, prefer, version, kind, None, None)
    off = let_through(version.id, feature) if prefer.researcher else frozenset[str]()
    known = as_of_chosen(version.id, feature)
    cohort = s.cohort_of(version)
    made = TASKS[kind].build(version.case, feature, cohort, seed=SEED, guard_off=off, as_of=known)
    if kind == "mask":
        made = hide_more(made, hidden_by_hand(version.id, feature), version.case, cohort.codebook)
    made = noted(made, s, prefer, version.case, cohort)
    return Asking(s, prefer, version, kind, made, None)


def let_through(version_id: str, masked: str) -> frozenset[str]:
    """What the reader lets past the leak guard in this session, for one masked feature of one case version."""
    return frozenset(st.session_state.get(f"guard_off:{version_id}:{masked}", ()))


def switch_guard(version_id: str, masked: str, feature: str) -> None:
    """Lets ``feature`` past the leak guard, or hides it again; the question becomes another one."""
    st.session_state[f"guard_off:{version_id}:{masked}"] = let_through(version_id, masked) ^ {feature}


def candidates(s: Services, version: CaseVersion, kind: Kind) -> tuple[Maskable, ...]:
    """The features that the tab offers, with the reason for each that cannot be chosen."""
    if why_not := s.why_unaskable(version):
        recorded = {entry.feature for entry in version.case.entries if entry.measured or kind == "mask"}
        features = s.codebooks.of(version.case).features
        return tuple(Maskable(feature=one.name, why_not=why_not) for one in features
                     if (one.name in recorded) == (kind == "mask"))  # fmt: skip
    cohort = s.cohort_of(version)
    found = TASKS[kind].candidates(version.case, cohort)
    return _at_every_time(found, version.case, cohort) if kind == "mask" else found


def _at_every_time(found: tuple[Maskable, ...], case: PatientCase, cohort: Cohort) -> tuple[Maskable, ...]:
    """``found`` with the values at hours of which the cohort has none: they are read, and cannot be asked about."""
    by_name, codebook = {item.feature: item for item in found}, cohort.codebook
    names = []
    for feature in codebook.features:
        several = case.of(feature.name) if codebook.over_time(feature) else ()
        names += [feature.name] * (feature.name in by_name)
        names += [entry.name for entry in several if entry.name != feature.name]
    return tuple(
        by_name.get(name) or Maskable(feature=name, why_not=why_never_masked(codebook.feature(name), cohort))
        for name in names
    )


def value_lines(asking: Asking) -> tuple[ValueLine, ...]:
    """The patient's values as the list shows them; nothing that the question hides is among them."""
    codebook = asking.codebook
    sent: set[str] | None = None
    if asking.question:
        sent = {entry.name for entry in visible_entries(asking.version.case, asking.question, codebook)}
    known = None if asking.unaskable else registry(asking.s.cohort_of(asking.version))
    lines = []
    for item in candidates(asking.s, asking.version, asking.kind):
        feature = codebook.feature(item.feature)
        if feature.role == "audit":  # neither sent nor asked about
            continue
        look, text = _look(asking, feature, sent)
        line = ValueLine(feature.name, feature.section, feature.label, text, look, feature.definition, item.why_not)
        lines.append(_with_strip(line, asking, feature, known) if known and look == "shown" else line)
    return tuple(lines)


def _with_strip(line: ValueLine, asking: Asking, feature: Feature, known: Registry) -> ValueLine:
    """``line``, of a value that is shown, with where that stands among the training patients, drawn and in words."""
    entry = counted(asking.version.case, feature, asking.codebook)
    if entry is None:
        return line
    found = known.standing(feature.name, entry.value, asking.version.case.patient)
    told = standing_words(feature, entry.value, found)
    return replace(line, strip=strip(feature, entry.value, found), help=f"{sentence(told)} {line.help}".strip())


def recorded_rows(asking: Asking) -> list[dict[str, str]]:
    """What the estimate is made from: the measured values that may be sent, as rows of a table."""
    codebook = asking.codebook
    case = asking.version.case
    return [
        {"Value": feature.label, "Recorded": shown_value(feature, entry.value)}
        for entry in (visible_entries(case, asking.question, codebook) if asking.question else case.entries)
        if entry.measured and (feature := codebook.feature(entry.name)).role in SHOWN_ROLES
    ]


def _look(asking: Asking, feature: Feature, sent: set[str] | None) -> tuple[Look, str]:
    if asking.question and feature.name == asking.question.masked_feature:
        return "masked", asking.task.marked
    entries = asking.version.case.of(feature.name)
    entry = counted(asking.version.case, feature, asking.codebook)
    if entry is None:
        return "missing", "not recorded"
    if not entry.measured:
        return "missing", NOT_MEASURED
    if feature.role == "outcome":
        return "hidden", "not shown"
    if asking.question and sent is not None and (unsent := {each.name for each in entries} - sent):
        return "hidden", "hidden by you" if unsent.issubset(by_hand(asking.question)) else "hidden with it"
    flags = {"low": " ↓", "high": " ↑"}
    found = check_value(feature, entry.value)
    arrow = flags[found[0].direction] if found else ""
    source = "" if entry.provenance == "registry" else f" ({MARKS[entry.provenance].word.lower()})"
    which = f"{feature.counts} " if len(entries) > 1 else ""
    return "shown", f"{which}{shown_value(feature, entry.value)}{arrow}{source}"


def kind_of_run(s: Services) -> Kind | None:
    """Which tab the run of the address belongs to; None where there is no such run."""
    group_id = here("run")
    try:
        return s.runs.snapshot(s.user, group_id).group.kind if group_id else None
    except CReasonError:
        return None


def _view(s: Services, version: CaseVersion, kind: Kind) -> GroupView | None:
    group_id = here("run")
    if group_id is None:
        return None
    try:
        view = s.runs.snapshot(s.user, group_id)
    except CReasonError:
        move(run=None)
        raise
    return view if view.group.kind == kind and view.group.case_version_id == version.id else None
