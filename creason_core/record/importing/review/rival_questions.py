"""What is asked about columns of which each could be one part of a row, or hold one feature."""

from collections import Counter
from collections.abc import Mapping, Sequence

from creason_core.record.codebook import Codebook
from creason_core.record.importing.columns.headers import parse_header
from creason_core.record.importing.columns.mapping import Rivals, Role, TableMapping, target_feature
from creason_core.record.importing.contents.merging import may_merge
from creason_core.record.importing.contents.previews import preview
from creason_core.record.importing.decisions import Question
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.patients.choosing import over_time
from creason_core.record.importing.patients.patients import Grouped
from creason_core.record.importing.report import safe_text

EACH, NONE = "each", "none"  # answers about several features at once
MERGED = "::all"  # an answer in the place of a column: each counts where it is filled
_FEW, _NAMED = 3, 8  # features that are asked about one by one, and that a question names
_PARTS: Mapping[Role, str] = {
    "name": "the name of the test", "value": "the value", "unit": "the unit", "time": "the time of the values",
    "admission": "the time of admission", "specimen": "the specimen",
}  # fmt: skip
_OR_NONE = frozenset({"unit", "time", "admission", "specimen"})  # parts that a table need not have


def about_rivals(table: Table, mapping: TableMapping, grouped: Grouped, codebook: Codebook) -> list[Question]:
    """What is asked where several columns could be one part of a row, or hold one feature, and say different things."""
    open_ = [rivals for rivals in mapping.rivals if is_open(mapping, rivals)]
    found = [_of_role(table, rivals, _merging(table, mapping, rivals, codebook)) for rivals in open_
             if rivals.role != "feature"
             and (rivals.role not in {"time", "admission"} or _times_matter(mapping, grouped, codebook))]  # fmt: skip
    features = [rivals for rivals in open_ if rivals.role == "feature"]
    if len(features) > _FEW and not mapping.several:
        return [*found, _of_many(features, codebook)]
    return [
        *found,
        *(_of_feature(table, rivals, codebook, _merging(table, mapping, rivals, codebook)) for rivals in features),
    ]


def is_open(mapping: TableMapping, rivals: Rivals) -> bool:
    """Whether nobody has said which of the columns counts, by an answer or by hand."""
    if rivals.alike or rivals.chosen is not None:
        return False
    columns = [item for item in mapping.columns if item.column in rivals.columns]
    if rivals.role == "feature":
        taken = any(item.role == "feature" and item.target == rivals.target for item in mapping.columns)
        return not taken and any(item.why != "chosen" for item in columns)
    item = mapping.column(rivals.role)
    return item is not None and item.why != "chosen"


def _times_matter(mapping: TableMapping, grouped: Grouped, codebook: Codebook) -> bool:
    """Whether another time would change what is kept: not without times, nor of one row a patient with a date."""
    if mapping.column("time") is None:
        return False
    rows = Counter(patient for patient in grouped.owners.patient if patient >= 0)
    return (
        max(rows.values(), default=0) > 1
        or mapping.column("admission") is not None
        or not grouped.times.absolute
        or any(over_time(target_feature(name, codebook), codebook) for name in mapping.mapped)
    )


def _quoted(columns: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(f"'{name}'" for name in columns[:-1]), f"'{columns[-1]}'")))


def _shown(table: Table, column: str) -> str:
    return f"'{column}' ({', '.join(safe_text(cell[:30]) for cell in preview(table, column))})"


def _merging(table: Table, mapping: TableMapping, rivals: Rivals, codebook: Codebook) -> list[tuple[str, str]]:
    """The answer that columns which complete each other are one."""
    if not may_merge(table, mapping, rivals, codebook):
        return []
    return [(f"{rivals.role}:{rivals.target}:{MERGED}", "They are one: each fills the gaps of the others")]


def _of_role(table: Table, rivals: Rivals, merged: list[tuple[str, str]]) -> Question:
    options = merged + [(f"{rivals.role}::{column}", _shown(table, column)) for column in rivals.columns]
    if rivals.role in _OR_NONE:
        options.append((f"{rivals.role}::", "None of them"))
    message = f"{_quoted(rivals.columns)} could each be {_PARTS[rivals.role]}, and they do not say the same."
    remedy = "Say which of them counts; the others are not used."
    return Question("columns", 0, "", message, remedy, column=rivals.columns[0], options=tuple(options))


def _of_feature(table: Table, rivals: Rivals, codebook: Codebook, merged: list[tuple[str, str]]) -> Question:
    label = target_feature(rivals.target, codebook).label
    options = merged + [(f"feature:{rivals.target}:{column}", _shown(table, column)) for column in rivals.columns]
    options.append((f"feature:{rivals.target}:", "None of them"))
    message = f"{_quoted(rivals.columns)} could each be {label}, and they do not say the same."
    remedy = "Say which of them counts; the others are not used."
    return Question("columns", 0, "", message, remedy, column=rivals.columns[0], options=tuple(options))


def _of_many(several: Sequence[Rivals], codebook: Codebook) -> Question:
    """One question about many features, with the words that tell the columns of each apart as answers."""
    words = [told_by(rivals) for rivals in several]
    shared = [word for word in words[0] if word and all(word in of for of in words)]
    options = [(f"{EACH}:{word}", f"Those called '{word}', of each feature") for word in shared]
    options += [(EACH, "Ask about each feature"), (NONE, "None of them: leave them out")]
    named = "; ".join(
        f"{target_feature(rivals.target, codebook).label} ({_quoted(rivals.columns)})" for rivals in several[:_NAMED]
    )
    more = f"; and {len(several) - _NAMED:,} more" if len(several) > _NAMED else ""
    message = (
        f"Of {len(several):,} features several columns could be each, and they do not say the same: {named}{more}."
    )
    return Question("columns", 0, "", message, "Say which of them count.", options=tuple(options))


def told_by(rivals: Rivals) -> Mapping[str, str]:
    """The columns by the words of time in their names ("min", "day 1"), where one only has them."""
    found: dict[str, list[str]] = {}
    for column in rivals.columns:
        header = parse_header(column)
        bare = header.bare.split()
        found.setdefault(" ".join(word for word in header.key.split() if word not in bare), []).append(column)
    return {words: columns[0] for words, columns in found.items() if len(columns) == 1}


def not_taken(mapping: TableMapping, codebook: Codebook) -> Mapping[str, str]:
    """Of each column that could have been what another is: why it is not used."""
    found: dict[str, str] = {}
    unused = {item.column for item in mapping.columns if item.role == "ignored"}
    for rivals in mapping.rivals:
        target = rivals.target
        part = target_feature(target, codebook).label if target else _PARTS[rivals.role]
        taken = rivals.chosen or (rivals.columns[0] if rivals.alike else "")
        for column in unused.intersection(rivals.columns) - {taken}:
            if rivals.merged:
                found[column] = f"It fills the gaps of '{taken}', by your choice."
            elif rivals.alike:
                found[column] = f"It says the same as '{taken}', which is taken for {part}, and fills its gaps at most."
            elif rivals.chosen is not None:
                found[column] = f"Of {part} '{taken}' counts, by your choice." if taken else "Left out by you."
            else:
                rest = _quoted([name for name in rivals.columns if name != column])
                found[column] = f"It could be {part}, as could {rest}: choose one."
    return found
