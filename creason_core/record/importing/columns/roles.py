"""What the columns of a table are for: which tells patients apart, names tests, holds values, units and times.

A column's name is read word by word, and its cells must behave as such a column's do: a column that differs in every
row of a long table tells no patients apart, whatever it is called. Nothing here is certain where the file does not say
it: without a column for patients a person is asked (``asking``), and every role can be set by hand.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from creason_core.record.codebook import Codebook
from creason_core.record.importing.cells.moments import moment
from creason_core.record.importing.columns.copies import copies
from creason_core.record.importing.columns.mapping import Layout, Role
from creason_core.record.importing.columns.matching import is_feature
from creason_core.record.importing.columns.role_cells import (
    LOOKED_AT,
    all_digits,
    is_timed,
    is_unique,
    numbers,
    tells_clock,
    tells_days,
    unit_of,
    units_by_cells,
)
from creason_core.record.importing.columns.role_words import Word, meanings, words_of
from creason_core.record.importing.columns.specimens import tells_specimens
from creason_core.record.importing.columns.times import looks_like_time
from creason_core.record.importing.columns.visits import tells_visits
from creason_core.record.importing.files.protocol import Table

_NAMES = 150  # different cells that may be names of tests
_HEADS: Mapping[Word, Role] = {
    "unit": "unit", "specimen": "specimen", "site": "site", "clock": "clock", "time": "time", "day": "time",
    "value": "value", "name of test": "name",
}  # fmt: skip
_WITH: frozenset[Word] = frozenset(
    {"test", "row", "name of test", "value", "unit", "early", "late", "numeric", "neutral", "time", "day", "specimen"}
)
# Words of which a number of patients is made up where no word for a patient stands beside them, some only so.
_NUMBERED = frozenset("id ids nr no identifier uid record number numero nummer dossier 번호 아이디".split())
_BESIDE = frozenset(
    "study chart screening deid deidentified historia historial clinica 연구 "
    "hasta protokol dosya истории болезни".split()
)
_COUNTS = frozenset("number numeric num".split())
_ASIDE = frozenset("text raw cd disp".split())  # after what they describe: Cerner's result_units_cd_disp
_OF_SAMPLES, _SAMPLES = frozenset(["category", "name", "label"]), frozenset(["specimen", "sample", "fluid", "material"])
_YES_NO = frozenset("0 1 y n yes no true false ja nein oui non si 예 아니오".split())
_COUNTED = frozenset("visit episode episodio".split())  # the first, the second: a number of its own only as an id


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column's name says that it is for; ``rank`` decides between two of a kind, the higher first."""

    role: Role
    rank: float


def guess(name: str) -> Guess | None:
    """The role that a column's name speaks for; None where it names something else.

    Patients: rank 3 by a word for a patient, 2 for a stay, 1 for a number of no more than that, 0 for persons' names.
    """
    words = words_of(name)
    if not words:
        return None
    said = [meanings(word) for word in words]
    if any("other" in meant for meant in said) or any({"never"} == meant for meant in said):
        return None
    return _of_patients(words, said) or _of_values(words, said)


def _of_patients(words: Sequence[str], said: Sequence[frozenset[Word]]) -> Guess | None:
    known: frozenset[Word] = frozenset({"patient", "encounter", "number", "neutral", "person"})
    if not all(meant & known for meant in said) or any({"time", "day"} & meant for meant in said) or "type" in words:
        return None
    if any("encounter" in meant for meant in said):
        admitted = any("admitted" in meant for meant in said) and len(said) == 1
        counted = not _COUNTED.isdisjoint(words) and {"id", "occurrence", "identifier", "key"}.isdisjoint(words)
        return None if admitted or counted else Guess("encounter", 1 if words == ("case",) else 2)
    if any("patient" in meant for meant in said):
        return Guess("patient", 0 if any("person" in meant for meant in said) else 3)
    plain = all(word in _NUMBERED | _BESIDE or "neutral" in meant for word, meant in zip(words, said, strict=True))
    return Guess("patient", 1) if plain and not _NUMBERED.isdisjoint(words) and set(words) != {"number"} else None


def _of_values(words: Sequence[str], said: Sequence[frozenset[Word]]) -> Guess | None:  # noqa: PLR0911
    if list(words[-2:]) == ["source", "value"]:  # OMOP: the words of the source for what stands before them
        words, said = words[:-2], said[:-2]
    if not words:
        return None
    if list(words[-2:]) == ["concept", "id"] or (
        len(words) > 1 and any("row" in m for m in said) and words[-1] == "id"
    ):
        return Guess("name", -2) if words[0] in {"item", "measurement"} and "concept" in words else None
    if {"since", "after", "seit", "nach", "depuis", "desde"} & set(words):
        return Guess("time", 1) if any({"time", "day"} & meant for meant in said) and len(words) < 5 else None
    if any("admitted" in meant for meant in said):
        timed = all(meant & {"admitted", "time", "day", "neutral", "encounter", "row", "unit"} for meant in said)
        return Guess("admission", 0) if timed and not {"start", "type"} & set(words) else None
    if not all("coded" in meant or meant & _WITH or meant & set(_HEADS) or "number" in meant for meant in said):
        return None  # a word that is not known: the name of something measured
    if words[-1] == "code" and "quantity" in words:
        return Guess("unit", -1)  # FHIR
    role = _head(words, said)
    coded = any("coded" in meant and not meant & {"name of test", "number"} for meant in said)
    if role is None or (coded and role != "unit"):
        return None
    if role == "value" and len(words) > 1 and all("value" not in meanings(word) or word in _COUNTS for word in words):
        return None  # the number of a visit, of a tube
    rank = 2.0 * any("early" in meant and "value" not in meant for meant in said)
    rank += 1.5 * any("numeric" in meant for meant in said) - 2.0 * any("late" in meant for meant in said)
    return Guess(role, rank - (0.5 if words[-1] in {"text", "code", "itemid"} else 0))


def _head(words: Sequence[str], said: Sequence[frozenset[Word]]) -> Role | None:
    """What the word says that the others describe: the last, or the one before "of"."""
    of = next((at for at, word in enumerate(words) if word in {"of", "de", "del", "von"}), len(words))
    order = [*reversed(range(of)), *range(of, len(words))]
    for at in order:
        if words[at] in _ASIDE or (at and words[at] in _OF_SAMPLES and words[at - 1] in _SAMPLES):
            continue
        if found := next((_HEADS[kind] for kind in _HEADS if kind in said[at]), None):
            return found
    return None


@dataclass(frozen=True, slots=True)
class Roles:
    """The layout of a table and the role of each column that has one besides holding a feature."""

    layout: Layout
    by_column: Mapping[str, Role]


def roles_of(table: Table, codebook: Codebook, layout: Layout | None = None) -> Roles:
    """The layout, unless it is given, and each column's role by its name and its cells."""
    guesses = {name: found for name in table.columns if (found := guess(name))}
    own: Mapping[str, Role] = {codebook.patient: "patient", codebook.hours: "time"}
    guesses |= {name: Guess(role, 9) for name, role in own.items() if name in table.columns}
    named = {name for name, found in guesses.items() if found.role == "name"}
    values = {name for name, found in guesses.items() if found.role == "value"}
    features = {name for name in table.columns if name not in guesses and is_feature(name, codebook)}
    name, hits = _names_column(table, guesses, features, codebook)
    if layout is None:
        stated = bool(named and values)
        layout = "long" if name and (values or numbers(table, guesses, name)) and (hits or stated) and (
            hits >= len(features) or (stated and not features)
        ) else "wide"  # fmt: skip
    if layout == "wide":
        return Roles(
            "wide", _of_rows(table, {k: g for k, g in guesses.items() if g.role not in {"name", "value"}}, None)
        )
    value = _best(table, guesses, "value") or next(iter(numbers(table, guesses, name)), "")
    chosen: dict[str, Role] = {}
    if name:
        chosen[name] = "name"
    if value and value != name:
        chosen[value] = "value"
    units = [key for key, found in guesses.items() if found.role == "unit" and not all_digits(table, key)]
    unit = unit_of(value, units or units_by_cells(table, {*guesses, *chosen}), table)
    if unit:
        chosen[unit] = "unit"
    of_values: tuple[Role, ...] = ("specimen", "site")
    for role in of_values:
        if (column := _best(table, guesses, role)) and column not in chosen:
            chosen[column] = role
    return Roles("long", {**_of_rows(table, guesses, name), **chosen})


def _of_rows(table: Table, guesses: Mapping[str, Guess], name: str | None) -> dict[str, Role]:
    """What tells patients, stays and times of rows, in either layout."""
    chosen: dict[str, Role] = {}
    ids = [
        key for key, found in guesses.items() if found.role in {"patient", "encounter"} and any(table.column(key, 50))
    ]
    ids = [key for key in ids if key not in copies(table).values()]  # which of the two tells patients apart, is asked
    if len(table.rows) > 1:  # a name that says little must behave as such a column does
        held = {key: {cell.casefold() for cell in table.column(key, LOOKED_AT) if cell} for key in ids}
        alike = [key for key, cells in held.items() if len(cells) == 1 or cells <= _YES_NO]
        ids = [key for key in ids if guesses[key].rank > 1 or key not in alike]
    if name is not None and len(table.rows) > 1:
        ids = [key for key in ids if guesses[key].rank > 1 or not is_unique(table, key)]
    ranked = sorted(ids, key=lambda key: (name is not None and is_unique(table, key), -guesses[key].rank))
    if ranked:
        best = guesses[ranked[0]].rank
        chosen[ranked[0]] = "patient"
        chosen.update({key: "encounter" for key in ranked[1:] if guesses[key].rank >= min(best, 2)})
    if found := _best(table, guesses, "admission"):
        chosen[found] = "admission"
    times = [key for key, found in guesses.items() if found.role in {"time", "clock"}]
    times = [key for key in times if any(map(looks_like_time, table.column(key, 50))) or not any(table.column(key, 50))]
    ranked = sorted(times, key=lambda key: (-guesses[key].rank, not is_timed(table, key)))
    ranked = ranked or _dates(table, guesses, chosen)
    ranked = ranked or [key for key in table.columns if key not in chosen and tells_visits(key, table.column(key, 500))]
    if ranked:
        chosen[ranked[0]] = "time"
        for other in ranked[1:]:
            if tells_days(table, ranked[0]) and tells_clock(table, other):
                chosen[other] = "clock"
            elif tells_clock(table, ranked[0]) and tells_days(table, other):
                chosen[ranked[0]], chosen[other] = "clock", "time"
            else:
                continue
            break
    return chosen


def _dates(table: Table, guesses: Mapping[str, Guess], chosen: Mapping[str, Role]) -> list[str]:
    """The only column of dates that differ within a patient, or where none is known of dates with a time of day."""
    patient = next((key for key, role in chosen.items() if role == "patient"), "")
    found = []
    for name in table.columns:
        meant = [meanings(word) for word in words_of(name)]
        if name in guesses or any(kinds & {"other", "never"} for kinds in meant):
            continue
        first = next((cell for cell in table.column(name, 50) if cell), "")
        if not first or (begins := moment(first)) is None or begins.kind != "date":
            continue  # most columns hold numbers
        moments = [(row, moment(row)) for row in table.column(name, 500) if row]
        if not moments or sum(bool(at and at.kind == "date") for _, at in moments) < 0.9 * len(moments):
            continue
        who = table.column(patient, 500) if patient else []
        pairs = set(zip(who, table.column(name, 500), strict=True)) if patient else set()
        if len(pairs) > len(set(who)) if patient else any(at and at.timed for _, at in moments):
            found.append(name)
    return found if len(found) == 1 else []


def _best(table: Table, guesses: Mapping[str, Guess], role: Role) -> str:
    """The column that is most likely of ``role`` and holds something; "" where none is."""
    found = [name for name, item in guesses.items() if item.role == role]
    if role == "specimen":  # a column of specimens may number them
        found = [name for name in found if tells_specimens(table.column(name, LOOKED_AT))] or found
    if role == "admission":  # the way of one is in words
        found = [name for name in found if any(map(looks_like_time, table.column(name, LOOKED_AT)))]
    filled = [name for name in found if any(table.column(name, LOOKED_AT))] or found
    return max(filled, key=lambda name: guesses[name].rank, default="")


def _names_column(
    table: Table, guesses: Mapping[str, Guess], features: Collection[str], codebook: Codebook
) -> tuple[str, int]:
    """The column whose cells name the most features, and how many; of those named so where none does, the first."""
    named = [name for name, found in guesses.items() if found.role == "name"]
    others = [name for name in table.columns if name not in guesses and name not in features]
    best, hits, rank = "", 0, float("-inf")
    for name in [*named, *others]:
        cells = list(dict.fromkeys(cell for cell in table.column(name, LOOKED_AT) if cell))
        texts = [cell for cell in cells[:_NAMES] if any(sign.isalpha() for sign in cell) or "-" in cell]
        found = sum(is_feature(cell, codebook) for cell in texts)
        if name in others and (found < 2 or found * 3 < len(texts)):
            continue
        if name in named and found < len(cells) / 3 and guesses[name].role != "name":
            continue
        order = guesses[name].rank if name in guesses else -9.0
        if (found, order) > (hits, rank) or not best:
            best, hits, rank = name, found, order
    return best, hits
