"""What a reader should know of the weights that answer, from the manifest of their adapter: the model card.

Nothing is written down here that was not measured or recorded; without an adapter the card says that the base is
untrained for these questions.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from creason_core.model.adapters.manifest import AdapterManifest, Result

USE = (
    "Research and education on public or de-identified cases: to see whether a model reasons from a patient's other "
    "values, and to collect judgements from people who know."
)
NOT_FOR = (
    "Decisions about a living patient, above all those that cannot wait; choosing treatment; patients outside adult "
    "critical care; any record that identifies a person. It is not a medical device."
)
LIMITS = (
    "It can be fluent and wrong. A convincing explanation is no evidence that the answer is right.",
    "What it writes is not always why it answers.",
    "It knows the registry that it was trained on; of others only what was measured is known.",
    "An answer about a hidden value is an estimate from the others. It does not say what treatment would do.",
    "It was trained on this program's wording of questions, in English; other wordings are not measured.",
)
UNTRAINED = "No adapter is in use: the published weights answer, and this program never trained them on a registry."
SMALL = "They are here so that everything can be tried; most of their replies end without an answer."
SMALL_MODEL = "SmolLM2-135M-Instruct"
HOW_MEASURED = (
    "Right: share of questions, 95 % interval over patients in brackets; an unanswered one is not right. From the "
    "options of stratified-1 alone up to 7 points above chance could be earned (docs/options.md); people are asked "
    "with stratified-2. Rows that name no engine: vLLM in bfloat16, intervals as docs/results.md tells."
)
UNMEASURED = "No results are recorded with these weights; docs/evaluation.md says what was measured, and how."


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its sentences; several are a list."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model card: sections in order, and measured lines under the names of their columns."""

    title: str
    sections: tuple[Section, ...]
    results: tuple[dict[str, str], ...]


def card_of(adapter: AdapterManifest | None, base: str) -> ModelCard:
    """The card of an adapter, or of the base model called ``base`` without one."""
    use = (Section("Intended use", (USE,)), Section("Not intended for", (NOT_FOR,)))
    if adapter is None:
        words = f"{UNTRAINED} {SMALL}" if base == SMALL_MODEL else UNTRAINED
        return ModelCard(base, (Section("What it is", (words,)), *use, Section("Limits", LIMITS[:2])), ())
    trained = (
        f"A low-rank adapter (LoRA) for {adapter.base.name}"
        + (f", trained on from {adapter.parent}" if adapter.parent else "")
        + f". Recipe: {adapter.recipe}. Licence: {adapter.licence}."
    )
    sections = (
        Section("What it is", (trained,)),
        *use,
        Section("Trained on", _data(adapter)),
        Section("How it was made", _recipe(adapter)),
        Section("Limits", LIMITS),
        Section("To tell it apart", _marks(adapter)),
    )
    return ModelCard(f"{adapter.base.name} + {adapter.title}", sections, tuple(map(_row, adapter.results)))


def trained_elsewhere(adapter: AdapterManifest, others: Sequence[AdapterManifest], cohort: str) -> str:
    """Where ``adapter`` was not trained on ``cohort``: a sentence that says so, with what was measured there; else "".

    What its parents were trained on counts, as far as their manifests are among ``others``.
    """
    trained = _trained_on(adapter, others)
    if cohort in trained:
        return ""
    here = [one for one in adapter.results if one.cohort == cohort and one.who.startswith("this adapter")]
    said = f"This model was trained on {', '.join(trained)}, not on {cohort}"
    if not here:
        return f"{said}: its answers here were never measured. {measured_elsewhere(adapter, others)}".rstrip()
    lines = (
        f"{_right(one)} of {one.n:,} {one.split} questions ({_versioned(one.design)}, {one.scoring})"
        for one in _latest(here)
    )
    return f"{said}; measured here, it was right in {'; in '.join(lines)}."


def measured_elsewhere(adapter: AdapterManifest, others: Sequence[AdapterManifest]) -> str:
    """How often ``adapter`` was right about registries that it was not trained on, beside chance; "" if not measured.

    Of class-balanced questions with the latest options, where to know what is common helps nobody.
    """
    trained = _trained_on(adapter, others)
    there = [
        one
        for one in adapter.results
        if one.cohort not in trained and one.who.startswith("this adapter") and "balanced" in one.design
        and "chance" in one.floors
    ]  # fmt: skip
    told = [f"{_right(one)} on {one.cohort} (chance {100 * one.floors['chance']:.1f})" for one in _latest(there)]
    return f"On registries that it was not trained on it was right in {', '.join(told)}." if told else ""


def _trained_on(adapter: AdapterManifest, others: Sequence[AdapterManifest]) -> tuple[str, ...]:
    """The cohorts that ``adapter`` and its parents were trained on."""
    known = {one.title: one for one in others}
    trained: list[str] = []
    step: AdapterManifest | None = adapter
    while step is not None and len(trained) <= len(others):
        trained.extend(step.data.cohort.split(", "))
        step = known.get(step.parent)
    return tuple(dict.fromkeys(trained))


def _latest(lines: Sequence[Result]) -> tuple[Result, ...]:
    """Those with the latest version of the options: older ones are others."""
    latest = max((_versioned(one.design).partition(",")[0] for one in lines), default="")
    return tuple(one for one in lines if _versioned(one.design).startswith(latest))


def _right(one: Result) -> str:
    return f"{100 * one.accuracy:.1f} % ({100 * one.low:.1f} to {100 * one.high:.1f})"


def _data(adapter: AdapterManifest) -> tuple[str, ...]:
    data = adapter.data
    return (
        f"{data.rows:,} examples made from the cohort {data.cohort}.",
        f"Prompt version {data.prompt_version}; "
        + (f"codebook SHA-256 {data.codebook_hash[:12]}…." if data.codebook_hash else "codebooks of several cohorts."),
        *(f"{name}: SHA-256 {digest}" for name, digest in data.files.items()),
    )


def _recipe(adapter: AdapterManifest) -> tuple[str, ...]:
    settings = ", ".join(f"{name} {value}" for name, value in _plain(adapter.settings))
    releases = ", ".join(f"{name} {release}" for name, release in adapter.releases.items())
    told = (f"Seed {adapter.seed}. {settings}." if settings else f"Seed {adapter.seed}.",)
    made = f"Made {adapter.made:%d %B %Y}" + (f" with {releases}" if releases else "")
    return (*told, f"{made}{f', program at commit {adapter.commit}' if adapter.commit else ''}.")


def _plain(settings: Mapping[str, JsonValue], before: str = "") -> Iterator[tuple[str, JsonValue]]:
    """The settings one below the other: names with dots, no lists and nothing that is not set."""
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _plain(value, f"{before}{name}.")
        elif value is not None and not isinstance(value, list):
            yield f"{before}{name}", value


def _marks(adapter: AdapterManifest) -> tuple[str, ...]:
    source = f" ({adapter.base.source})" if adapter.base.source else ""
    return (
        f"Adapter {adapter.title}: SHA-256 over its files {adapter.hash}",
        *(f"Base {adapter.base.name}{source}, {name}: SHA-256 {one}" for name, one in adapter.base.weights.items()),
    )


def _row(result: Result) -> dict[str, str]:
    """A measured line as a row of a table."""
    floors = ", ".join(f"{name} {share:.3f}" for name, share in result.floors.items())
    return {
        "Who answers": result.who,
        "Questions": f"{result.cohort}, {result.split}, {_versioned(result.design)}",
        "Scoring": result.scoring,
        "Right": f"{result.accuracy:.3f} ({result.low:.3f} to {result.high:.3f})",
        "Answered": f"{100 * result.answered:.1f} %",
        "n": f"{result.n:,} questions, {result.patients:,} patients",
        "Floors, right": floors or "not measured",
    }


def _versioned(design: str) -> str:
    """The design of options with its version, which lines of before there were two do not name."""
    return re.sub(r"^stratified(?!-)", "stratified-1", design)


def markdown(card: ModelCard) -> str:
    """The card as a page of Markdown."""
    parts = [f"# Model card: {card.title}"]
    for section in card.sections:
        lines = section.lines if len(section.lines) == 1 else tuple(f"- {line}" for line in section.lines)
        parts.append(f"## {section.title}\n\n" + "\n".join(lines))
    parts.insert(-1, "## Measured\n\n" + (_table(card.results) if card.results else UNMEASURED))
    return "\n\n".join(parts) + "\n"


def _table(rows: Sequence[dict[str, str]]) -> str:
    heads = list(rows[0])
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(row.values())} |" for row in rows]
    return "\n".join(lines) + f"\n\n{HOW_MEASURED}"
