"""Prompts of many questions at once, byte for byte those of ``prompts.render``; the wording is all there.

A value's words are made once for every different value. The text of a section is made once for every set of
its features that stays visible, and is shared by all questions that show that set.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from creason_core.codebook import Feature
from creason_core.columnar.coded import Bools, CodedColumn, Ints, code, joined
from creason_core.options import MAX_OPTIONS
from creason_core.prompts import (
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
from creason_core.question import SHOWN_ROLES, hidden_features, order_of
from creason_core.registry import Cohort

Text: TypeAlias = pa.Array | str  # one a question, or one for all


class PromptColumns:
    """The records of the patients in ``frame`` (rows of a cohort's table), ready to be shown in many questions."""

    def __init__(self, cohort: Cohort, frame: pd.DataFrame) -> None:
        self._cohort = cohort
        self._patients = len(frame)
        self._spoken = {
            feature.name: _Spoken(code(frame, feature))
            for feature in cohort.codebook.features
            if feature.role in SHOWN_ROLES
        }
        self._sections: dict[tuple[str, ...], Text] = {}

    def user_texts(self, masked: Feature, patients: Ints, options: pa.ListArray, sample: int) -> pa.Array:
        """The user messages of questions about ``masked``.

        ``patients`` are places in the frame, one a question; ``options`` the texts in canonical order, which are
        presented as sample ``sample`` presents them.
        """
        hidden = {item.feature for item in hidden_features(self._cohort, masked.name)}
        everyone = len(patients) == self._patients and bool((patients == np.arange(self._patients)).all())
        parts: list[Text] = []
        for section in self._cohort.codebook.sections:
            text = self._section(section, masked, hidden)
            if text is not None:
                parts.append(text if everyone or isinstance(text, str) else text.take(pa.array(patients)))
        stem = f"\n{masked_stem(masked)}"
        return _join([*parts, stem, *_option_lines(options, masked, sample)], "\n")

    def _section(self, section: str, masked: Feature, hidden: set[str]) -> Text | None:
        """The text of a section in every patient's record, null where it shows nothing."""
        shown = tuple(
            feature
            for feature in self._cohort.codebook.in_section(section)
            if feature is masked or (feature.name in self._spoken and feature.name not in hidden)
        )
        if masked.section == section:
            return self._text(section, shown, masked)
        if not shown:
            return None
        names = (section, *(feature.name for feature in shown))
        if names not in self._sections:
            self._sections[names] = self._text(section, shown, masked)
        return self._sections[names]

    def _text(self, section: str, shown: Sequence[Feature], masked: Feature) -> Text:
        parts: list[Text] = [heading(section)]
        for feature in shown:
            if feature is masked:
                parts.append(masked_line(feature))
            elif (line := self._spoken[feature.name].line) is not None:
                parts.append(line)
        spoken = [self._spoken[feature.name] for feature in shown if feature is not masked]
        for under in GATHERED:
            names = [one.gathered[under] for one in spoken if under in one.gathered]
            if names:
                line = _join((gathered_under(under), joined(names, BETWEEN)), "")
                parts.append(_where(_any(name.is_valid().to_numpy(zero_copy_only=False) for name in names), line))
        text = _join(parts, "\n")
        return text if masked.section == section else _where(_any(one.recorded for one in spoken), text)


class _Spoken:
    """How the patients' values of one feature are said; what is said of nobody is left out."""

    def __init__(self, column: CodedColumn) -> None:
        told = {value: said(column.feature, value, measured=column.is_measured(value)) for value in column.values}
        self.recorded = column.recorded

        def texts(under: Gathered | None) -> pa.Array | None:
            if all(one.under != under for one in told.values()):
                return None
            return column.texts(lambda value: told[value].text if told[value].under == under else None)

        self.line = texts(None)
        self.gathered = {under: array for under in GATHERED if (array := texts(under)) is not None}


def _option_lines(options: pa.ListArray, masked: Feature, sample: int) -> list[Text]:
    """Line after line, null where a question has fewer options."""
    starts = options.offsets.to_numpy()[:-1].astype(np.int64)
    counts = np.diff(options.offsets.to_numpy())
    orders = np.zeros((MAX_OPTIONS + 1, MAX_OPTIONS), dtype=np.int64)  # number of options → presented order
    for count in range(1, MAX_OPTIONS + 1):
        orders[count, :count] = order_of(count, masked, sample)
    lines: list[Text] = []
    for place, letter in enumerate(letters(int(counts.max(initial=0)))):
        there = pa.array(starts + orders[counts, place], mask=counts <= place)
        lines.append(_join((f"{letter}) ", options.values.take(there)), "", nulls="emit_null"))
    return lines


def _join(parts: Sequence[Text], between: str, *, nulls: Literal["skip", "emit_null"] = "skip") -> Text:
    if all(isinstance(part, str) for part in parts):
        return between.join(str(part) for part in parts)
    text: Text = pc.binary_join_element_wise(*parts, between, null_handling=nulls)
    return text


def _where(there: Bools, text: Text) -> pa.Array:
    return pc.if_else(pa.array(there), text, None)


def _any(columns: Iterable[Bools]) -> Bools:
    anything: Bools = np.any(list(columns), axis=0)
    return anything
