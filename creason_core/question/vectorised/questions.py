"""Questions about many patients at once: the same as ``masked_value.build_question``, column by column.

A block of patients becomes an Arrow table with one row a question: patients in the order given, features in
codebook order. Whatever is written for a value (its entry in the case, its text) is made once for every
different value. Files, chunks and sampling are ``builder``'s.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic_core import to_json

from creason_core.arrays import Bools, Floats, Ints
from creason_core.cohort.cohort import Cohort
from creason_core.cohort.donors import Part
from creason_core.cohort.option_models import donors_in, option_model
from creason_core.cohort.options import MAX_OPTIONS, Design
from creason_core.question.masked_value import hidden_features, id_suffix, named
from creason_core.question.vectorised.coded import CodedColumn, Pieces, code
from creason_core.question.vectorised.options import Chooser, chooser, draws_for, number_texts
from creason_core.question.vectorised.stateless_random import keys_of
from creason_core.record.case import Entry, PatientCase, make_case, parse_value
from creason_core.record.codebook import Feature
from creason_core.record.hours import parted

_HERE = "<here>"  # stands for a value or a patient in JSON; no feature or codebook can be called so

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("patient", pa.string()),
        ("case_hash", pa.string()),
        ("masked_feature", pa.string()),
        ("section", pa.string()),
        ("kind", pa.string()),
        ("hidden", pa.list_(pa.string())),
        ("seed", pa.int64()),
        ("options", pa.list_(pa.string())),
        ("values", pa.list_(pa.string())),
        ("priors", pa.list_(pa.float64())),
        ("key", pa.int8()),
    ]
)
# Columns in which values repeat, as Parquet calls them: the writer looks for repetitions in no others.
REPEATED = [
    *("patient", "case_hash", "masked_feature", "section", "kind", "seed", "key", "hidden.list.element"),
    *("options.list.element", "values.list.element", "priors.list.element"),
]


class QuestionColumns:
    """Makes the questions about ``features`` of a cohort; prepared once, used for every block of patients of ``part``.

    Every feature must be one that can be masked (``masked_value.why_never_masked``). It holds no patient's record,
    so that it travels to other processes.
    """

    def __init__(
        self, cohort: Cohort, features: Sequence[Feature], part: Part, *, design: Design, version: int, seed: int
    ) -> None:
        self.features = tuple(features)
        self.choosers: tuple[Chooser, ...] = tuple(
            chooser(option_model(cohort, f.name), design, donors_in(cohort, f.name, design, version, part))
            for f in features
        )
        self._codebook = cohort.codebook
        self._seed = seed
        design_named = named(design, version)
        self._suffixes = [id_suffix(cohort, f.name, design=design_named, seed=seed).encode() for f in features]
        names = [feature.name for feature in cohort.codebook.columns]
        hidden = [{item.feature for item in hidden_features(cohort, f.name)} for f in features]
        self._hides = np.array([[name in together for name in names] for together in hidden], dtype=bool)
        self._names = pa.array(names)
        empty = PatientCase(
            patient=_HERE, codebook=self._codebook.name, codebook_hash=self._codebook.content_hash, entries=()
        )
        self._case = _around_here(empty.model_dump_json())

    def ids(self, frame: pd.DataFrame, asked: Bools) -> list[str]:
        """The ids of the questions that ``asked`` (patients × features) marks, row by row."""
        hashes = self._case_hashes(frame, self._code(frame))
        patients, features = np.nonzero(asked)
        ids: list[str] = self._ids(hashes, patients, features).to_pylist()
        return ids

    def table(self, frame: pd.DataFrame, asked: Bools) -> pa.Table:
        """The questions that ``asked`` (patients × features) marks, about the patients in ``frame``.

        Raises:
            CaseError: A value of the table breaks its codebook's rules.
        """
        coded = self._code(frame)
        hashes = self._case_hashes(frame, coded)
        patients, features = np.nonzero(asked)
        about, who = pa.array(features), pa.array(patients)
        columns = {
            "id": self._ids(hashes, patients, features),
            "patient": pa.array(frame.index.to_list(), pa.string()).take(who),
            "case_hash": pa.array(hashes, pa.string()).take(who),
            "masked_feature": pa.array([feature.name for feature in self.features]).take(about),
            "section": pa.array([feature.section for feature in self.features]).take(about),
            "kind": pa.array([feature.kind for feature in self.features]).take(about),
            "hidden": self._hidden(np.column_stack([column.recorded for column in coded]), patients, features),
            "seed": pa.array(np.full(len(patients), self._seed)),
            **self._options(frame, coded, asked),
        }
        return pa.table(columns, schema=SCHEMA)

    def _code(self, frame: pd.DataFrame) -> list[CodedColumn]:
        return [code(frame, feature) for feature in self._codebook.columns]

    def _hidden(self, recorded: Bools, patients: Ints, features: Ints) -> pa.ListArray:
        """What is hidden in each question, of what its patient's record has."""
        hidden = recorded[patients] & self._hides[features]
        numbers = np.broadcast_to(np.arange(hidden.shape[1], dtype=np.int16), hidden.shape)[hidden]
        return pa.ListArray.from_arrays(_offsets(np.count_nonzero(hidden, axis=1)), self._names.take(pa.array(numbers)))

    def _entries(self, column: CodedColumn) -> list[str]:
        """The JSON of the entry that ``Cohort.case`` makes of each of the column's values, checked as there."""
        feature = column.feature
        if feature.numeric:
            numbers = np.array(column.values, dtype=np.float64)
            self._require(feature, numbers)
            texts = to_json(numbers.tolist()).decode()[1:-1].split(",") if len(numbers) else []
        else:
            texts = [to_json(parse_value(feature, value)).decode() for value in column.values]
        ways = {measured: _around_here(_entry(feature, measured)) for measured in (True, False)}
        around = [ways[column.is_measured(value)] for value in column.values]
        return [f",{before}{text}{after}" for (before, after), text in zip(around, texts, strict=True)]

    def _require(self, feature: Feature, numbers: Floats) -> None:
        wrong = ~np.isfinite(numbers)
        if feature.kind == "integer":
            wrong |= numbers != np.trunc(numbers)
        if feature.impossible and feature.impossible.low is not None:
            wrong |= numbers < feature.impossible.low
        if feature.impossible and feature.impossible.high is not None:
            wrong |= numbers > feature.impossible.high
        for value in numbers[wrong].tolist():
            name, hours = parted(feature.name)
            make_case("", (Entry(feature=name, value=value, hours=hours),), self._codebook)  # says what is wrong

    def _case_hashes(self, frame: pd.DataFrame, coded: Sequence[CodedColumn]) -> list[str]:
        """``PatientCase.content_hash`` of every patient."""
        pieces = Pieces()
        bodies = pieces.texts(np.column_stack([column.pieces(self._entries(column), pieces) for column in coded]))
        before, after = self._case
        return [
            hashlib.sha256(f"{before}{to_json(patient).decode()}{after[:-2]}{body[1:]}]}}".encode()).hexdigest()
            for patient, body in zip(frame.index.to_list(), bodies.to_pylist(), strict=True)
        ]

    def _ids(self, hashes: Sequence[str], patients: Ints, features: Ints) -> pa.Array:
        """The SHA-256 of case hash and suffix for each question."""
        digests = []
        heads = [hashlib.sha256(case_hash.encode()) for case_hash in hashes]
        for patient, suffix in zip(patients.tolist(), map(self._suffixes.__getitem__, features.tolist()), strict=True):
            one = heads[patient].copy()  # a third less than hashing the case's part again
            one.update(suffix)
            digests.append(one.digest())
        ends_at = pa.py_buffer(np.arange(len(digests) + 1, dtype=np.int32) * 64)
        return pa.StringArray.from_buffers(len(digests), ends_at, pa.py_buffer(b"".join(digests).hex().encode()))

    def _options(self, frame: pd.DataFrame, coded: Sequence[CodedColumn], asked: Bools) -> dict[str, pa.Array]:
        """The columns about options. All that any question offers is a pool of texts and values, made once."""
        question = np.cumsum(asked.ravel()).reshape(asked.shape) - 1  # patients × features → row
        index = np.empty((int(asked.sum()), MAX_OPTIONS), dtype=np.int64)
        priors = np.empty(index.shape)
        key = np.empty(len(index), dtype=np.int8)
        texts: list[str] = []
        values: list[str] = []
        keys = keys_of(frame.index)
        of = {column.feature.name: column for column in coded}
        for place, (feature, make) in enumerate(zip(self.features, self.choosers, strict=True)):
            patients = np.flatnonzero(asked[:, place])
            rows = question[patients, place]
            column = of.get(feature.name) or code(frame, feature)  # of one over time the value that counts
            made = make.choose(column.values, column.codes[patients], draws_for(feature, keys[patients], self._seed))
            index[rows] = np.where(made.index < 0, -1, made.index + len(texts))
            priors[rows], key[rows] = made.priors, made.key
            texts += number_texts(feature, made.pool) if feature.numeric else map(feature.text, made.pool)
            values += map(repr, made.pool) if feature.numeric else map(str, made.pool)
        shown = index >= 0
        offsets, which = _offsets(np.count_nonzero(shown, axis=1)), pa.array(index[shown])
        return {
            "options": pa.ListArray.from_arrays(offsets, pa.array(texts, pa.string()).take(which)),
            "values": pa.ListArray.from_arrays(offsets, pa.array(values, pa.string()).take(which)),
            "priors": pa.ListArray.from_arrays(offsets, pa.array(priors[shown])),
            "key": pa.array(key),
        }


def _entry(feature: Feature, measured: bool) -> str:
    name, hours = parted(feature.name)
    return Entry(feature=name, value=_HERE, provenance="registry", measured=measured, hours=hours).model_dump_json()


def _around_here(json: str) -> tuple[str, str]:
    """What stands before and after the text ``_HERE`` in ``json``."""
    before, after = json.split(f'"{_HERE}"')
    return before, after


def _offsets(lengths: Ints) -> pa.Array:
    return pa.array(np.concatenate(([0], np.cumsum(lengths))).astype(np.int32))
