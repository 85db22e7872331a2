"""Questions about many patients at once: the same as ``question.build_question``, column by column.

A block of patients becomes an Arrow table with one row a question: patients in the order given, features in
codebook order. Whatever is written for a value (its entry in the case, its text) is made once for every
different value. Files, chunks and sampling are ``table``'s.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache, partial

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pydantic_core import to_json

from creason_core.case import Entry, PatientCase, make_case, parse_value
from creason_core.codebook import Feature
from creason_core.columnar.coded import Bools, CodedColumn, Ints, code, joined
from creason_core.columnar.draws import keys_of
from creason_core.columnar.options import Chooser, chooser, draws_for
from creason_core.options import MAX_OPTIONS, Design
from creason_core.question import hidden_features, id_suffix, named, option_model
from creason_core.registry import Cohort

_VALUE = "<value>"  # stands for the value in the JSON of an entry; no feature can be called so

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


class QuestionColumns:
    """Makes the questions about ``features`` of a cohort; prepared once, used for every block of patients.

    Every feature must be one that can be masked (``question.why_never_masked``).
    """

    def __init__(self, cohort: Cohort, features: Sequence[Feature], *, design: Design, seed: int) -> None:
        self.cohort = cohort
        self.features = tuple(features)
        self.choosers: tuple[Chooser, ...] = tuple(chooser(option_model(cohort, f.name), design) for f in features)
        self._seed = seed
        self._suffixes = [id_suffix(cohort, f.name, design=named(design), seed=seed).encode() for f in features]
        names = [feature.name for feature in cohort.codebook.features]
        hidden = [{item.feature for item in hidden_features(cohort, f.name)} for f in features]
        self._hides = np.array([[name in together for name in names] for together in hidden], dtype=bool)
        self._names = pa.array(names)
        self._columns = {name: place for place, name in enumerate(names)}
        self._templates = {
            (place, measured): Entry(feature=feature.name, value=_VALUE, provenance="registry", measured=measured)
            .model_dump_json()
            .replace(f'"{_VALUE}"', _VALUE)
            for place, feature in enumerate(cohort.codebook.features)
            for measured in (True, False)
        }
        # Bounded: a registry of a million patients may have a million different values.
        self._entry_json = lru_cache(maxsize=1 << 17)(self._entry)

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
        recorded = np.column_stack([column.recorded for column in coded])
        texts, values, index, priors, key = self._options(frame, coded, asked)
        index, priors = index[patients, features], priors[patients, features]
        shown = index >= 0
        offsets = _offsets(shown.sum(axis=1))
        # Flat, because numpy finds what is true in one long row ten times as fast as in a table.
        hiding, hidden = np.divmod(np.flatnonzero(recorded[patients] & self._hides[features]), len(coded))
        about = pa.array(features)
        who = pa.array(patients)
        columns = {
            "id": self._ids(hashes, patients, features),
            "patient": pa.array(frame.index.to_list(), pa.string()).take(who),
            "case_hash": pa.array(hashes, pa.string()).take(who),
            "masked_feature": pa.array([feature.name for feature in self.features]).take(about),
            "section": pa.array([feature.section for feature in self.features]).take(about),
            "kind": pa.array([feature.kind for feature in self.features]).take(about),
            "hidden": pa.ListArray.from_arrays(
                _offsets(np.bincount(hiding, minlength=len(patients))), self._names.take(pa.array(hidden))
            ),
            "seed": pa.array(np.full(len(patients), self._seed)),
            "options": pa.ListArray.from_arrays(offsets, texts.take(pa.array(index[shown]))),
            "values": pa.ListArray.from_arrays(offsets, values.take(pa.array(index[shown]))),
            "priors": pa.ListArray.from_arrays(offsets, pa.array(priors[shown])),
            "key": pa.array(key[patients, features]),
        }
        return pa.table(columns, schema=SCHEMA)

    def _code(self, frame: pd.DataFrame) -> list[CodedColumn]:
        return [code(frame, feature) for feature in self.cohort.codebook.features]

    def _entry(self, place: int, value: float | str) -> str:
        """The JSON of the entry that ``Cohort.case`` makes of ``value``, checked as there."""
        feature = self.cohort.codebook.features[place]
        measured = value not in feature.not_measured
        value = parse_value(feature, value)
        if not isinstance(value, str) and feature.impossible and not feature.impossible.contains(value):
            make_case("", (Entry(feature=feature.name, value=value),), self.cohort.codebook)  # says what is wrong
        return self._templates[place, measured].replace(_VALUE, to_json(value).decode())

    def _case_hashes(self, frame: pd.DataFrame, coded: Sequence[CodedColumn]) -> list[str]:
        """``PatientCase.content_hash`` of every patient."""
        codebook = self.cohort.codebook
        entries = [column.texts(partial(self._entry_json, place)) for place, column in enumerate(coded)]
        bodies = joined(entries, ",").to_numpy(zero_copy_only=False)
        hashes = []
        for patient, body in zip(frame.index.to_list(), bodies.tolist(), strict=True):
            empty = PatientCase(
                patient=patient, codebook=codebook.name, codebook_hash=codebook.content_hash, entries=()
            ).model_dump_json()
            hashes.append(hashlib.sha256(f"{empty[:-2]}{body}]}}".encode()).hexdigest())
        return hashes

    def _ids(self, hashes: Sequence[str], patients: Ints, features: Ints) -> pa.Array:
        heads = [case_hash.encode() for case_hash in hashes]
        ends, sha256 = self._suffixes, hashlib.sha256
        pairs = zip(patients.tolist(), features.tolist(), strict=True)
        digests = b"".join([sha256(heads[patient] + ends[feature]).digest() for patient, feature in pairs])
        ends_at = np.arange(len(patients) + 1, dtype=np.int32) * 64
        return pa.StringArray.from_buffers(len(patients), pa.py_buffer(ends_at), pa.py_buffer(digests.hex().encode()))

    def _options(
        self, frame: pd.DataFrame, coded: Sequence[CodedColumn], asked: Bools
    ) -> tuple[pa.Array, pa.Array, Ints, NDArray[np.float64], NDArray[np.int8]]:
        """Texts and values of all options offered, and patients × features (× 5): index, priors and key."""
        index = np.full((*asked.shape, MAX_OPTIONS), -1)
        priors = np.zeros((*asked.shape, MAX_OPTIONS))
        key = np.full(asked.shape, -1, dtype=np.int8)
        texts: list[str] = []
        values: list[str] = []
        keys = keys_of(frame.index)
        for place, (feature, make) in enumerate(zip(self.features, self.choosers, strict=True)):
            rows = np.nonzero(asked[:, place])[0]
            column = coded[self._columns[feature.name]]
            made = make.choose(column.values, column.codes[rows], draws_for(feature, keys[rows], self._seed))
            index[rows, place] = np.where(made.index < 0, -1, made.index + len(texts))
            priors[rows, place] = made.priors
            key[rows, place] = made.key
            texts += [feature.text(value) for value in made.pool]
            values += [value if isinstance(value, str) else repr(value) for value in made.pool]
        return pa.array(texts, pa.string()), pa.array(values, pa.string()), index, priors, key


def _offsets(lengths: Ints) -> pa.Array:
    return pa.array(np.concatenate(([0], np.cumsum(lengths))).astype(np.int32))
