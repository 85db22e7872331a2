"""A draft of a codebook from a REDCap data dictionary: its fields, choices, limits, and what it says of each field."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from creason_core.cohort.drafting.choices import plain_text, told_choices
from creason_core.cohort.drafting.draft import AGE_NOTE, CodebookDraft, DraftFeature, with_notes
from creason_core.cohort.drafting.levels import in_order
from creason_core.cohort.drafting.naming import label_of, looks_audited, looks_like_outcome
from creason_core.errors import CodebookError, UploadError
from creason_core.record.ages import named_like_an_age
from creason_core.record.codebook import Kind
from creason_core.record.importing.cells.values import Decimal, plain_number
from creason_core.record.importing.columns.headers import parse_header
from creason_core.record.importing.files.text_files import text_rows

# How the dictionary's columns begin, in a download and (with _ for spaces) from the API.
_COLUMNS = {
    "name": ("variable", "field name"), "form": ("form name",), "section": ("section header",), "type": ("field type",),
    "label": ("field label",), "choices": ("choices", "select choices"), "note": ("field note",),
    "validation": ("text validation type",), "low": ("text validation min",), "high": ("text validation max",),
    "identifier": ("identifier",), "branching": ("branching logic",), "required": ("required",),
}  # fmt: skip
_NEEDED = ("name", "type", "label", "choices")
_NOT_A_VALUE = {
    "notes": "free text", "file": "an uploaded file", "descriptive": "words on the form, no field",
    "signature": "a signature", "sql": "choices from a query of the database",
}  # fmt: skip
_CHOSEN = {"radio": 2, "dropdown": 2, "checkbox": 1}  # and the fewest choices that make a feature
_REFERENCE = re.compile(r"\[([a-z][a-z0-9_]*)(?:\(([^)]*)\))?\]")
_DECIMALS = re.compile(r"number_(\d)dp")

_Field = Mapping[str, str]


def read_redcap(path: Path, name: str) -> CodebookDraft:
    """The draft of a codebook called ``name`` from the data dictionary ``path`` (CSV).

    Raises:
        CodebookError: It is no REDCap data dictionary, or none of its fields can be a feature.
    """
    fields, read = _fields(path)
    names = {field["name"] for field in fields}
    features: list[DraftFeature] = []
    left_out: dict[str, str] = {}
    section = ""
    form = ""
    for field in fields:
        if field["form"] != form:
            form, section = field["form"], ""
        section = plain_text(field["section"]) or section or label_of(form or "Features")
        if why := _why_left_out(field):
            left_out[field["name"]] = why
            continue
        made = _features(field)
        features += [_noted(replace(feature, section=section), field, names) for feature in made]
    if not features:
        raise CodebookError("No field of the data dictionary can be a feature.", remedy="Check its field types.")
    known = {feature.column for feature in features}
    calculated = tuple(_calculated(feature, fields, known) for feature in features)
    return CodebookDraft(
        name=name,
        title=label_of(name),
        origin=f"a REDCap data dictionary of {len(fields):,} fields",
        features=calculated,
        left_out=left_out,
        patient=fields[0]["name"],  # REDCap's first field is the record's key
        notes=("REDCap exports 'raw' codes or 'labels': either is read, but for checkboxes only raw ones", *read),
    )


def _fields(path: Path) -> tuple[list[_Field], tuple[str, ...]]:
    """The fields of the dictionary, and what its owner should know of how it was read."""
    if not path.is_file():
        raise CodebookError(f"There is no file {path}.", remedy="Export it in REDCap: Data Dictionary, Download.")
    try:
        rows, notes = text_rows(path.read_bytes())
    except UploadError as error:
        raise CodebookError(f"{path} cannot be read: {error.message}", remedy="Download it again.") from error
    heads = [head.strip().casefold().replace("_", " ") for head in rows[0]] if rows else []
    places = {
        key: place
        for key, start in _COLUMNS.items()
        for place, head in reversed(list(enumerate(heads)))
        if head.startswith(start)
    }
    if missing := [_COLUMNS[key][0] for key in _NEEDED if key not in places]:
        raise CodebookError(
            f"{path} is no REDCap data dictionary: it has no column {', '.join(missing)}.",
            remedy="Export it in REDCap: Data Dictionary, Download the current data dictionary.",
        )
    found: list[_Field] = [
        {key: row[places[key]].strip() if key in places and places[key] < len(row) else "" for key in _COLUMNS}
        for row in rows[1:]
        if any(cell.strip() for cell in row)
    ]
    names = [field["name"] for field in found]
    if not names:
        raise CodebookError(f"{path} names no field.", remedy="Download the data dictionary again.")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CodebookError(f"{path} names a field twice: {', '.join(twice)}.", remedy="Rename one of each.")
    return found, notes


def _why_left_out(field: _Field) -> str:
    kind, validation = field["type"].casefold(), field["validation"].casefold()
    if field["identifier"].casefold() in {"y", "yes", "1"}:
        return "marked in REDCap as an identifier"
    if kind == "text" and not _is_number(validation):
        if validation.startswith(("date", "time")):
            return "a date or time: it can identify; a split by time may still name this column"
        return f"text validated as {validation}" if validation else "free text without validation"
    if kind in _CHOSEN and len(told_choices(field["choices"])[0]) < _CHOSEN[kind]:
        return "fewer than two choices"
    known = kind in _CHOSEN or kind in ("text", "yesno", "truefalse", "calc", "slider")
    return "" if known else _NOT_A_VALUE.get(kind, f"a field type that is not known here: {field['type']}")


def _features(field: _Field) -> tuple[DraftFeature, ...]:
    name, label, kind = field["name"], plain_text(field["label"]) or label_of(field["name"]), field["type"].casefold()
    if kind in ("yesno", "truefalse"):
        words = ("No", "Yes") if kind == "yesno" else ("False", "True")
        return (DraftFeature(name, label, "binary", levels=(("0", words[0]), ("1", words[1]))),)
    if kind == "checkbox":  # exported as a column a choice; a minus sign in a code becomes _
        boxes, _, remarks = told_choices(field["choices"], missing=False)
        return tuple(
            DraftFeature(
                f"{name}___{re.sub(r'[^a-z0-9]', '_', code.casefold())}",
                f"{label}: {words}",
                "binary",
                levels=(("0", "No"), ("1", "Yes")),
                notes=("a box of a list: unticked can mean no, or never looked at", *remarks),
            )
            for code, words in boxes
        )
    if kind in ("radio", "dropdown"):
        choices, missing, notes = told_choices(field["choices"])
        ordered, how = in_order([words for _, words in choices])
        level_kind: Kind = "binary" if len(choices) == 2 else "ordinal" if how else "nominal"
        told = (*notes, *((f"taken to be in order, because {how}; nominal if not",) if level_kind == "ordinal" else ()))
        codes = {words: code for code, words in choices}
        levels = tuple((codes[words], words) for words in ordered) if level_kind == "ordinal" else choices
        return (DraftFeature(name, label, level_kind, levels=levels, missing=missing, notes=told),)
    return (_number(field, name, label),)


def _number(field: _Field, name: str, label: str) -> DraftFeature:
    kind, validation = field["type"].casefold(), field["validation"].casefold()
    decimals = _DECIMALS.match(validation)
    sign: Decimal = "comma" if "comma" in validation else "point"
    low, high = (plain_number(field[end], sign) for end in ("low", "high"))
    notes = ["confirm: REDCap asks again outside these limits; impossible is for values that cannot be"]
    if kind == "slider":
        low, high = low if low is not None else 0.0, high if high is not None else 100.0
    unit = parse_header(f"{label} ({field['note']})" if field["note"] else label).unit or parse_header(name).unit
    if unit:
        notes.append(f"unit {unit.label or unit.code}: from the field's label, note or name")
    whole = validation == "integer" or (kind == "slider")
    if not whole and not decimals:
        notes.append("decimals: REDCap does not say how many; 2 taken")
    age = named_like_an_age(name, label, unit=unit.code if unit else "") or None
    if age:
        notes.append(AGE_NOTE)
    return DraftFeature(
        name,
        label,
        "integer" if whole else "number",
        decimals=0 if whole else min(6, int(decimals[1])) if decimals else 2,
        confirm=None if low is None and high is None else (low, high),
        unit=unit.code if unit else "",
        unit_label=(unit.label or unit.code) if unit else "",
        age=age,
        notes=tuple(notes if low is not None or high is not None else notes[1:]),
    )


def _noted(feature: DraftFeature, field: _Field, names: set[str]) -> DraftFeature:
    if any(name in names for name, _ in _REFERENCE.findall(field["label"])):
        feature = with_notes(feature, "label: REDCap fills in what stands in square brackets: write it out")
    said = [plain_text(field["note"])] if field["note"] else []
    if field["branching"]:
        said.append(f"Asked only if {plain_text(field['branching'], html_tags=False)}.")
        feature = with_notes(feature, "asked only under a condition: that it is recorded at all tells that condition")
    if field["required"].casefold() in {"y", "yes", "1"}:
        feature = with_notes(feature, "required in REDCap: a missing value here is worth asking about")
    if looks_like_outcome(field["name"]):
        feature = with_notes(replace(feature, time="outcome", role="outcome"), "the name is that of an outcome")
    elif looks_audited(field["name"]):
        feature = with_notes(replace(feature, role="audit"), "kept to compare groups by, never sent to a model")
    return replace(feature, definition=" ".join(said))


def _calculated(feature: DraftFeature, fields: list[_Field], known: set[str]) -> DraftFeature:
    """A calculated field names its inputs; left out ones cannot be named and are noted."""
    field = next((field for field in fields if field["name"] == feature.column), None)
    if field is None or field["type"].casefold() != "calc":
        return feature
    inputs = _inputs(field, {each["name"]: each for each in fields}, known, frozenset((feature.column,)))
    here = tuple(name for name in inputs if name in known)
    notes = [f"calculated in REDCap as {field['choices']}"]
    if gone := [name for name in inputs if name not in known]:
        notes.append(f"derived_from lacks {', '.join(gone)}, which are no features here")
    return with_notes(replace(feature, role="derived", derived_from=here), *notes)


def _inputs(field: _Field, fields: Mapping[str, _Field], known: set[str], seen: frozenset[str]) -> tuple[str, ...]:
    """What a calculation refers to: features, boxes of lists, and for a left-out calculation what that refers to."""
    found: dict[str, None] = {}
    for name, code in _REFERENCE.findall(field["choices"]):
        box = f"{name}___{re.sub(r'[^a-z0-9]', '_', code.casefold())}"
        inner = fields.get(name)
        if name in seen:
            continue
        if code and box in known:
            found[box] = None
        elif name not in known and inner and inner["type"].casefold() == "calc":
            found |= dict.fromkeys(_inputs(inner, fields, known, seen | {name}))
        else:
            found[name] = None
    return tuple(found)


def _is_number(validation: str) -> bool:
    return validation == "integer" or validation.startswith("number") or validation in {"float", "int"}
