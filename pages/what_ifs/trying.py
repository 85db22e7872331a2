"""What the reader is trying: a record, what is asked about it, and the what-if on the screen, from the address."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

import streamlit as st

from creason_core.cohort.cohort import Cohort
from creason_core.errors import CReasonError
from creason_core.question.asked import Kind
from creason_core.question.kinds import Question, read_question, task_of
from creason_core.question.task import Task
from creason_core.question.what_if.pairing import Target, question_on, target_of, targets
from creason_core.record.codebook import Codebook, Time
from creason_core.record.hours import parted
from creason_core.runs import GroupView
from creason_core.store.patients.cases import CaseVersion, case_version
from creason_core.store.people.preferences import Preferences
from creason_core.store.runs.run_rows import JUDGED
from creason_core.store.runs.series import Point, Series, places_of, points_of, series
from creason_core.store.runs.what_ifs import WHAT_IFS
from pages.question.asking import SEED
from pages.server.services import Services
from pages.session.address import here, move
from pages.session.hidden_by_hand import hidden_by_hand

Values = dict[str, float | str]


@dataclass(frozen=True)
class Tried:
    """One place of a what-if: the record or a copy of it, the question about it, and how far its runs are."""

    point: Point
    version: CaseVersion
    question: Question
    view: GroupView

    @property
    def values(self) -> Values:
        """What is other in this copy by hand; empty for the record itself."""
        return cast(Values, json.loads(self.point.place.what).get("values", {}))

    @property
    def judged(self) -> bool:
        """Whether any of its samples said all that it would."""
        return not self.view.live and any(item.run.status in JUDGED for item in self.view.runs)


@dataclass(frozen=True)
class Shown:
    """A stored what-if with what became of each place; ``plan`` is what was wanted."""

    series: Series
    plan: dict[str, Any]
    tried: dict[int, Tried]

    @property
    def live(self) -> bool:
        """Whether any run of it may still change."""
        return any(one.view.live for one in self.tried.values())

    @property
    def target(self) -> Target:
        """What was asked."""
        return read_target(self.plan["target"])


@dataclass(frozen=True)
class Trying:
    """The page: ``version`` is the record, never a copy; ``target`` is what is asked, None where nothing can be."""

    s: Services
    prefer: Preferences
    version: CaseVersion
    cohort: Cohort
    offered: tuple[Target, ...]
    target: Target | None
    shown: Shown | None

    @property
    def codebook(self) -> Codebook:
        """The codebook of the record."""
        return self.cohort.codebook

    @cached_property
    def question(self) -> Question:
        """The question about the record, with nothing hidden for a change's sake."""
        assert self.target is not None
        return question_on(self.target, self.version.case, self.cohort)

    @property
    def task(self) -> Task[Question]:
        """What can be done with it."""
        return task_of(self.question, self.codebook)

    def still_shown(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of ``names``, as ``Entry.name``, that the question itself does not hide."""
        hidden = {self.question.masked_feature, *(item.feature for item in self.question.hidden)}
        return tuple(name for name in names if hidden.isdisjoint({name, parted(name)[0]}))

    def label(self, name: str) -> str:
        """What a value is called."""
        return self.codebook.feature(name).label


def trying(s: Services, prefer: Preferences, version: CaseVersion) -> Trying:
    """What the reader is looking at.

    Raises:
        CReasonError: The run of the address cannot be shown, or nothing can be asked about the record.
    """
    cohort = s.cohort_of(version)
    offered = targets(version.case, cohort, seed=SEED)
    shown, sent = _from_address(s, version)
    if here("run") is None and sent is None:  # a value was hidden and nothing asked yet
        sent = next((one for one in offered if one.feature == here("mask")), None)
        sent = replace(sent, by_hand=tuple(sorted(hidden_by_hand(version.id, sent.feature)))) if sent else None
    chosen = st.session_state.get(f"what_if_target:{version.id}")
    target = shown.target if shown else sent
    if chosen is not None and (target is None or named(target) != chosen):
        target = next((one for one in offered if named(one) == chosen), target)
    if target is None:
        target = offered[0] if offered else None
    if target is not None and named(target) not in {named(one) for one in offered}:
        offered = (target, *offered)
    return Trying(s, prefer, version, cohort, offered, target, shown)


def _from_address(s: Services, version: CaseVersion) -> tuple[Shown | None, Target | None]:
    """The what-if, or else the question, of the run in the address."""
    group_id = here("run")
    if group_id is None:
        return None, None
    try:
        kind, place = places_of(s.db, s.user, [group_id]).get(group_id, (None, None))
        if place is not None and kind in WHAT_IFS:
            shown = shown_of(s, place.series_id)
            base = shown.plan.get("version")
            return (shown, None) if base == version.id else (None, None)
        group = s.runs.snapshot(s.user, group_id).group
    except CReasonError:
        move(run=None)
        raise
    return None, target_of(read_question(group.question_json)) if group.case_version_id == version.id else None


def shown_of(s: Services, series_id: str) -> Shown:
    """A stored what-if as it is now; cheap enough to poll.

    Raises:
        StoreError: This user has no such series.
    """
    found = series(s.db, s.user, series_id)
    tried = {}
    for point in points_of(s.db, s.user, series_id):
        question = read_question(point.group.question_json)
        view = s.runs.snapshot(s.user, point.group.id)
        tried[point.place.position] = Tried(
            point, case_version(s.db, s.user, point.group.case_version_id), question, view
        )
    return Shown(found, json.loads(found.plan), tried)


def named(target: Target) -> str:
    """A target as one word, for a list."""
    return f"{target.kind}:{target.feature}"


def target_words(target: Target, codebook: Codebook) -> str:
    """A target as people read it."""
    label = codebook.feature(target.feature).label
    return f"{label} ({ {'mask': 'masked', 'missing': 'estimated', 'outcome': 'outcome'}[target.kind] })"


def written_target(target: Target) -> dict[str, Any]:
    """A target as a plan keeps it."""
    return {
        "kind": target.kind,
        "feature": target.feature,
        "seed": target.seed,
        "guard_off": sorted(target.guard_off),
        "as_of": target.as_of,
        "by_hand": list(target.by_hand),
    }


def read_target(kept: dict[str, Any]) -> Target:
    """The target of a plan."""
    return Target(
        cast(Kind, kept["kind"]),
        str(kept["feature"]),
        int(kept["seed"]),
        frozenset(kept["guard_off"]),
        cast("Time | None", kept["as_of"]),
        tuple(kept["by_hand"]),
    )
