"""One FHIR Observation as rows of a long table: what it measured, its value with comparator and unit, its specimen.

The elements are those of FHIR R4 (https://hl7.org/fhir/R4/observation.html). Runs in the parsing process.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from creason_core.errors import UploadError

Resource = Mapping[str, object]

_LOINC = "http://loinc.org"
_UCUM = "http://unitsofmeasure.org"
# Specimens that a laboratory value without further words is of.
_USUAL = frozenset(
    "blood|plasma|serum|serum or plasma|serum/plasma|ser/plas|whole blood|blood specimen|plasma specimen|"
    "serum specimen|serum or plasma specimen".split("|")
)
_WITHDRAWN = frozenset({"entered-in-error", "cancelled"})
_TIMES = ("effectiveDateTime", "effectiveInstant")
_PLAIN = ("valueString", "valueInteger", "valueBoolean", "valueDecimal", "valueCode")


class Measured(NamedTuple):
    """What one Observation, or one of its components, says; every part is text as it stands there."""

    time: str
    name: str
    loinc: str
    value: str
    unit: str
    ucum: str
    specimen: str
    method: str


class LeftOut(NamedTuple):
    """An Observation, or a component of one, that holds nothing to import, and why: for all of its kind."""

    why: str


_TURNED = LeftOut("with a modifier extension, which may turn the meaning")


def readings(observation: Resource, specimens: Mapping[str, str]) -> Iterator[Measured | LeftOut]:
    """The values of an Observation and of its components, and what holds none.

    ``specimens`` are the specimens of the file, in words, by their reference.

    Raises:
        UploadError: It contradicts itself, in words.
    """
    status = _text(observation.get("status"))
    if status in _WITHDRAWN:
        yield LeftOut(f"marked {status}")
        return
    if observation.get("modifierExtension"):
        yield _TURNED
        return
    time = _time(observation)
    specimen = _specimen(observation, specimens)
    site = concept_text(observation.get("bodySite"))
    method = concept_text(observation.get("method"))
    parts = [observation, *records(observation.get("component"))]
    found = False
    for part in parts:
        stated = _TURNED if part.get("modifierExtension") else _value(part)
        if stated is None:
            continue
        found = True
        if isinstance(stated, LeftOut):
            yield stated
            continue
        name = _name(part, specimen)
        yield Measured(time, *name, *stated, specimen or site, method) if any(name) else LeftOut("without a name")
    if not found:
        yield LeftOut("without a value")


def records(found: object) -> list[Resource]:
    """The records of a list, and none of anything else."""
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def concept_text(concept: object) -> str:
    """A CodeableConcept in words: its text, else the first display, else the first code."""
    if not isinstance(concept, dict):
        return ""
    codings = records(concept.get("coding"))
    words = [
        _text(concept.get("text")),
        *(_text(coding.get(part)) for part in ("display", "code") for coding in codings),
    ]
    return next((word for word in words if word), "")


def _name(part: Resource, specimen: str) -> tuple[str, str]:
    """What was measured: its words, with the specimen where it is none of the usual, and its LOINC code."""
    code = part.get("code")
    codings = records(code.get("coding")) if isinstance(code, dict) else []
    loinc = {
        _text(coding.get("code")): coding for coding in codings if _text(coding.get("system")).rstrip("/") == _LOINC
    }
    loinc.pop("", None)
    if len(loinc) > 1:
        raise UploadError(f"The Observation has {len(loinc)} different LOINC codes.")
    number = next(iter(loinc), "")
    words = (_text(loinc[number].get("display")) if number else "") or concept_text(code)
    words = "" if words == number else words
    if words and specimen and specimen.casefold() not in _USUAL:
        words = f"{specimen} {words}"
    return words, number


def _value(part: Resource) -> tuple[str, str, str] | LeftOut | None:
    """The value's text, its unit in words and in UCUM; None where there is none."""
    kinds = [key for key in part if key.startswith("value") and part[key] not in (None, "")]
    if not kinds:
        return None
    if len(kinds) > 1:
        raise UploadError("The Observation has more than one value.")
    if absent := concept_text(part.get("dataAbsentReason")):
        raise UploadError(f"The Observation has a value, and says that it has none ('{absent[:30]}').")
    kind, value = kinds[0], part[kinds[0]]
    if kind == "valueQuantity" and isinstance(value, dict):
        return _quantity(value)
    if kind == "valueCodeableConcept":
        return (words, "", "") if (words := concept_text(value)) else None
    if kind in _PLAIN and not isinstance(value, dict | list):
        return _text(value), "", ""
    return LeftOut(f"a {kind[5:45]} where one number or word is needed")


def _quantity(quantity: Resource) -> tuple[str, str, str] | None:
    """A number with its comparator, and its unit in words and in UCUM."""
    number = _text(quantity.get("value"))
    if not number:
        return None
    written, code = _text(quantity.get("unit")), _text(quantity.get("code"))
    if _text(quantity.get("system")).rstrip("/") != _UCUM:  # a code of another system is one more way to write it
        written, code = written or code, ""
    return f"{_text(quantity.get('comparator'))}{number}", written, code


def _time(observation: Resource) -> str:
    """When it was measured: a moment, or the start of a period; "" where only the issue of the report is told."""
    period = observation.get("effectivePeriod")
    start = _text(period.get("start")) if isinstance(period, dict) else ""
    return next((time for key in _TIMES if (time := _text(observation.get(key)))), start)


def _specimen(observation: Resource, specimens: Mapping[str, str]) -> str:
    said = observation.get("specimen")
    if isinstance(said, dict):
        reference = _text(said.get("reference"))
        own = {
            f"#{_text(item.get('id'))}": concept_text(item.get("type"))
            for item in records(observation.get("contained"))
        }
        words = own.get(reference) or specimens.get(reference) or _text(said.get("display"))
        if words:
            return words
    return ""


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() if isinstance(value, str | int | float) else ""
