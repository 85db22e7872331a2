"""How a table is read: which column is which feature, in which unit. Plain models, without a patient's value."""

from typing import Literal

from creason_core.frozen import Frozen
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.cells.values import Decimal
from creason_core.record.importing.columns.times import TimesAs
from creason_core.record.units import analyte_with_loinc, formula_inputs

Layout = Literal["wide", "long"]
Role = Literal[
    "feature", "patient", "encounter", "name", "value", "unit", "time", "clock", "admission", "specimen", "site",
    "ignored",
]  # fmt: skip
Why = Literal["name", "label", "LOINC", "alias", "similar", "search", "chosen", ""]
UnitFrom = Literal["header", "unit column", "values", "assumed", "chosen", ""]
Choice = Literal["worst", "first", "last"]
Otherwise = Literal["", "first", "last", "highest", "lowest", "leave out"]
Patients = Literal["", "one", "rows"]
Blanks = Literal["", "fill down", "leave out", "own"]
Repeats = Literal["", "together", "first row", "last row"]
Untimed = Literal["", "leave out", "day 1"]
Origin = Literal["", "first time"]
Portions = Literal["", "add up", "once", "leave out"]
Alike = Literal["", "one", "apart"]
Centres = Literal["", "one", "apart"]
Several = Literal["", "each"]
Replaced = Literal["", "last", "each"]


class ColumnMap(Frozen):
    """What one column is. ``target`` names a feature, or an input of a formula, for the role "feature".

    ``unit`` is a UCUM code; "" is the codebook's unit or none. ``sure`` is false where a person should look, and
    ``suggested`` the target that an ignored column may be: nothing is taken by it until a person chooses.
    """

    column: str
    role: Role
    target: str = ""
    score: float = 0.0
    why: Why = ""
    unit: str = ""
    unit_from: UnitFrom = ""
    sure: bool = True
    note: str = ""
    suggested: str = ""


class NameMap(Frozen):
    """In a long table: what one name in the name column is, with the unit assumed where rows give none.

    ``suggested`` and ``note`` are as of a ``ColumnMap``.
    """

    name: str
    target: str
    score: float
    why: Why
    unit: str = ""
    unit_from: UnitFrom = ""
    note: str = ""
    suggested: str = ""


class Rivals(Frozen):
    """Columns of which each could have ``role``, or hold the feature ``target``; the first is the one suggested.

    They say the same where they are ``alike``, and nothing is asked. ``chosen`` is the column that a person has said
    to count, "" for none of them, and None until it is said; where they are ``merged``, the others fill its gaps.
    """

    role: Role
    columns: tuple[str, ...]
    target: str = ""
    alike: bool = False
    chosen: str | None = None
    merged: bool = False


class TableMapping(Frozen):
    """How a table is read. What a file does not say is "" until a person has said it, where it matters.

    ``choice`` says which of several values of a patient counts, where neither the codebook says it nor the values are
    all the same; ``otherwise`` the same for those of which none is worst. ``times`` is how the column of times is read.
    ``patients``: without a column for them, all rows are "one" patient, or the "rows" are one each. ``blanks`` is what
    becomes of rows without a patient, ``repeats`` of further rows of a patient without a time, ``untimed`` of values
    without a time that can be read. ``origin``: hours are counted from a patient's first time, where the table has no
    admission. ``portions`` of an amount are added up: all of them, or "once" what several rows of a time say. ``alike``
    says whether ids that differ in leading zeros or capitals only ("001" and "1") are one patient's, ``centres``
    whether one id in several hospitals is. ``rivals`` are columns for one part of a row or one feature, ``several``
    says that they are asked about feature by feature. Of results of one time the one that was reported "last" has
    ``replaced`` the others, or "each" is one of its own.
    """

    codebook: str
    layout: Layout
    columns: tuple[ColumnMap, ...]
    names: tuple[NameMap, ...] = ()
    decimal: Decimal = "point"
    choice: Choice = "worst"
    otherwise: Otherwise = ""
    times: TimesAs = ""
    patients: Patients = ""
    blanks: Blanks = ""
    repeats: Repeats = ""
    untimed: Untimed = ""
    origin: Origin = ""
    portions: Portions = ""
    alike: Alike = ""
    centres: Centres = ""
    rivals: tuple[Rivals, ...] = ()
    several: Several = ""
    replaced: Replaced = ""

    def column(self, role: Role) -> ColumnMap | None:
        """The first column with ``role``."""
        return next((item for item in self.columns if item.role == role), None)

    def with_unit(self, source: UnitFrom) -> tuple["ColumnMap | NameMap", ...]:
        """The columns or names whose unit is known from ``source``."""
        columns = tuple(item for item in self.columns if item.unit_from == source and item.target)
        return (*columns, *(item for item in self.names if item.unit_from == source and item.target))

    @property
    def mapped(self) -> tuple[str, ...]:
        """The targets that something is mapped to."""
        wide = (item.target for item in self.columns if item.role == "feature")
        return tuple(
            dict.fromkeys(wide if self.layout == "wide" else (item.target for item in self.names if item.target))
        )

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The columns (or, in a long table, names) that nothing is made of."""
        wide = tuple(item.column for item in self.columns if item.role == "ignored")
        return wide if self.layout == "wide" else (*wide, *(item.name for item in self.names if not item.target))


class SavedMapping(Frozen):
    """A mapping under a name, to use again; ``version`` is of this format."""

    name: str
    version: Literal[1] = 1
    mapping: TableMapping


def target_feature(name: str, codebook: Codebook) -> Feature:
    """The feature of a target: of the codebook, else an input of a formula.

    Raises:
        CodebookError: It is neither.
    """
    found = codebook.by_name.get(name) or formula_inputs().by_name.get(name)
    return found or codebook.feature(name)


def targets(codebook: Codebook) -> tuple[Feature, ...]:
    """Everything a column can be mapped to; of formula inputs, those that the codebook lacks under any code."""
    known = {_measured(feature) for feature in codebook.features if feature.loinc}
    return (*codebook.features, *(item for item in formula_inputs().features if _measured(item) not in known))


def _measured(feature: Feature) -> str:
    analyte = analyte_with_loinc(feature.loinc)
    return analyte.name if analyte else feature.loinc
