"""Tables made from a known truth, imported as the app does, with nothing answered: equal, asked, or told; never else.

    python -m tests.record.importing.truth_tables --tables 5000 --inside   # counts by form; --all includes all
    python -m tests.record.importing.truth_tables --show 17          # one table and what became of it

A *silent difference* is a value that would be stored and is not the truth, with no question about its feature, or a
value of the truth that is neither stored nor named in a question, the report or the notes.
"""

import argparse
import random
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from creason_core.errors import UploadError
from creason_core.record.codebook import packaged_codebook
from creason_core.record.identifiers import shown_column
from creason_core.record.importing import reading
from creason_core.record.importing.decisions import Decisions, Question
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.reading import read_table
from creason_core.record.importing.review.review import Review, review
from creason_core.record.importing.suggesting import headed, suggest
from tests.record.importing.tables import parsed_inside
from tests.record.importing.truth import Value, same
from tests.record.importing.truth_styles import draw_style
from tests.record.importing.truth_writing import Written, write

RHC = packaged_codebook("rhc")
# Forms that the program does not read rightly yet, each with what goes wrong. Tables of them are left out unless asked.
FAILING: dict[str, str] = {}
# Questions about the table as a whole: whose all values are and how they are written, and which of several counts.
# The second kind explains that a value is not stored, but never one that is wrong.
_OF_ALL = frozenset({"patients", "stays", "blanks", "repeats", "decimal sign", "specimens"})
_WHICH = frozenset({"times", "untimed", "origin", "portions", "which"})
_TOLD = frozenset({"unmapped", "rejected", "left out", "to confirm"})


@dataclass(frozen=True)
class Outcome:
    """What became of one table: silent differences in words, questions, and the refusal if there was one."""

    index: int
    forms: frozenset[str]
    silent: tuple[str, ...]
    questions: int
    refused: str = ""
    stored: int = 0


def outcome(seed: str, index: int, without: frozenset[str] = frozenset()) -> Outcome:
    """Makes the table ``index`` of ``seed``, imports it and compares."""
    draw = random.Random(f"{seed}:{index}")
    written = write(draw, draw_style(draw, without))
    try:
        table, found = imported(written)
    except UploadError as error:
        return Outcome(index, written.forms, (), 1, str(error))
    silent = tuple(differences(written, found))
    stored = sum(len(entries) for entries in found.drafts.values())
    return Outcome(index, written.forms, silent, len(found.questions) + (len(table.sheets) > 1), "", stored)


def imported(written: Written) -> tuple[Table, Review]:
    """The table and its review by the app's own path, with nothing answered but the event, which the upload asks."""
    table = read_table(written.data, written.name)
    if table.open:
        table = read_table(written.data, written.name, sheet=table.open[0])
    table = headed(table, RHC)
    return table, review(table, suggest(table, RHC), Decisions(), RHC, import_id="truth")


def differences(written: Written, found: Review) -> Iterator[str]:
    """Every silent difference between the truth and what would be stored."""
    for who, entries in found.drafts.items():
        known = written.truth[who] if who < len(written.truth) else {}
        for entry in entries:
            if entry.provenance == "computed" or _asked(written, found, entry.feature, stored=True):
                continue
            told = [value for _, value in known.get(entry.feature, ())]
            if not any(same(entry.feature, entry.value, value) for value in told):
                yield f"patient {who}: {entry.feature} = {entry.value} would be stored, and is {told or 'not known'}"
    for who, known in enumerate(written.truth):
        kept = {entry.feature for entry in found.drafts.get(who, ())}
        for name, series in known.items():
            if (
                name not in kept
                and not _asked(written, found, name, stored=False)
                and not _named(written, found, who, name)
            ):
                yield f"patient {who}: {name} = {[value for _, value in series]} is lost without a word"


def _asked(written: Written, found: Review, name: str, *, stored: bool) -> bool:
    """Whether a question is open about a feature, its column, or the table as a whole."""
    label = RHC.feature(name).label
    whole = _OF_ALL if stored else _OF_ALL | _WHICH
    return any(question.asks in whole or _about(question, written, name, label) for question in found.questions)


def _about(question: Question, written: Written, name: str, label: str) -> bool:
    if question.asks == "identifiers":
        return False
    if question.feature or question.row:
        return question.feature == name
    said = question.message
    return label in said or any(f"'{column}'" in said for column in written.columns.get(name, ()))


def _named(written: Written, found: Review, who: int, name: str) -> bool:
    """Whether the report or the notes say that a value, its column or its row was not used."""
    label, rows = RHC.feature(name).label, written.rows.get((who, name), frozenset())
    columns = {shown_column(column) for column in written.columns.get(name, ())}
    return any(
        item.disposition in _TOLD and (item.feature == label or item.column in columns or item.row in rows)
        for item in found.items
    )


def run(tables: int, seed: str, without: frozenset[str]) -> list[Outcome]:
    """The outcomes of ``tables`` tables."""
    return [outcome(seed, index, without) for index in range(tables)]


def told(outcomes: list[Outcome]) -> str:
    """The counts by form: tables, those with a silent difference, refused ones, and the median of the questions."""
    by_form: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        for form in one.forms:
            by_form[form].append(one)
    lines = [f"{'form':32} tables silent refused questions"]
    for form, some in sorted(by_form.items()):
        lines.append(_line(form, some))
    return "\n".join([*lines, _line("all", outcomes)])


def _line(form: str, some: list[Outcome]) -> str:
    silent, refused = sum(bool(one.silent) for one in some), sum(bool(one.refused) for one in some)
    return f"{form:32} {len(some):6} {silent:6} {refused:7} {statistics.median(one.questions for one in some):9g}"


def main() -> None:
    """Runs the tables, prints the counts, and ends with 1 where there was a silent difference."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--seed", default="truth")
    parser.add_argument("--all", action="store_true", help="include the forms of which it is known that they fail")
    parser.add_argument("--also", nargs="*", default=[], help="include these of the forms that are known to fail")
    parser.add_argument("--inside", action="store_true", help="parse in this process, many times as fast")
    parser.add_argument("--show", type=int, help="one table, what was said and asked about it")
    given = parser.parse_args()
    if given.inside:
        reading.read_measured = parsed_inside
    without = frozenset() if given.all else frozenset(FAILING) - frozenset(given.also)
    if given.show is not None:
        sys.stdout.write(_shown(given.seed, given.show, without))
        return
    outcomes = run(given.tables, given.seed, without)
    sys.stdout.write(told(outcomes) + "\n")
    kinds = Counter(form for one in outcomes if one.silent for form in one.forms)
    sys.stdout.write(f"silent differences by form: {kinds.most_common(12)}\n")
    for one in [one for one in outcomes if one.silent][:12]:
        sys.stdout.write(f"{one.index} {sorted(one.forms)}: {one.silent[:2]}\n")
    sys.exit(any(one.silent for one in outcomes))


def _shown(seed: str, index: int, without: frozenset[str]) -> str:
    draw = random.Random(f"{seed}:{index}")
    written = write(draw, draw_style(draw, without))
    table, found = imported(written)
    lines = [str(sorted(written.forms)), " | ".join(table.columns)]
    lines += [f"{row.number}: {' | '.join(row.cells)}" for row in table.rows[:12]]
    lines += [*table.notes, *(problem.message for problem in table.problems)]
    lines += [
        f"{item.column}: {item.role} {item.target} {item.unit} {item.unit_from}" for item in suggest(table, RHC).columns
    ]
    lines += [f"asked ({one.asks}): {one.message}" for one in found.questions]
    truth: list[dict[str, list[Value]]] = [
        {name: [value for _, value in series] for name, series in known.items()} for known in written.truth
    ]
    lines += [f"{who}: {known}" for who, known in enumerate(truth)]
    lines += [f"{who}: {[(entry.feature, entry.value) for entry in entries]}" for who, entries in found.drafts.items()]
    return "\n".join([*lines, *differences(written, found)]) + "\n"


if __name__ == "__main__":
    main()
