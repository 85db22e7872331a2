"""What a column of susceptible isolates means: percent, fraction or count. Where it could be two of them, it is asked.

0.9 may be nine in ten or nine in a thousand, and 34 of 40 may be 34 % or 85 %: nothing decides that but a word.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from creason_core.errors import GuidelineError
from creason_core.record.importing.cells.values import plain_number
from creason_core.record.importing.columns.headers import folded
from creason_core.record.importing.contents.decimals import cell_decimal, column_decimal, table_decimal, two_readings
from creason_core.record.importing.files.protocol import Table

Kind = Literal["percent", "fraction", "count"]
KINDS: tuple[Kind, ...] = ("percent", "fraction", "count")

PERCENT = frozenset({"percent", "pct"})
_FRACTION = frozenset({"fraction", "proportion"})
_SHARE = frozenset({"share", "rate", "susceptibility"})
_ASK = "Say which with --share percent, fraction or count (in Settings: under the file). Nothing was added."


def kind_of(column: str, cells: Sequence[tuple[int, str]], told: Kind | None, name: str) -> Kind:
    """What ``column`` holds; ``cells`` come with the numbers of their rows, ``told`` is what a person said.

    Raises:
        GuidelineError: It could be two things, and nobody has said which.
    """
    if told:
        return told
    signed = [text.endswith("%") for _, text in cells]
    if all(signed):
        return "percent"
    if any(signed):
        row, text = next(cell for cell, has in zip(cells, signed, strict=True) if not has)
        raise GuidelineError(
            f"{name}, row {row}: '{text}' has no % sign, as other cells of '{column}' have.", remedy=_ASK
        )
    words = set(folded(column.replace("%", " percent ")).replace("(", " ").replace(")", " ").split())
    if words & _FRACTION:
        return "fraction"
    numbers = [(row, text, number) for row, text in cells if (number := _number(text)) is not None]
    small = next(((row, text) for row, text, number in numbers if 0 < number <= 1), None)
    if words & PERCENT or (words & _SHARE and any(number > 1 for _, _, number in numbers)):
        if small:
            row, text = small
            raise GuidelineError(
                f"{name}, row {row}: '{column}' = {text} may be {text} % or a fraction of 1.", remedy=_ASK
            )  # fmt: skip
        return "percent"
    row, text = small or (cells[0] if cells else (0, ""))
    raise GuidelineError(
        f"{name}, row {row}: '{column}' = {text} may be a percentage, a fraction or a count of isolates.", remedy=_ASK
    )


def number_column(
    table: Table, column: str, cells: Sequence[str], name: str, *, whole: bool = False
) -> Callable[[str], float | None]:
    """How a cell of ``column`` becomes a number, None where it is none; a % sign at its end is left off.

    Raises:
        GuidelineError: Its numbers can be read in two ways ("1,100").
    """
    typed = not table.delimiter
    bare = [text.removesuffix("%").strip() for text in cells]
    decimal = column_decimal(bare, table_decimal(table), typed=typed, whole=whole)
    if decimal is None:
        example, one, other = two_readings(bare)
        raise GuidelineError(
            f"{name}: '{column}' = {example} can be read as {one} and as {other}.",
            remedy="Write numbers without groups of thousands. Nothing was added.",
        )

    def number(text: str) -> float | None:
        bare = text.removesuffix("%").strip()
        return plain_number(bare, cell_decimal(bare, decimal, typed=typed))

    return number


def share_of(row: int, text: str, number: float | None, kind: Kind, tested: int) -> float:
    """The share of ``tested`` isolates that was susceptible, 0 to 1.

    Raises:
        GuidelineError: The cell holds no number, or one that no share can be.
    """
    if number is None:
        raise GuidelineError(
            f"Row {row}: susceptible = '{text}' is no number. Write the share, or leave the row out."
        )  # fmt: skip
    if text.endswith("%") and kind != "percent":
        raise GuidelineError(
            f"Row {row}: susceptible = {text} is a percentage in a column told as a {kind}. Correct one."
        )
    most = {"percent": 100.0, "fraction": 1.0, "count": float(tested)}[kind]
    called = {"percent": "100 %", "fraction": "1", "count": f"the {tested} that were tested"}[kind]
    if number < 0:
        raise GuidelineError(f"Row {row}: susceptible = {text} is negative; a share begins at 0. Correct it.")
    if number > most:
        raise GuidelineError(
            f"Row {row}: susceptible = {text} is over {called}. Correct it, or say what the column holds."
        )
    if kind == "count" and not number.is_integer():
        raise GuidelineError(f"Row {row}: susceptible = {text} is no whole number of isolates. Correct it.")
    return number / most or 0.0  # and not -0


def _number(text: str) -> float | None:
    """A cell as a number, by whichever decimal sign; only its size against 1 counts here."""
    return plain_number(text, "comma" if "," in text and "." not in text else "point")
