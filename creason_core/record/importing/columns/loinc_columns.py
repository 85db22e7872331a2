"""A column of LOINC codes beside a long table's names: a code of something else, or one not known, outweighs the name.

"Creatinine" with 2161-8 is the urine's. What is not known to be the same is suggested, and a person decides.
"""

from collections.abc import Iterable, Sequence

from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.columns.mapping import NameMap, TableMapping, target_feature
from creason_core.record.importing.files.protocol import Table
from creason_core.record.units import analyte_with_loinc, is_loinc

_LOOKED_AT = 200  # rows, to see whether a column holds codes


def agreeing_with_codes(
    names: Iterable[NameMap], table: Table, mapping: TableMapping, codebook: Codebook
) -> tuple[NameMap, ...]:
    """``names``, of which those with a LOINC code that is not known to be their feature's are only suggestions."""
    given, column, name_at = tuple(names), _column_of_codes(table, mapping), mapping.column("name")
    if column is None or name_at is None:
        return given
    at = table.columns.index(name_at.column)
    codes: dict[str, set[str]] = {}
    for row in table.rows:
        if is_loinc(code := row.cells[column].strip()):
            codes.setdefault(row.cells[at], set()).add(code)
    return tuple(_checked(item, sorted(codes.get(item.name, ())), codebook) if item.target else item for item in given)


def _column_of_codes(table: Table, mapping: TableMapping) -> int | None:
    """The first column without a use of its own of whose filled cells most are LOINC codes."""
    for item in mapping.columns:
        at = table.columns.index(item.column)
        cells = [row.cells[at].strip() for row in table.rows[:_LOOKED_AT] if row.cells[at].strip()]
        if item.role == "ignored" and cells and 2 * sum(map(is_loinc, cells)) > len(cells):
            return at
    return None


def _checked(item: NameMap, codes: Sequence[str], codebook: Codebook) -> NameMap:
    feature = target_feature(item.target, codebook)
    strange = [code for code in codes if not _names_it(code, feature)]
    if not strange:
        return item
    note = f"Rows of this name have the LOINC code {strange[0]}, which is not known to be {feature.label}'s."
    return NameMap(name=item.name, target="", score=0.7, why="similar", note=note, suggested=item.target)


def _names_it(code: str, feature: Feature) -> bool:
    stated, own = analyte_with_loinc(code), analyte_with_loinc(feature.loinc)
    return code == feature.loinc or (stated is not None and stated == own) or not feature.loinc
