"""What is asked about a whole table, once, and what an answer makes of its mapping.

A question comes only where the answer changes what is stored: without a column for patients, for stays that a patient
has several of, for times whose form or unit the file leaves open, for values of which nothing says which counts.
"""

from collections.abc import Iterable, Mapping, Sequence

from creason_core.record.codebook import Codebook
from creason_core.record.importing.columns.mapping import ColumnMap, Role, TableMapping
from creason_core.record.importing.columns.times import SAID, looks_like_time
from creason_core.record.importing.contents.previews import preview
from creason_core.record.importing.decisions import Question
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.patients.choosing import needs_time, over_time
from creason_core.record.importing.patients.patients import Grouped, Value
from creason_core.record.importing.patients.rows import described
from creason_core.record.importing.report import safe_text

COLUMN = "column:"  # an answer that names the column which tells patients apart
TIME = "time:"  # the same of times
NO_TIMES = "none"  # an answer: the column tells another time than that of the values
_CANDIDATES = 6


def answered(mapping: TableMapping, asks: str, answer: str) -> TableMapping:
    """``mapping`` with a person's answer to a question with options."""
    if answer.startswith(COLUMN):
        return _told_apart(mapping, answer.removeprefix(COLUMN))
    if answer.startswith(TIME):
        role: Mapping[str, str] = {answer.removeprefix(TIME): "time"}
        columns = tuple(item.model_copy(update={"role": role.get(item.column, item.role)}) for item in mapping.columns)
        return mapping.model_copy(update={"columns": columns})
    if asks == "times" and answer == NO_TIMES:
        columns = tuple(
            item.model_copy(update={"role": "ignored"}) if item.role in {"time", "clock"} else item
            for item in mapping.columns
        )
        return mapping.model_copy(update={"columns": columns})
    part = {"stays": "patients", "which": "otherwise"}.get(asks, asks)
    return mapping.model_copy(update={part: answer})


_PARTS = (
    "otherwise", "times", "patients", "blanks", "repeats", "untimed", "origin", "portions", "alike", "centres",
    "replaced",
)  # fmt: skip


def is_answered(mapping: TableMapping) -> bool:
    """Whether a person has answered any question about the whole table."""
    said = mapping.several or any(rivals.chosen is not None for rivals in mapping.rivals)
    return bool(said) or any(getattr(mapping, part) for part in _PARTS) or _told(mapping)


def unanswered(mapping: TableMapping) -> TableMapping:
    """``mapping`` without the answers to questions about the whole table."""
    said = [rivals for rivals in mapping.rivals if rivals.chosen is not None]
    roles: dict[str, Role] = {column: rivals.role for rivals in said for column in rivals.columns}
    roles |= {column: "ignored" for rivals in said for column in rivals.columns[rivals.role != "feature" :]}
    columns = tuple(
        ColumnMap(column=item.column, role=roles[item.column])
        if item.column in roles
        else item.model_copy(update={"why": ""})
        if item.role == "patient"
        else item
        for item in mapping.columns
    )
    rivals = tuple(one.model_copy(update={"chosen": None, "merged": False}) for one in mapping.rivals)
    return mapping.model_copy(update={**dict.fromkeys(_PARTS, ""), "columns": columns, "rivals": rivals, "several": ""})


def _told(mapping: TableMapping) -> bool:
    patient = mapping.column("patient")
    return patient is not None and patient.why == "chosen"


def _told_apart(mapping: TableMapping, column: str) -> TableMapping:
    """The same with patients told apart by ``column``; what did so before is a column of stays."""
    columns = []
    for item in mapping.columns:
        if item.column == column:
            update = {"role": "patient", "target": "", "unit": "", "unit_from": "", "why": "chosen", "note": ""}
            columns.append(item.model_copy(update=update))
        else:
            columns.append(item.model_copy(update={"role": "encounter"}) if item.role == "patient" else item)
    return mapping.model_copy(update={"columns": tuple(columns), "patients": ""})


def about_rows(table: Table, mapping: TableMapping, grouped: Grouped) -> list[Question]:
    """What is asked about whose the rows are."""
    owners, patient = grouped.owners, mapping.column("patient")
    found: list[Question] = []
    if patient is None and not mapping.patients and not _one_evidently(table, mapping):
        options = [(COLUMN + name, f"'{name}' tells patients apart") for name in _candidates(table, mapping)]
        options.append(("one", "All rows are of one patient"))
        if mapping.layout == "wide":
            options.append(("rows", "Each row is a patient of its own"))
        message = f"Nothing in this table is known to tell patients apart, and it has {len(table.rows):,} rows."
        remedy = "Say whose they are, or choose the column in the step Map."
        found.append(Question("patients", 0, "", message, remedy, options=tuple(options)))
    if owners.alike and not mapping.alike:
        (row, one), (other_row, other) = owners.alike
        message = (
            f"'{safe_text(one)}' and '{safe_text(other)}' of '{patient.column if patient else ''}' (rows {row} and "
            f"{other_row}) differ in leading zeros, capitals or spaces only."
        )
        options = [("one", "Such ids are of one patient"), ("apart", "They are of different patients")]
        remedy = "Spreadsheets take zeros away; say it once, it holds for all of them."
        found.append(Question("alike", 0, "", message, remedy, options=tuple(options)))
    if owners.centres and not mapping.centres:
        row, other_row, name = owners.centres
        message = (
            f"One id of '{patient.column if patient else ''}' stands under several of '{name}' (rows {row} and "
            f"{other_row})."
        )
        options = [("apart", f"Each '{name}' numbers patients of its own"), ("one", "It is one patient")]
        remedy = "Where each of them counts from 1, one number is several patients."
        found.append(Question("centres", 0, "", message, remedy, options=tuple(options)))
    stays = patient is not None and bool(owners.apart) and patient.why != "chosen"
    if patient is not None and stays:
        names = [patient.column, *(name for name, _ in owners.apart)]
        options = [(COLUMN + name, f"By '{name}'") for name in names]
        several = " and ".join(f"'{name}'" for name in names)
        message = (
            f"{several} do not tell the same records apart (row {owners.apart[0][1]}): which of them has a record of "
            "its own, with its first day and its hours?"
        )
        found.append(Question("stays", 0, "", message, "By what are records told apart?", options=tuple(options)))
    if owners.blank and not mapping.blanks:
        options = [("fill down", "They belong to the patient above"), ("leave out", "Leave them out")]
        if mapping.layout == "wide" or owners.odd:
            options.append(("own", "Each is a patient of its own"))
        place = described(owners.blank)
        message = f"No patient stands in {place} of '{patient.column if patient else ''}', and values do."
        remedy = "Merged cells look so; a row without a patient is never joined with another's."
        found.append(Question("blanks", owners.blank[0], "", message, remedy, options=tuple(options)))
    settled = not stays and (not owners.centres or bool(mapping.centres))
    if owners.differing and settled and not mapping.column("time") and not mapping.repeats:
        options = [
            ("together", "They are values of one patient, of which one counts"),
            ("first row", "Only the first row of a patient counts"),
            ("last row", "Only the last row of a patient counts"),
        ]
        message = f"The patient of {described(owners.repeated)} has an earlier row that says something else."
        remedy = "Choose the column of times in the step Map, or say which rows count."
        found.append(Question("repeats", owners.repeated[0], "", message, remedy, options=tuple(options)))
    return found


def _one_evidently(table: Table, mapping: TableMapping) -> bool:
    """Whether there is one patient without a word: one row, or a list of tests that each come once and nothing else."""
    if len(table.rows) < 2:
        return True
    roles = {item.role for item in mapping.columns}
    if mapping.layout == "wide" or roles - {"name", "value", "unit"} or table.columns[0] != "Feature":
        return False
    at = table.columns.index("Feature")  # as ``headed`` calls it, in a list without names of columns
    return len({row.cells[at] for row in table.rows}) == len(table.rows)


def _candidates(table: Table, mapping: TableMapping) -> list[str]:
    """Columns that could tell patients apart: such as say the same in some rows and have no decimals."""
    found: list[str] = []
    for item in mapping.columns:
        if item.role not in {"ignored", "encounter"} or len(found) >= _CANDIDATES:
            continue
        cells = [cell for cell in table.column(item.column, 2_000) if cell]
        plain = all(len(cell) <= 40 and "." not in cell and "," not in cell for cell in cells)
        several = len(set(cells)) > 1 and (mapping.layout == "wide" or len(set(cells)) < len(cells))
        if len(cells) >= 0.1 * min(len(table.rows), 2_000) and plain and several:
            found.append(item.column)
    return found


def about_times(
    table: Table, mapping: TableMapping, grouped: Grouped, codebook: Codebook
) -> tuple[list[Question], frozenset[int]]:
    """What is asked about the column of times, and the rows whose values have no time that they need."""
    time = mapping.column("time")
    if time is None:
        return _without_times(table, mapping, grouped), frozenset()
    timed = [value for value in grouped.values if needs_time(value, codebook)]
    if not timed:
        return [], frozenset()
    found: list[Question] = []
    if grouped.times.options:
        if not _matters(timed, grouped, codebook):
            return [], frozenset()
        shown = ", ".join(preview(table, time.column))
        message = f"'{time.column}' ({shown}) can be read in more than one way."
        readings = [(str(option), f"They are {SAID[option]}") for option in grouped.times.options]
        options = (*readings, (NO_TIMES, "They are no times of these values"))
        found.append(Question("times", 0, "", message, "What are they?", options=options))
        return found, frozenset()
    lost = [value for value in timed if value.hours is None]
    rows = sorted({value.row for value in lost})
    if rows and not mapping.untimed:
        unread = [value for value in lost if value.when not in grouped.times.hours]
        shown = next((f" ('{value.when[:40]}')" for value in unread if value.when), "")
        message = f"'{time.column}' has no time that can be read in {described(rows)}{shown}, and values stand there."
        if not unread:
            message = (
                f"The patient of {described(rows)} has no time of admission, from which the others are counted, or one "
                "of them has a time zone and the other none."
            )
        ways = (("leave out", "Leave these values out"), ("day 1", "They are of day 1"))
        found.append(Question("untimed", rows[0], "", message, "Correct the file, or say it here.", options=ways))
    if not grouped.admission and not mapping.origin and any(over_time(value.feature, codebook) for value in timed):
        message = "Values are kept with their hours since admission, and the table does not say when that was."
        first = (("first time", "Count hours from the first time of each patient in this table"),)
        remedy = "Choose the column of admission in the step Map, or say it here."
        found.append(Question("origin", 0, "", message, remedy, options=first))
    return found, frozenset(rows)


def _without_times(table: Table, mapping: TableMapping, grouped: Grouped) -> list[Question]:
    """What is asked where a patient of a long table has several values of day 1, and no column tells when."""
    if mapping.repeats or mapping.layout == "wide" or not mapping.names:
        return []
    seen: dict[tuple[int, str], object] = {}
    for value in grouped.values:
        checked, feature = value.checked.value, value.feature
        if feature.time != "day1" or feature.counts or checked is None:
            continue
        if seen.setdefault((value.patient, feature.name), checked) != checked:
            break
    else:
        return []
    times = [name for name in _candidates_of(table, mapping) if _times(table, name)]
    options = [(TIME + name, f"'{name}' tells when they were taken") for name in times]
    options.append(("together", "They are all of day 1"))
    message = f"A patient has several values of {feature.label} (row {value.row}), and no column is known to tell when."
    return [Question("repeats", 0, "", message, "Choose the column of times, or say it here.", options=tuple(options))]


def _candidates_of(table: Table, mapping: TableMapping) -> list[str]:
    return [item.column for item in mapping.columns if item.role == "ignored" and item.column in table.columns]


def _times(table: Table, column: str) -> bool:
    cells = [cell for cell in table.column(column, 200) if cell]
    return bool(cells) and sum(map(looks_like_time, cells)) > 0.9 * len(cells)


def _matters(timed: Iterable[Value], grouped: Grouped, codebook: Codebook) -> bool:
    """Whether how times are read changes anything: dates do so only between two of one patient."""
    if not grouped.times.absolute:
        return True
    seen: dict[int, str] = {}
    return any(
        over_time(value.feature, codebook) or seen.setdefault(value.patient, value.when) != value.when
        for value in timed
    )


def about_which(labels: Sequence[str], examples: Sequence[int]) -> Question:
    """What is asked where nothing says which of several values counts; ``examples`` are rows of such values."""
    options = (
        ("first", "The first"), ("last", "The last"), ("highest", "The highest"), ("lowest", "The lowest"),
        ("leave out", "None: leave them out"),
    )  # fmt: skip
    message = (
        f"A patient has several values of {', '.join(labels)} ({described(sorted(examples))}), and nothing says which "
        "counts: there is no range to tell the worst by."
    )
    return Question("which", 0, "", message, "Which of them counts?", options=options)


def about_portions(label: str, examples: Sequence[int], shortest: float, again: Sequence[int] = ()) -> Question:
    """What is asked where a day's amount comes in portions, those of one patient within ``shortest`` hours.

    ``again`` are rows that say the same of one time as another: a portion of the same size, or one that stands twice.
    """
    message = (
        f"{label} is an amount of 24 hours, and comes in portions here ({described(sorted(examples))}; of one patient "
        f"they lie within {shortest:.0f} hours).{_said_again(again)}"
    )
    options = (("add up", "Add them up: they are all of the day's"), *_once(again), ("leave out", "Leave them out"))
    return Question("portions", 0, "", message, "The smallest portion is no day's amount.", options=options)


def about_alike_portions(label: str, again: Sequence[int]) -> Question:
    """What is asked where the codebook adds up a feature, and rows of one patient and time say the same."""
    message = f"{label} is a sum of portions.{_said_again(again)}"
    options = (("add up", "Add them up: each is a portion"), *_once(again), ("leave out", "Leave them out"))
    return Question("portions", 0, "", message, "A sum is another with each of them.", options=options)


def _said_again(again: Sequence[int]) -> str:
    if not again:
        return ""
    says = "says" if len(again) == 1 else "say"
    return f" {described(sorted(again)).capitalize()} {says} the same as another row of that patient and time."


def _once(again: Sequence[int]) -> tuple[tuple[str, str], ...]:
    return (("once", "They are the same again: add each up once"),) if again else ()
