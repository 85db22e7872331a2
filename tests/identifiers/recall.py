"""How much of the labelled set the guard finds: ``python -m tests.identifiers.recall [--all]`` prints the table."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from creason_core.identifiers import kind_of_column, scan_file_name, scan_text
from creason_core.metrics import wilson

LABELLED = Path(__file__).parent / "labelled.txt"
_MARK = re.compile(r"\[\[(?P<kind>[^:\]]+):(?P<text>.+?)\]\]")


@dataclass(frozen=True)
class Entry:
    """One line: where it stands (text, file, column), its text, and the spans that identify, with their kinds."""

    place: str
    text: str
    spans: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Measured:
    """Found and all spans by kind, the entries that were missed or marked for nothing, and clean entries."""

    found: Counter[str]
    total: Counter[str]
    missed: tuple[str, ...]
    clean: int
    false: tuple[str, ...]


def entries() -> Iterator[Entry]:
    for line in LABELLED.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
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
            yield Entry(place, plain + text[at:], tuple(spans))


def marked(entry: Entry) -> list[tuple[int, int]]:
    if entry.place == "column":
        return [(0, len(entry.text))] if kind_of_column(entry.text) else []
    if entry.place == "file":
        return [(0, len(entry.text))] if scan_file_name(entry.text) else []
    return [(hit.start, hit.end) for hit in scan_text(entry.text)]


def measure(chosen: list[Entry]) -> Measured:
    found: Counter[str] = Counter()
    total: Counter[str] = Counter()
    missed, false = [], []
    for entry in chosen:
        hits = marked(entry)
        if not entry.spans and hits:
            false.append(f"{entry.place}: {entry.text} {hits}")
        for kind, start, end in entry.spans:
            total[kind] += 1
            if any(hit_start < end and start < hit_end for hit_start, hit_end in hits):
                found[kind] += 1
            else:
                missed.append(f"{kind}: {entry.text}")
    return Measured(found, total, tuple(missed), sum(not entry.spans for entry in chosen), tuple(false))


def table(measured: Measured) -> str:
    lines = ["| Kind | Found | Recall | 95 % interval |", "|---|---|---|---|"]
    rows = [*sorted(measured.total), "all"]
    for kind in rows:
        k = measured.found.total() if kind == "all" else measured.found[kind]
        n = measured.total.total() if kind == "all" else measured.total[kind]
        interval = wilson(k, n)
        lines.append(f"| {kind} | {k} of {n} | {k / n:.0%} | {interval.low:.0%}–{interval.high:.0%} |")
    k, n = len(measured.false), measured.clean
    interval = wilson(k, n)
    lines.append(
        f"\nOf {n} entries without an identifier, {k} were marked"
        f" ({k / n:.0%}, {interval.low:.0%}–{interval.high:.0%})."
    )
    return "\n".join(lines)


def held_out() -> list[Entry]:
    return list(entries())[1::2]


def development() -> list[Entry]:
    return list(entries())[0::2]


if __name__ == "__main__":
    if "--development" in sys.argv:
        result = measure(development())
        sys.stdout.write("\n".join((*result.missed, "-- marked for nothing", *result.false, "")))
    else:
        result = measure(held_out())
    sys.stdout.write(table(result) + "\n")
