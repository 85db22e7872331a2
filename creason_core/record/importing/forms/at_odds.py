"""What a file says twice and not alike, or of nothing that it names, where no person can be asked: it is refused."""

import re
from collections.abc import Callable, Collection, Mapping

from creason_core.errors import UploadError
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.identifiers import shown_column
from creason_core.record.importing.cells.checking import differ
from creason_core.record.importing.columns.headers import parse_header
from creason_core.record.importing.columns.mapping import ColumnMap, Role, TableMapping, target_feature
from creason_core.record.importing.columns.matching import feature_of_column
from creason_core.record.importing.contents.merging import may_merge
from creason_core.record.importing.contents.signs import with_signs
from creason_core.record.importing.files.protocol import Table
from creason_core.record.units import unit_for, unit_named

_WITH_UNIT = re.compile(r"[<>]?[+-]?\d[\d.,]*\s*([^\d\s.,].*)")


def refuse_rivals(table: Table, mapping: TableMapping, known: Codebook) -> None:
    """Stops where several columns could be the value or its unit, and do not say the same.

    Raises:
        UploadError: It is so.
    """
    for rivals in mapping.rivals:
        if rivals.role in {"value", "unit"} and not rivals.alike:
            names = " and ".join(f"'{shown_column(name)}'" for name in rivals.columns)
            remedy = "Leave all but one of them out of the table."
            if may_merge(table, mapping, rivals, known):
                pair = "=".join(map(shown_column, rivals.columns))
                remedy += f" They complete each other: --merge '{pair}' takes them for one."
            raise UploadError(
                f"{names} could each be the {rivals.role}, and they do not say the same.",
                remedy=remedy,
            )


def with_comparators(table: Table, numbers: Callable[[Table, str], bool]) -> Table:
    """``table`` with the comparators of its columns of them joined to their values; ``numbers`` tells such columns.

    Raises:
        UploadError: Nothing says of which values they are.
    """
    roles: Mapping[bool, Role] = {True: "feature", False: "ignored"}
    columns = tuple(ColumnMap(column=name, role=roles[numbers(table, name)]) for name in table.columns)
    signed = with_signs(table, TableMapping(codebook="", layout="wide", columns=columns))
    if found := signed.problems[len(table.problems) :]:
        raise UploadError(
            f"Row {found[0].number}: {found[0].message}",
            remedy="Call the column by its values, such as 'bilirubin sign', or put it to the left of them.",
        )
    return signed


def refuse_two_units(table: Table, mapping: TableMapping, known: Codebook) -> None:
    """Stops where the rows of a long table say another unit beside a value than in its cell, or in the test's name.

    Raises:
        UploadError: It is so.
    """
    columns = [mapping.column(role) for role in ("name", "value", "unit")]
    if not all(columns):
        return
    name, value, unit = (table.columns.index(item.column) for item in columns if item)
    features = {item.name: target_feature(item.target, known) for item in mapping.names if item.target}
    beside: dict[str, set[str]] = {}
    for row in table.rows:
        called, text, said = row.cells[name], row.cells[value], row.cells[unit]
        feature = features.get(called)
        if not text or not said or feature is None or not feature.numeric:
            continue
        beside.setdefault(called, set()).add(said)
        own = None if text[-1].isdigit() else _WITH_UNIT.fullmatch(text)
        if own and differ(feature, own[1], said):
            raise UploadError(
                f"Row {row.number}: the file says '{own[1][:20]}' and '{said[:20]}' of one value.",
                remedy="Correct the unit that is not its own.",
            )
    for called, units in beside.items():
        _refuse(called, units, features[called])


def refuse_units(name: str, beside: Collection[str], known: Codebook) -> None:
    """Stops where a column's name says one unit, and the units beside its values are none of them that one.

    Raises:
        UploadError: It is so.
    """
    feature = feature_of_column(name, known)
    if feature and feature.numeric:
        _refuse(name, beside, feature)


def _refuse(name: str, beside: Collection[str], feature: Feature) -> None:
    written = parse_header(name).written
    units = [unit for unit in beside if unit_for(feature, unit) or unit_named(unit)]
    if written and units and all(differ(feature, written, unit) for unit in units):
        raise UploadError(
            f"'{shown_column(name)}' says {written}, and the units beside its values {', '.join(sorted(units)[:3])}.",
            remedy="Correct the name, or the units.",
        )
