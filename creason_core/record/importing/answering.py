"""What a person's answer to a question with options makes of a mapping."""

from collections.abc import Iterator

from creason_core.record.codebook import Codebook
from creason_core.record.importing.columns.headers import parse_header
from creason_core.record.importing.columns.mapping import ColumnMap, Rivals, TableMapping, target_feature
from creason_core.record.importing.columns.times import is_date
from creason_core.record.importing.contents.column_units import unit_of_column, without_unit
from creason_core.record.importing.contents.rivals import own_unit
from creason_core.record.importing.contents.unit_columns import units_beside, units_by_name
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.review.asking import answered
from creason_core.record.importing.review.rival_questions import EACH, MERGED, NONE, is_open, told_by
from creason_core.record.importing.suggesting import choose_column, choose_role, suggest_names


def answered_in(table: Table, mapping: TableMapping, asks: str, answer: str, codebook: Codebook) -> TableMapping:
    """``mapping`` of ``table`` with a person's answer to any question with options."""
    if asks != "columns":
        return answered(mapping, asks, answer)
    if answer == EACH:
        return mapping.model_copy(update={"several": "each"})
    open_ = [rivals for rivals in mapping.rivals if rivals.role == "feature" and is_open(mapping, rivals)]
    if answer == NONE or answer.startswith(f"{EACH}:"):
        word = answer.partition(":")[2]
        for rivals in open_:
            mapping = _taken(table, mapping, rivals, told_by(rivals).get(word, "") if word else "", codebook)
        return mapping
    role, target, column = answer.split(":", 2)
    asked = next((one for one in mapping.rivals if (one.role, one.target) == (role, target)), None)
    return _taken(table, mapping, asked, column, codebook) if asked else mapping


def _taken(table: Table, mapping: TableMapping, rivals: Rivals, column: str, codebook: Codebook) -> TableMapping:
    merged = column == MERGED
    column = rivals.columns[0] if merged else column
    if rivals.role == "feature":
        columns = tuple(_features(table, mapping, rivals, column, codebook))
        changed = mapping.model_copy(update={"columns": columns})
    else:
        changed = choose_role(table, mapping, rivals.role, column, codebook)
        if rivals.role == "value" and mapping.column("unit") and (unit := own_unit(table, column)):
            changed = choose_role(table, changed, "unit", unit, codebook)
        if rivals.role == "time" and not is_date(next(filter(None, table.column(column, 50)), "") if column else ""):
            changed = choose_role(table, changed, "clock", "", codebook)  # it was of the other
    said = rivals.model_copy(update={"chosen": column, "merged": merged})
    told = tuple(said if one == rivals else one for one in mapping.rivals)
    changed = changed.model_copy(update={"rivals": told})
    if merged and rivals.role == "value":
        return changed.model_copy(update={"names": suggest_names(table, changed, codebook)})
    return changed


def _features(
    table: Table, mapping: TableMapping, rivals: Rivals, column: str, codebook: Codebook
) -> Iterator[ColumnMap]:
    """The columns where one of those of a feature is chosen, with the column of its units."""
    units = {**units_by_name(table.columns), **units_beside(table, rivals.columns)}
    for item in mapping.columns:
        if item.column == column:
            chosen = choose_column(table, column, rivals.target, mapping.decimal, codebook)
            beside = next((unit for unit, value in units.items() if value == column), "")
            yield _with_units(table, chosen, beside, mapping, codebook) if beside else chosen
        elif item.column in rivals.columns:
            yield ColumnMap(column=item.column, role="ignored", why="chosen")
        elif column and units.get(item.column) == column:
            yield ColumnMap(column=item.column, role="unit", target=rivals.target, score=1.0)
        else:
            yield item


def _with_units(table: Table, item: ColumnMap, beside: str, mapping: TableMapping, codebook: Codebook) -> ColumnMap:
    """A column that is chosen, in the unit of its values that ``beside`` gives none for."""
    bare = without_unit(table.column(item.column), table.column(beside))
    feature, header = target_feature(item.target, codebook), parse_header(item.column)
    unit, source = unit_of_column(feature, bare, mapping.decimal, header, True)
    return item.model_copy(update={"unit": unit, "unit_from": source})
