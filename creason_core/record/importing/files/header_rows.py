"""Column names that stand in two rows, a group above its columns ("Urine" over "creatinine" and "sodium").

A group is part of a name: urine creatinine is not creatinine. Only a row of groups with gaps, above a row of words that
heads numbers, is taken for one; a row of units or of values is neither. Runs in the parsing process.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise

Numbered = tuple[int, Sequence[object]]

_FIRST = 40  # rows that are looked at, a title above included
_BELOW = 8  # rows that should hold values
_HEADER = 0.6  # of a table's width, that a row of names fills
# What sections of a record are called: as the group of a column it adds nothing to the name.
_SECTIONS = frozenset(
    "lab|labs|laboratory|lab values|laboratory values|labor|laborwerte|laboratoire|biologie|laboratorio|chemistry|"
    "biochemistry|haematology|hematology|vitals|vital signs|vitalwerte|vitalparameter|constantes|signos vitales|"
    "signes vitaux|demographics|demografie|patient|patients|patient data|patientendaten|general|clinical|scores|"
    "outcome|outcomes|comorbidities|검사|환자|활력징후".split("|")
)
_VALUE = frozenset("value values result wert ergebnis valeur résultat valor resultado 값 결과".split())
_UNIT = frozenset("unit units einheit unité unidad uom 단위".split())
_NO_NAME = frozenset("na n/a nan nd n.d. null none unknown missing pending yes no y n f m - . ?".split())
_NUMBER = re.compile(r"[<>≤≥]?\s*[+-]?\d[\d.,:/ T-]*\S{0,12}")


def joined(rows: Iterable[Numbered], told: Callable[[str], object]) -> Iterator[Numbered]:
    """``rows``, with two rows of column names at their top made one, and without lines of words above them.

    ``told`` hears what was done.
    """
    rows = iter(rows)
    first = list(islice(rows, _FIRST))
    texts = [[_bare(cell) for cell in cells] for _, cells in first]
    at = _group_row(texts)
    if at is not None:
        told("The column names stand in two rows, which were read together.")
        first[at : at + 2] = [(first[at + 1][0], _names(texts[at], texts[at + 1]))]
    elif above := _said_above(texts):
        told(f"{above} rows above the column names were skipped.")
        first = first[above:]
    yield from chain(first, rows)


def holds_table(rows: Iterable[Sequence[object]]) -> bool:
    """Whether a sheet looks like a table: a row of words, and below it one with a number, both wider than one cell."""
    named = False
    for cells in islice(rows, _FIRST):
        filled = [text for cell in cells if (text := _bare(cell))]
        if len(filled) > 1:
            numbers = sum(begins_as_number(text) for text in filled)
            if named and numbers:
                return True
            named = named or numbers <= len(filled) / 2
    return False


def _said_above(texts: Sequence[Sequence[str]]) -> int:
    """How many rows stand above the column names, where one of them has two cells ("Exported", "5 March")."""
    counts = [sum(map(bool, row)) for row in texts]
    widest = max(counts, default=0)
    at = next((place for place, count in enumerate(counts) if count > 2), 0)
    if widest < 4 or counts[at] < _HEADER * widest or 2 not in counts[:at]:
        return 0
    return at if all(is_name(text) for text in texts[at] if text) else 0


def _group_row(texts: Sequence[Sequence[str]]) -> int | None:
    """The place of a row of groups, the row below which holds the names."""
    for at, above in enumerate(texts[:-2]):
        filled = [place for place, text in enumerate(above) if text]
        if not filled or filled == [0]:  # nothing, or a title
            continue
        if _is_pair(above, texts[at + 1], texts[at + 2 : at + 2 + _BELOW]):
            return at
        if len(filled) > 2:  # fewer may be words above the table
            return None
    return None


def _is_pair(above: Sequence[str], names: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    said = [text for text in names if text]
    if len(said) < 2 or not all(map(is_name, (*said, *filter(None, above)))):
        return False
    gaps = [at for at, text in enumerate(names) if text and not _cell(above, at)]
    spanned = [at for at in gaps if any(above[:at])]
    lone = [at for at, text in enumerate(above) if text and not _cell(names, at)]
    heads = sum(any(begins_as_number(_cell(row, at)) for row in below) for at, text in enumerate(names) if text)
    repeated = sum(one == other != "" for one, other in pairwise(above))  # each column has its group, as pandas writes
    in_width = all(_cell(above, at) or _cell(names, at) for at in range(max(len(above), len(names))))
    gapped = bool(spanned) and (len(spanned) > 1 or len(gaps) > 1 or bool(lone))
    return in_width and heads > 0 and (gapped or repeated > 0)


def _names(above: Sequence[str], names: Sequence[str]) -> list[str]:
    groups, group = [], ""
    for at in range(max(len(above), len(names))):
        group = _cell(above, at) or group
        groups.append(group)
        group = group if _cell(names, at) else ""  # a name over two rows is no group of what follows
    plain = [_joined(group, _cell(names, at)) for at, group in enumerate(groups)]
    short = [
        _cell(names, at) if group.casefold() in _SECTIONS and _cell(names, at) else plain[at]
        for at, group in enumerate(groups)
    ]
    return [name if short.count(name) == 1 else plain[at] for at, name in enumerate(short)]


def _joined(group: str, name: str) -> str:
    if name.casefold() in _VALUE or not name:
        return group or name
    return f"{group} unit" if group and name.casefold() in _UNIT else f"{group} {name}".strip()


def _bare(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def is_name(text: str) -> bool:
    """Whether a cell can be the name of a column: words, and none that stands for a value."""
    return (text[0].isalpha() or text[0] in "%(") and (text == "Na" or text.casefold() not in _NO_NAME)  # sodium


def begins_as_number(text: str) -> bool:
    """Whether a cell is a number, with a sign of comparison or a unit beside it."""
    return bool(_NUMBER.fullmatch(text))


def is_number(text: str) -> bool:
    """Whether a cell is a number and nothing else, with either decimal sign."""
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
