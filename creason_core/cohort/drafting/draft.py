"""What a draft holds, and its YAML: every guess with a comment that asks for a look."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from creason_core.record.codebook import Kind, Role, Time

REVIEW = "review:"
AGE_NOTE = "age: taken for a person's age in years, so that those over 89 are stored as 90; 'age: false' if it is none"
_YAML_WORDS = frozenset("y n yes no true false on off null".split())  # which YAML takes for something else


@dataclass(frozen=True)
class DraftFeature:
    """One feature as guessed; ``notes`` become comments above it. Ranges are (low, high), None an open end."""

    column: str
    label: str
    kind: Kind
    section: str = "Features"
    time: Time = "admission"
    role: Role = "predictor"
    definition: str = ""
    unit: str = ""
    unit_label: str = ""
    decimals: int = 0
    levels: tuple[tuple[str, str], ...] = ()
    impossible: tuple[float | None, float | None] | None = None
    confirm: tuple[float | None, float | None] | None = None
    derived_from: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    loinc: str = ""
    age: bool | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class DraftTie:
    """Columns that settle one another, and why, in words after "because"."""

    columns: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class CodebookDraft:
    """A whole draft. ``left_out`` says of each column that is no feature why not."""

    name: str
    title: str
    origin: str
    features: tuple[DraftFeature, ...]
    ties: tuple[DraftTie, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    patient: str = ""
    notes: tuple[str, ...] = ()


def names_of(features: Iterable[DraftFeature]) -> dict[str, str]:
    """Column → the feature's name: small letters, digits and _, each once."""
    found: dict[str, str] = {}
    for feature in features:
        plain = re.sub(r"[^a-z0-9]+", "_", feature.column.casefold().encode("ascii", "ignore").decode()).strip("_")
        name = plain if re.match(r"[a-z]", plain) else f"x_{plain}".rstrip("_")
        number = 2
        while name in found.values():
            name, number = f"{plain or 'x'}_{number}", number + 1
            name = name if re.match(r"[a-z]", name) else f"x_{name}"
        found[feature.column] = name
    return found


def with_notes(feature: DraftFeature, *notes: str) -> DraftFeature:
    """``feature`` with ``notes`` added."""
    return replace(feature, notes=(*feature.notes, *notes))


def yaml_of(draft: CodebookDraft) -> str:
    """The draft as YAML."""
    names = names_of(draft.features)
    sections = list(dict.fromkeys(feature.section for feature in draft.features)) or ["Features"]
    lines = [
        f"# A draft made from {_one_line(draft.origin)}. Read every line: what follows '# {REVIEW}' was guessed.",
        "# Then: creason codebook check THIS_FILE --table TABLE",
        *_comments(draft.notes, ""),
        f"name: {_text(draft.name)}",
        "version: 1",
        f"title: {_text(draft.title)}",
        f"population: {_text('Those in this table')}  # {REVIEW} the model is told this: say who they are",
        f"source: {_text(draft.origin)}",
        f"citation: {_text('None given')}  # {REVIEW} who made the table, and where it was published",
        f"sections: [{', '.join(_text(section) for section in sections)}]",
    ]
    if draft.patient:
        lines.append(f"patient: {_text(draft.patient)}  # {REVIEW} the column that says whose row it is; never kept")
    if draft.left_out:
        lines.append("left_out:  # columns that are no features, and why")
        lines += [f"  {_text(column)}: {_text(why)}" for column, why in draft.left_out.items()]
    if draft.ties:
        lines.append(f"ties:  # {REVIEW} found in the numbers: each is hidden when another of its tie is asked about")
        for tie in draft.ties:
            tied = ", ".join(_name(names[column]) for column in tie.columns)
            lines += [f"- features: [{tied}]", f"  reason: {_text(tie.reason)}"]
    lines.append(f"# {REVIEW} in this table's words: times: {{admission: at admission, outcome: at the end}}")
    lines.append("features:")
    for feature in draft.features:
        lines += _feature(feature, names)
    return "\n".join(lines) + "\n"


def _feature(feature: DraftFeature, names: Mapping[str, str]) -> list[str]:
    name = names[feature.column]
    lines = [*_comments(feature.notes, ""), f"- name: {_name(name)}"]
    said: list[tuple[str, str]] = [
        ("column", _text(feature.column) if feature.column != name else ""),
        ("label", _text(feature.label)),
        ("section", _text(feature.section)),
        ("kind", feature.kind),
        ("time", feature.time),
        ("role", feature.role if feature.role != "predictor" else ""),
        ("definition", _text(feature.definition) if feature.definition else ""),
        ("unit", _text(feature.unit) if feature.unit else ""),
        ("unit_label", _text(feature.unit_label) if feature.unit_label else ""),
        ("decimals", str(feature.decimals) if feature.decimals else ""),
        ("impossible", _range(feature.impossible)),
        ("confirm", _range(feature.confirm)),
        (
            "derived_from",
            f"[{', '.join(_name(names[c]) for c in feature.derived_from)}]" if feature.derived_from else "",
        ),
        ("missing", f"[{', '.join(_text(code) for code in feature.missing)}]" if feature.missing else ""),
        ("loinc", feature.loinc),
        ("age", "" if feature.age is None else str(feature.age).lower()),
    ]
    lines += [f"  {key}: {value}" for key, value in said if value]
    if feature.levels:
        lines.append("  levels:")
        lines += [f"  - {{code: {_text(code)}, label: {_text(label)}}}" for code, label in feature.levels]
    return lines


def _comments(notes: Iterable[str], indent: str) -> list[str]:
    return [f"{indent}# {REVIEW} {_one_line(note)}" for note in notes]


def _range(ends: tuple[float | None, float | None] | None) -> str:
    if ends is None or ends == (None, None):
        return ""
    said = [f"{word}: {end:.12g}" for word, end in zip(("low", "high"), ends, strict=True) if end is not None]
    return f"{{{', '.join(said)}}}"


def _list(items: Iterable[str]) -> str:
    joined = ", ".join(items)
    return f"[{joined}]" if joined else ""


def _name(name: str) -> str:
    return _text(name) if name in _YAML_WORDS else name


def _text(text: str) -> str:
    """A YAML scalar in double quotes; what cannot be printed is written by its number."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in plain) + '"'


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
