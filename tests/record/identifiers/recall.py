"""How much of the labelled set the guard finds, and what it marks in harmless notes.

``python -m tests.record.identifiers.recall`` prints the tables of docs/identifiers.md; ``--development`` what is missed
in the half that was looked at.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from creason_core.metrics import wilson
from creason_core.record.identifiers import kind_of_column, scan_file_name, scan_text
from tests.record.identifiers.harmless import notes, unseen

LABELLED = Path(__file__).parent / "labelled.txt"
_MARK = re.compile(r"\[\[(?P<kind>[^:\]]+):(?P<text>.+?)\]\]")
_MARK_ALONE = re.compile(r"\[\[(?P<text>.+?)\]\]")


@dataclass(frozen=True)
class Entry:
    """One line: its language, where it stands (text, file, column), its text, and what identifies, by kind."""

    language: str
    place: str
    text: str
    spans: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Measured:
    """Found and all spans by (kind, language), what was missed or marked for nothing, and how many are clean."""

    found: Counter[tuple[str, str]]
    total: Counter[tuple[str, str]]
    missed: tuple[str, ...]
    clean: int
    false: tuple[str, ...]


def entries() -> Iterator[Entry]:
    for line in LABELLED.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            language, line = line[1:].split("] ", 1)  # noqa: PLW2901
            yield _entry(language, line)


def later(name: str = "later.txt") -> list[Entry]:
    """Those of a later look, without kind and language; of ``later_harmless.txt`` none identifies anybody."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return [_entry("", _MARK_ALONE.sub(r"[[any:\g<text>]]", line)) for line in lines if line and line[0] != "#"]


def _entry(language: str, line: str) -> Entry:
    place, text = ("text", line)
    for prefix in ("file", "column"):
        if line.startswith(f"{prefix}: "):
            place, text = prefix, line.removeprefix(f"{prefix}: ")
    spans, plain, at = [], "", 0
    for found in _MARK.finditer(text):
        plain += text[at : found.start()]
        spans.append((found["kind"], len(plain), len(plain) + len(found["text"])))
        plain += found["text"]
        at = found.end()
    return Entry(language, place, plain + text[at:], tuple(spans))


def marked(entry: Entry) -> list[tuple[int, int]]:
    if entry.place == "column":
        return [(0, len(entry.text))] if kind_of_column(entry.text) else []
    if entry.place == "file":
        return [(0, len(entry.text))] if scan_file_name(entry.text) else []
    return [(hit.start, hit.end) for hit in scan_text(entry.text)]


def measure(chosen: list[Entry]) -> Measured:
    found: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    missed, false = [], []
    for entry in chosen:
        hits = marked(entry)
        if not entry.spans and hits:
            false.append(f"{entry.place}: {entry.text} {[entry.text[a:b] for a, b in hits]}")
        for kind, start, end in entry.spans:
            total[kind, entry.language] += 1
            if any(hit_start < end and start < hit_end for hit_start, hit_end in hits):
                found[kind, entry.language] += 1
            else:
                missed.append(f"[{entry.language}] {kind}: {entry.text}")
    return Measured(found, total, tuple(missed), sum(not entry.spans for entry in chosen), tuple(false))


def table(measured: Measured, by: Literal["Kind", "Language"]) -> str:
    place = ("Kind", "Language").index(by)
    lines = [f"| {by} | Found | Recall | 95 % interval |", "|---|---|---|---|"]
    for row in [*sorted({key[place] for key in measured.total}), "all"]:
        k, n = (
            sum(count for key, count in counted.items() if row in {"all", key[place]})
            for counted in (measured.found, measured.total)
        )
        interval = wilson(k, n)
        lines.append(f"| {row} | {k} of {n} | {k / n:.0%} | {interval.low:.0%}–{interval.high:.0%} |")
    return "\n".join(lines)


def false_alarms(measured: Measured) -> str:
    k, n = len(measured.false), measured.clean
    interval = wilson(k, n)
    return (
        f"Of {n} entries without an identifier, {k} were marked ({k / n:.1%}, {interval.low:.1%}–{interval.high:.1%})."
    )


def later_found() -> str:
    """How many of the later look are found, and how many of its harmless phrases are marked."""
    found, harmless = measure(later()), measure(later("later_harmless.txt"))
    k, n = found.found.total(), found.total.total()
    return f"{k} of {n} are found, and {len(harmless.false)} of {harmless.clean} marked."


def held_out() -> list[Entry]:
    return list(entries())[1::2]


def development() -> list[Entry]:
    return list(entries())[0::2]


if __name__ == "__main__":
    development_only = "--development" in sys.argv
    result = measure(development() if development_only else held_out())
    harmless = measure([Entry("", "text", note, ()) for note in notes()])
    fresh = measure([Entry("", "text", sentence, ()) for sentence in unseen()])
    if development_only:
        sys.stdout.write("\n".join((*result.missed, "-- marked for nothing", *result.false, *harmless.false, "")))
    sys.stdout.write(f"{table(result, 'Kind')}\n\n{table(result, 'Language')}\n\n{false_alarms(result)}\n")
    sys.stdout.write(f"Harmless notes: {false_alarms(harmless)}\nNot looked at: {false_alarms(fresh)}\n")
    sys.stdout.write(f"Later look: {later_found()}\n")
