"""A plain list as people type and paste it: "Creatinine 2.1 mg/dL", a name, a value and perhaps a unit a line.

Only text whose lines are nearly all of this form is taken for a list; a line that can be read in no way, or in more
than one ("Apgar 1 min 9"), is then named and not used. Runs in the parsing process.
"""

import re

from creason_core.record.importing.files.sink import Sink

_COLUMNS = ("Feature", "Value", "Unit")
_CHARACTERS, _FIRST = 20_000, 20  # of the text and its lines, that must look like a list
_SHARE = 0.8
_NUMBER = r"[<>≤≥~≈]?=?[+-]?\d+(?:[.,]\d+)*"
_VALUE = re.compile(rf"(?P<number>{_NUMBER}(?:/\d+)?)(?P<unit>(?:[^\W\d_]|[%‰°/])\S*)?")
_POWER = re.compile(r"[x×*]?10(?:[\^*eE]|E\+)\d.*")  # 10^9/L is a unit, although it begins like a number
_FLAG = re.compile(r"[*!↑↓]+|\(?(?:H|L|HH|LL|high|low)\)?\*?", re.IGNORECASE)
_LIMIT = re.compile(r"([<>≤≥~≈]=?)\s+(?=\d)")
# "Creatinine: 2.1", "Sex = female", "PaCO2: 41"; in "8:30" nothing is named
_NAMED = re.compile(r"(?:(?<=[^\W\d_)\]])\s*[:=]\s*|(?<=[^\W_])\s*[:=]\s+|(?<=[^\W_])\s*=\s*)(?=\S)")
_WIDE = re.compile(r"\s{2,}")
_PARTED = re.compile(r"[;|\t]|\D,|,\D")  # signs that part columns; a comma between digits is a decimal comma


def put_plain_list(text: str, sink: Sink) -> bool:
    """Puts a list of names and values into ``sink``; false, and nothing put, where ``text`` is no such list."""
    first = [_cells(line.strip()) for line in text[:_CHARACTERS].splitlines() if line.strip()][:_FIRST]
    if not first or sum(cells is not None for cells in first) < _SHARE * len(first):
        return False
    sink.delimiter(" ")
    sink.header(_COLUMNS)
    for number, line in enumerate(text.splitlines(), start=1):
        if cells := _cells(line.strip()):
            sink.row(number, cells)
        elif line.strip():
            sink.problem(number, "The line is not read as a name, one value and its unit.")
    return True


def _cells(line: str) -> tuple[str, str, str] | None:
    """Name, value and unit of a line; None where it is no such line, or may be more than one."""
    first = line.split(maxsplit=1)[0] if line else ""
    if not first[:1].isalnum() or not any(map(str.isalpha, first)) or _PARTED.search(line):
        return None
    parts = _WIDE.split(_NAMED.sub("  ", _LIMIT.sub(r"\1", line), count=1))
    if len(parts) < 2 and not first[0].isalpha():
        return None  # "30-day mortality  no" is told by its gap
    if len(parts) > 1:
        name, said = parts[0], " ".join(parts[1:])
        found = _value(said.split())
        return (name, *found) if found else (name, said, "") if len(parts) == 2 else None
    words = parts[0].split()
    numbers = [at for at, word in enumerate(words) if _is_value(word)]
    if len(numbers) != 1 or not numbers[0]:
        return None
    found = _value(words[numbers[0] :])
    return (" ".join(words[: numbers[0]]), *found) if found else None


def _is_value(word: str) -> bool:
    return bool(_VALUE.fullmatch(word)) and not _POWER.fullmatch(word)


def _value(words: list[str]) -> tuple[str, str] | None:
    """A number, which keeps a laboratory's flag, and its unit; None where another number follows, or none comes first.

    A single L is litres: only what follows a unit is a flag.
    """
    found = _VALUE.fullmatch(words[0])
    if not found or _POWER.fullmatch(words[0]) or any(_is_value(word) for word in words[1:]):
        return None
    units = [found["unit"] or "", *words[1:]]
    flag = units.pop() if len([word for word in units if word]) > 1 and _FLAG.fullmatch(units[-1]) else ""
    return f"{found['number']} {flag}".strip(), " ".join(units).strip().strip("()")
