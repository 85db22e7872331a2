"""Groups as CSV: one row a sample, each with all that is needed to ask it again."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime

from creason_core.inert_cells import inert
from creason_core.store.exporting.contents import ExportedGroup, ExportedRun, Sampled
from creason_core.store.exporting.standings import as_lines

Cell = str | int | float | bool | datetime | None


def cell(value: Cell) -> str | int | float:
    """``value`` as a cell that no spreadsheet runs as a formula.

    A number of the program's own stays a number, also below zero; text is made ``inert``.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return inert("" if value is None else str(value))


def as_csv(groups: Iterable[ExportedGroup]) -> bytes:
    """The groups as CSV: UTF-8 with a mark, so that spreadsheets read it right, every text in quotation marks."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(_COLUMNS)
    for group in groups:
        for run, sampled in zip(group.runs, group.reproducibility.samples, strict=True):
            writer.writerow([cell(value) for value in _row(group, run, sampled)])
    return out.getvalue().encode("utf-8-sig")


_COLUMNS = (
    "group", "sample", "asked_utc", "case", "kind", "masked_value", "question", "guard_off", "options", "state",
    "letter", "answer", "model_answer", "agreement", "recorded", "recorded_note", "own_answer", "thumb", "reasons",
    "severity", "comment", "may_train", "at_a_glance", "text", "problem", "tokens", "finish_reason", "prompt",
    "prompt_sha256",
    "prompt_version", "engine", "model", "model_sha256", "weights_from", "adapter", "adapter_sha256", "runtime",
    "precision", "seed",
    "group_seed", "temperature", "sampling", "most_tokens", "option_order", "question_id", "design", "case_version",
    "case_sha256", "cohort", "cohort_sha256",
    "codebook", "codebook_sha256", "parent_group", "program", "releases", "written_utc", "disclaimer",
)  # fmt: skip


def _row(group: ExportedGroup, run: ExportedRun, sampled: Sampled) -> Iterator[Cell]:
    made, rating = group.reproducibility, run.rating
    yield from (made.group, run.sample, made.asked, group.case, group.kind, group.masked_value, group.question)
    yield from (
        "; ".join(group.let_past_the_guard),
        "; ".join(group.options),
        run.state,
        run.letter,
        run.answer,
        group.model_answer,
        group.agreement,
    )
    yield from (group.recorded, group.recorded_note, group.own_answer)
    if rating:
        yield from (rating.thumb, "; ".join(rating.reasons), rating.severity, rating.comment, rating.may_train)
    else:
        yield from (None, None, None, None, None)
    yield "; ".join(f"{told} – {words}" if words else told for told, words in as_lines(group.at_a_glance))
    yield from (run.text, run.problem, run.tokens, run.finish_reason, run.prompt, sampled.prompt_sha256)
    yield from (made.prompt_version, sampled.engine, sampled.model, sampled.model_sha256, sampled.weights_from)
    yield from (sampled.adapter, sampled.adapter_sha256, sampled.runtime, sampled.precision)
    yield from (sampled.seed, made.seed, made.temperature, made.sampling)
    yield made.most_tokens
    yield from ("; ".join(sampled.option_order), made.question, made.design, made.case_version, made.case_sha256)
    yield from (made.cohort, made.cohort_sha256)
    yield from (made.codebook, made.codebook_sha256, made.parent_group, made.program, made.releases, made.written)
    yield made.disclaimer
