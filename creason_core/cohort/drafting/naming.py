"""What a column's name suggests: a label, a unit, an outcome, a group kept for audits, the patient's key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from creason_core.arrays import Floats
from creason_core.record.ages import named_like_an_age
from creason_core.record.codebook import Feature, packaged_codebook, packaged_names
from creason_core.record.importing.columns.headers import ORDINARY, folded, parse_header
from creason_core.record.importing.columns.roles import guess
from creason_core.record.units import analyte_named, analyte_with_loinc, formula_inputs, unit_named

_OUTCOMES = re.compile(
    r"\b(?:death|dead|died|deceased|mortality|surviv(?:al|ed)|outcome|readmi(?:t|ssion)\w*|los|length of stay|"
    r"discharge\w*|follow ?up|default(?:ed)?|churn(?:ed)?|mrs|censor\w*|relapse\w*|recurrence)\b"
)
_OUTCOME_NAMES = frozenset({"y", "target", "label", "class", "result", "event", "outcome"})
_AUDITED = re.compile(r"\b(?:race|ethnic\w*|income|insurance|religion|nationality|caste|sexual orientation)\b")
_WHOSE = r"patient|subject|person|participant|proband|stay|admission|hadm|encounter|visit|episode|case|record"
_KEYS = re.compile(
    rf"(?:(?:{_WHOSE}|study|customer|sample|specimen|row)s? ?(?:id|key|no|nr|num|number|code)?|"
    r"p?id|uid|mrn|subj|ptid|usubjid|unnamed 0|column 1|index|"
    r"(?:pat(?:ienten)?|fall|aufnahme|studien|lfd) ?(?:nummer|nr|id)|(?:no|num|numero) (?:de )?(?:dossier|patient)|nip|"
    r"(?:환자|등록|연|순)?번호|患者(?:番号|id)|病历号|住院号)"
)
# Run together, as "patientunitstayid" is, or by its ending; words that end so are none.
_ENDS_LIKE_KEY = re.compile(rf"\w*(?:{_WHOSE})\w*(?:id|key|no|nr|num|number)|\w+(?:id|guid|uuid)|(?:\w+ )+id")
_NO_KEY = re.compile(
    r".*(?:acid|fluid|solid|rapid|liquid|lipid|covid|peptid|hybrid|[rlip]oid)|(?:.* )?(?:aid|mid|kid|grid|void|valid)"
)
_OF_PATIENTS = re.compile(
    r"patient|subject|person|participant|proband|mrn|환자|등록|患者|病历|pat ?id|ptid|pat ?nr|pid\b"
)
_OF_STAYS = re.compile(r"stay|admission|hadm|encounter|visit|episode|case|fall|aufnahme")
_PERHAPS_OUTCOME = re.compile(
    r"time|(?:time|days|months) to \w+|duration|status|stroke|classification|diagnosis|disease|\w+ disease|group"
)


@dataclass(frozen=True)
class GuessedUnit:
    """A unit read from a name, the LOINC code where the whole name was known, and why it was taken."""

    unit: str
    label: str
    loinc: str
    why: str


def label_of(column: str) -> str:
    """The column's name as words."""
    header = parse_header(column)
    words = header.key if header.unit else re.sub(r"(?<=[a-z])(?=[A-Z][a-z])|_+|\.+", " ", column).strip()
    words = re.sub(r"\s*[(\[][^()\[\]]*[)\]]\s*$", "", words).strip() or column
    return words[:1].upper() + words[1:]


def looks_like_outcome(column: str) -> bool:
    """Whether the name is that of something known only at the end."""
    return _OUTCOMES.search(folded(column)) is not None or folded(column) in _OUTCOME_NAMES


def looks_audited(column: str) -> bool:
    """Whether the name is that of a group kept to compare groups, such as race or income."""
    return _AUDITED.search(folded(column)) is not None


def perhaps_outcome(column: str) -> bool:
    """Whether the name may be that of what is known only at the end, or of what was studied."""
    return _PERHAPS_OUTCOME.fullmatch(folded(column)) is not None


def looks_like_key(column: str) -> bool:
    """Whether the name is that of a row's or a patient's key."""
    return _KEYS.fullmatch(folded(column)) is not None or _whose(column) in {"patient", "encounter"}


def ends_like_key(column: str) -> bool:
    """Whether the name ends like a key's; its values must behave like one, too."""
    name = folded(column)
    return _ENDS_LIKE_KEY.fullmatch(name) is not None and _NO_KEY.fullmatch(name) is None


def names_patients(column: str) -> bool:
    """Whether a key with this name is a patient's rather than a stay's or a row's."""
    return _OF_PATIENTS.search(folded(column)) is not None or _whose(column) == "patient"


def names_stays(column: str) -> bool:
    """Whether a key with this name is a stay's or a visit's."""
    return _OF_STAYS.search(folded(column)) is not None or _whose(column) == "encounter"


def _whose(column: str) -> str:
    """The role of a name with a word for a patient or a stay, in the languages that the import knows."""
    found = guess(column)
    return found.role if found and found.rank > 1 else ""


def names_a_measurement(column: str) -> bool:
    """Whether the name is that of something measured, or of an age, whatever its numbers look like."""
    header = parse_header(column)
    measured = header.unit or analyte_with_loinc(header.loinc) or analyte_named(header.bare, header.key)
    return bool(measured) or named_like_an_age(column) or header.bare in _known() or header.key in _known()


def unit_of(column: str, numbers: Floats) -> GuessedUnit | None:
    """The unit in the name, else that of a known measurement of this name, if the values fit it."""
    header = parse_header(column)
    analyte = analyte_with_loinc(header.loinc) or analyte_named(header.bare, header.key)
    unit = unit_named(header.written, (*analyte.units, *analyte.also) if analyte else ())
    if unit and analyte and unit.code in ORDINARY and not analyte.takes(unit.code):
        unit = None  # the least heart rate, not one in minutes
    elif unit:
        return GuessedUnit(unit.code, unit.label or unit.code, header.loinc, "from the column's name")
    elif inside := re.search(r"[(\[]([^()\[\]]{1,12})[)\]]\s*$", column):
        return GuessedUnit(inside[1], inside[1], header.loinc, "as it stands in the column's name")
    middle = float(np.nanmedian(numbers))
    found = _known().get(header.bare) or _known().get(header.key) or ()
    known = next((one for one in found if one.confirm is None or one.confirm.contains(middle)), None)
    if known is None or not known.unit:
        return None
    return GuessedUnit(
        known.unit, known.unit_label, known.loinc, f"the name is that of '{known.label}', and the values fit that unit"
    )


@cache
def _known() -> Mapping[str, tuple[Feature, ...]]:
    """Numbers with a LOINC code by what they are called, whichever codebook that ships has them.

    The names of a registry's own columns count for nothing: they are a registry's, not the field's.
    """
    inputs = formula_inputs()  # whose names are words
    known: dict[str, tuple[Feature, ...]] = {}
    for book in (inputs, *(packaged_codebook(name) for name in packaged_names())):
        for feature in (one for one in book.features if one.numeric and one.loinc):
            called = (*feature.aliases, feature.label, *((feature.name,) if book is inputs else ()))
            for word in {folded(word): None for word in called}:
                known[word] = (*known.get(word, ()), feature)
    return known
