"""Prompts of many questions at once, byte for byte those of ``prompts.render``; the wording is all there.

A prompt is a row of pieces, most of them a value's line, each made once for every different value. All
questions have the same slots in the same order: for each section its heading, a slot for each line that a
value or the masked value can have, and one for each line that gathers names; then the stem and the options.
What a question does not show is the empty piece. A line of values over time depends on which of them are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import pandas as pd
import pyarrow as pa

from creason_core.arrays import Ints
from creason_core.cohort.cohort import Cohort
from creason_core.cohort.options import MAX_OPTIONS
from creason_core.question.masked_value import SHOWN_ROLES, hidden_features, order_of
from creason_core.question.prompts import (
    BETWEEN,
    GATHERED,
    Gathered,
    gathered_under,
    heading,
    letters,
    masked_line,
    masked_stem,
    said,
)
from creason_core.question.vectorised.coded import CodedColumn, Numbers, Pieces, code
from creason_core.question.vectorised.course import Course
from creason_core.record.codebook import Feature
from creason_core.record.hours import parted


class PromptColumns:
    """The records of the patients in ``frame`` (rows of a cohort's table), ready to be shown in many questions."""

    def __init__(self, cohort: Cohort, frame: pd.DataFrame) -> None:
        self._cohort = cohort
        self._pieces = Pieces()
        book = cohort.codebook
        self._spoken = {
            feature.name: _Spoken(code(frame, feature), self._pieces)
            for feature in book.features
            if feature.role in SHOWN_ROLES and not book.points_of(feature)
        }
        self._courses = {
            feature.name: Course(feature, frame, book, self._pieces)
            for feature in book.features
            if feature.role in SHOWN_ROLES and book.points_of(feature)
        }
        self._slots: dict[str, int] = {}  # of a feature's line
        self._sections: list[_Section] = []
        width = 0
        for name in book.sections:
            own = [one for feature in book.in_section(name) if (one := self._spoken.get(feature.name))]
            courses = [self._courses[f.name] for f in book.in_section(name) if f.name in self._courses]
            headed, start = self._pieces.add(pa.array([f"{heading(name)}\n"])), width
            width = self._place_lines(book.in_section(name), start + 1)
            under = [(word, named) for word in GATHERED if (named := [one for one in own if word in one.names])]
            names = {width + place: _Names(word, named) for place, (word, named) in enumerate(under)}
            width += len(names)
            self._sections.append(_Section(name, headed, start, own, names, courses))
        self._lines = np.zeros((len(frame), width), dtype=np.int32)
        for feature, spoken in self._spoken.items():
            if spoken.has_lines:
                self._lines[:, self._slots[feature]] = spoken.lines
        self._made: dict[tuple[str, ...], Numbers] = {}

    def _place_lines(self, features: Sequence[Feature], width: int) -> int:
        """Gives each feature its slot; those that only ever have the masked line share one until the next line."""
        shared = False
        for feature in features:
            own = feature.name in self._courses or (
                feature.name in self._spoken and self._spoken[feature.name].has_lines
            )
            if own or not shared:
                width += 1
            shared = not own
            self._slots[feature.name] = width - 1
        return width

    def user_texts(
        self, features: Sequence[Feature], about: Ints, patients: Ints, options: pa.ListArray, sample: int
    ) -> pa.StringArray:
        """The user messages of questions about ``features[about]`` of ``patients`` (places in the frame).

        ``options`` are the texts in canonical order, which are presented as sample ``sample`` presents them.
        """
        width = self._lines.shape[1]
        rows = np.empty((len(about), width + 1 + 2 * MAX_OPTIONS), dtype=np.int32)
        stems = self._pieces.add(pa.array([f"\n{masked_stem(masked)}" for masked in features]))
        for place, masked in enumerate(features):
            mine = np.flatnonzero(about == place)
            rows[mine, :width] = self._record(masked, patients[mine])
        rows[:, width] = stems + about
        rows[:, width + 1 :] = self._options(features, about, options, sample)
        return self._pieces.texts(rows)

    def _record(self, masked: Feature, patients: Ints) -> Numbers:
        """The record of each of ``patients`` in a question about ``masked``."""
        hidden = {masked.name, *(item.feature for item in hidden_features(self._cohort, masked.name))}
        shows = np.ones(self._lines.shape[1], dtype=np.int32)
        shows[[slot for name, slot in self._slots.items() if name in hidden]] = 0
        rows = self._lines[patients] * shows
        base, hours = parted(masked.name)
        for name, course in self._courses.items():
            if name != masked.name:
                rows[:, self._slots[name]] = course.lines(hidden, hours if name == base else None)[patients]
        for section in self._sections:
            if section.name == masked.section:
                rows[:, section.heading] = section.headed
                for slot, names in section.names.items():
                    rows[:, slot] = names.lines(hidden, self._pieces, patients)
            else:
                slots, elsewhere = self._elsewhere(section, hidden)
                rows[:, slots] = elsewhere[patients]
        if hours is None:
            rows[:, self._slots[masked.name]] = self._pieces.add(pa.array([f"{masked_line(masked)}\n"]))
        return rows

    def _elsewhere(self, section: "_Section", hidden: set[str]) -> tuple[list[int], Numbers]:
        """Slots, and what stands there in every patient's record: the heading and the names of another section.

        Many questions hide the same of it.
        """
        shown = [one for one in section.spoken if one.name not in hidden]
        courses = [(one, told) for one in section.courses if (told := one.shown(hidden))]
        key = (section.name, *(one.name for one in shown), *(f"{one.name}{told}" for one, told in courses))
        if key not in self._made:
            recorded = [one.recorded for one in shown] + [one.recorded(hidden) for one, _ in courses]
            anything = np.any(recorded, axis=0) if recorded else np.zeros(len(self._lines), bool)
            names = [one.lines(hidden, self._pieces) for one in section.names.values()]
            self._made[key] = np.column_stack([section.headed * anything.astype(np.int32), *names])
        return [section.heading, *section.names], self._made[key]

    def _options(self, features: Sequence[Feature], about: Ints, options: pa.ListArray, sample: int) -> Numbers:
        """Questions × (a letter and a text for each option)."""
        ends = options.offsets.to_numpy().astype(np.int64)
        counts = np.diff(ends)
        orders = np.zeros((len(features), MAX_OPTIONS + 1, MAX_OPTIONS), dtype=np.int64)  # presented place → option
        for place, masked in enumerate(features):
            for count in range(1, MAX_OPTIONS + 1):
                orders[place, count, :count] = order_of(count, masked, sample)
        there = np.arange(MAX_OPTIONS) < counts[:, None]
        marks = self._pieces.add(pa.array([f"\n{letter}) " for letter in letters(MAX_OPTIONS)]))
        texts = self._pieces.add(options.flatten()) + (ends[:-1] - ends[0])[:, None] + orders[about, counts]
        lines = np.empty((len(about), MAX_OPTIONS, 2), dtype=np.int32)
        lines[:, :, 0] = np.where(there, marks + np.arange(MAX_OPTIONS), 0)
        lines[:, :, 1] = np.where(there, texts, 0)
        return lines.reshape(len(about), 2 * MAX_OPTIONS)


class _Spoken:
    """How the patients' values of one feature are said: on lines of their own, or by names that are gathered."""

    def __init__(self, column: CodedColumn, pieces: Pieces) -> None:
        told = [said(column.feature, value, measured=column.is_measured(value)) for value in column.values]
        self.name = column.feature.name
        self.recorded = column.recorded
        self.has_lines = any(one.under is None for one in told)
        self.lines = column.pieces(["" if one.under else f"{one.text}\n" for one in told], pieces)
        self.names = {one.under: one.text for one in told if one.under}
        self.under = {
            under: np.array([one.under == under for one in told] + [False])[column.codes] for under in self.names
        }


class _Names:
    """The line that gathers a section's names under one word, for each different set of names that a patient has."""

    def __init__(self, under: Gathered, spoken: Sequence[_Spoken]) -> None:
        self._start = gathered_under(under)
        self._features = [one.name for one in spoken]
        self._names = [one.names[under] for one in spoken]
        together = np.column_stack([one.under[under] for one in spoken])
        self._sets, self._which = np.unique(together, axis=0, return_inverse=True)

    def lines(self, hidden: set[str], pieces: Pieces, patients: Ints | None = None) -> Numbers:
        """The line of each of ``patients`` (None: all), without the ``hidden`` features; 0 where no name is left."""
        which = self._which if patients is None else self._which[patients]
        there = np.zeros(len(self._sets), dtype=bool)
        there[which] = True
        sets = self._sets[there] & [name not in hidden for name in self._features]
        texts = [BETWEEN.join(compress(self._names, one)) for one in sets.tolist()]
        first = pieces.add(pa.array([f"{self._start}{text}\n" if text else "" for text in texts], pa.string()))
        return (first - 1 + np.cumsum(there, dtype=np.int32))[which]


@dataclass(frozen=True)
class _Section:
    """Where a section stands among the slots: its heading, and its lines of names by slot."""

    name: str
    headed: int  # the piece
    heading: int
    spoken: Sequence[_Spoken]
    names: dict[int, _Names]
    courses: Sequence[Course]
