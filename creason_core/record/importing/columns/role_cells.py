"""How columns behave that nothing but their cells tells what they are for: of numbers, of units, of times of day."""

from collections.abc import Collection, Sequence

from creason_core.record.importing.cells.moments import moment
from creason_core.record.importing.columns.role_words import words_of
from creason_core.record.importing.files.protocol import Table
from creason_core.record.units import unit_named

LOOKED_AT = 2_000  # rows, to see how a column behaves
_FIRST, _ANY_DAY = 50, "1.1.2000"


def is_timed(table: Table, column: str) -> bool:
    """Whether a column's first filled cell is a date with a time of day: it says more than the date beside it."""
    found = moment(next(filter(None, table.column(column, 50)), ""))
    return bool(found and found.kind == "date" and found.timed)


def tells_days(table: Table, column: str) -> bool:
    """Whether a column's first cells are dates, or such at midnight as spreadsheets and databases write them."""
    found = [moment(cell) for cell in table.column(column, _FIRST) if cell]
    return bool(found) and all(
        at is not None and at.kind == "date" and not at.zoned and (not at.timed or at.hours % 24 == 0) for at in found
    )


def tells_clock(table: Table, column: str) -> bool:
    """Whether a column's first cells are times of a day: "08:30", and beside a date "8.30" and "0830" as well."""
    cells = [cell for cell in table.column(column, _FIRST) if cell]
    return bool(cells) and all(
        (found := moment(f"{_ANY_DAY} {cell}")) is not None and found.timed and not tells_date(cell) for cell in cells
    )


def tells_date(cell: str) -> bool:
    """Whether a cell is a date, with or without a time of day."""
    found = moment(cell)
    return found is not None and found.kind == "date"


def is_unique(table: Table, column: str) -> bool:
    """Whether no two filled cells of a column are the same."""
    cells = [cell for cell in table.column(column, LOOKED_AT) if cell]
    return len(cells) > 1 and len(set(cells)) == len(cells)


def numbers(table: Table, known: Collection[str], name: str) -> list[str]:
    """The only column of numbers, or of numbers with decimals, that nothing else is known of."""
    found: dict[str, bool] = {}
    for column in table.columns:
        if column == name or column in known:
            continue
        cells = [cell for cell in table.column(column, 200) if cell]
        good = [cell for cell in cells if cell.replace(",", ".", 1).replace(".", "", 1).lstrip("<>-+").isdigit()]
        if cells and len(good) / len(cells) > 0.8:
            found[column] = any("." in cell or "," in cell for cell in good)
    decimals = [column for column, has in found.items() if has]
    return next((list(options) for options in (found, decimals) if len(options) == 1), [])


def units_by_cells(table: Table, known: Collection[str]) -> list[str]:
    """Columns whose cells are units, whatever they are called."""
    found = []
    for column in table.columns:
        cells = {cell for cell in table.column(column, 200) if cell} if column not in known else set()
        if cells and sum(bool(unit_named(cell)) for cell in cells) > 0.8 * len(cells) and not any(map(_digits, cells)):
            found.append(column)
    return found


def all_digits(table: Table, column: str) -> bool:
    """Whether a column holds whole numbers, decimal signs aside, and nothing else."""
    cells = [cell for cell in table.column(column, 200) if cell]
    return bool(cells) and all(map(_digits, cells))


def _digits(cell: str) -> bool:
    return cell.replace(".", "").replace(",", "").isdigit()


def unit_of(value: str, units: Sequence[str], table: Table) -> str:
    """The unit column of a value column: the one whose name is most alike at its beginning and end, and is filled."""
    filled = [name for name in units if any(table.column(name, LOOKED_AT))] or list(units)

    return max(filled, key=lambda name: (same_start(value, name), -table.columns.index(name)), default="")


def same_start(one: str, other: str) -> int:
    """How many letters two names begin with alike."""
    first, second = ("".join(words_of(name)) for name in (one, other))
    return next((at for at, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), len(second))
