"""What is not answered, and why: emergencies, children, pregnancy, and doses without weight and renal function."""

import re
from collections.abc import Iterable, Mapping
from unicodedata import category, normalize

from creason_core.errors import GuidelineError
from creason_core.guideline.facts import FoundFact
from creason_core.guideline.words import Words
from creason_core.record.units import in_unit

MAX_QUESTION = 1_000  # characters
MIN_AGE = 16  # years: the youngest whom a guideline of the starter library is about
DOSE_FACTS = ("weight", "creatinine")

_NEGATED = re.compile(
    r"\b(not|no|non|never|without|isn't|isnt|excluded?|negative|nicht|keine?|ohne|pas|sans|sin)\W{1,3}"
    r"(a |been |currently )?$",
    re.IGNORECASE,
)
_UNITS = r"(years?|yrs?|y/?o|y(?=\W+old)|months?|mo|weeks?|wks?|days?)"
_AGED = (
    re.compile(rf"\b(\d{{1,3}})[\s-]*{_UNITS}[\s-]*old\b", re.IGNORECASE),
    re.compile(r"\b(\d{1,3})[\s-]*(y/?o)\b", re.IGNORECASE),
    # a duration is no age
    re.compile(
        r"(?<!\bfor )(?<!past )(?<!last )(?<!over )(?<!after )(?<!every )\b(\d{1,3})[\s-]*(mo)\b", re.IGNORECASE
    ),
    re.compile(rf"\baged?(?:\s+of)?:?\s+(\d{{1,3}})\b\s*{_UNITS}?", re.IGNORECASE),
    re.compile(r"\b(\d{1,3})([MF])(?=,|\s+with\b)"),  # 14F alone may be a catheter
    re.compile(
        r"\b(?:he|she|patient|pt)(?:'s| is) (?:only |just )?(\d{1,3})(?=()(?: and\b|\s*[,.;:?!]|$))", re.IGNORECASE
    ),
    re.compile(r"\b(\d{1,3})[\s-]*(j(?:ä|ae)hrig|monatig|(?:Jahre?|Monate?|Wochen?|Tage?)(?=\s+alt\b))", re.IGNORECASE),
    re.compile(
        r"(?:[âa]g[ée]e?|enfant|patiente?|homme|femme|fille|garçon)\s+(?:de\s+)?(\d{1,3})\s*(ans|mois|semaines|jours)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:edad|paciente|hombre|mujer|var[oó]n|niñ[oa]|chic[oa])\s+(?:de\s+)?(\d{1,3})\s*(años|meses|semanas|d[ií]as)\b",
        re.IGNORECASE,
    ),
)
# How many of a unit make a year, by how the unit begins; else it is years.
_A_YEAR = {"mo": 12, "mes": 12, "w": 52, "sem": 52, "d": 365, "tag": 365, "jour": 365}
_DOSE_ASKED = re.compile(r"\bdos(e|es|age|ages|ing)\b|\bmg\b|\bmilligrams?\b|\bmicrograms?\b|\bmcg\b", re.IGNORECASE)
# An amount of a drug; not a concentration (mg/dL, g/L, mg.h/L, mg/mmol), and no units of blood.
_DOSE_GIVEN = re.compile(
    r"(?:\d[\d.,\s-]*|\b(?:half|one|two|three|four|five|six|eight|ten|twenty|fifty|hundred|thousand)\s+(?:a\s+)?)"
    r"(?:m?g\b(?!\s*(?:/\s*(?:d?L|m?mol|m?g)\b|\.h|\s?[·*]))"
    r"|(?:mcg|[µμu]g|micrograms?)\b(?!\s*/\s*[dm]?L\b)|(?:milli)?grams?\b"
    r"|(?:IU|IE|UI|U|units?|Einheiten|unités|unidades)\b"
    r"(?!\s*(?:/\s*[dm]?L\b|of (?:packed|red|blood|plasma|platelets?)\b))"
    r"|m(?:mol|Eq)\b(?=\s*(?:/\s*(?:kg|h|min)\b|of\b|(?:potassium|sodium|magnesium|calcium|bicarbonate|phosphate|KCl)\b))"
    r"|(?:ampoules?|vials?|tablets?|capsules?|puffs?|Ampullen?|Tabletten?|comprim[ée]s?|comprimidos?|ampollas?)\b)",
    re.IGNORECASE,
)
_LIMIT = re.compile(r"(?:\b(?:above|over|below|under|exceed\w*|than)|[<>≤≥])\s*$", re.IGNORECASE)  # of a rate, no dose
_RATE = re.compile(r"\s*/\s*kg\s*/\s*(?:min|h)", re.IGNORECASE)


def refuse_unreadable(question: str) -> None:
    """Nothing where ``question`` can be taken.

    Raises:
        GuidelineError: It is empty or too long.
    """
    if not question.strip():
        raise GuidelineError("The question is empty.", remedy='Type one, for example "Fluids or vasopressor next?".')
    if len(question) > MAX_QUESTION:
        raise GuidelineError(
            f"The question has {len(question):,} characters, and at most {MAX_QUESTION:,} are read.",
            remedy="Shorten it; the patient's values are read from the record.",
        )


def refusal(question: str, words: Words, facts: Mapping[str, FoundFact]) -> str:
    """Why nothing is answered, as sentences; empty where something may be. ``facts`` holds "age" and "pregnancy"."""
    if _says(words.emergency, question):
        return "This tool is not for emergencies. Use your local protocol and call for help."
    if _says(words.child, question) or _young(question) or _is_young(facts["age"]):
        return "This is about a child, and the library is about people aged 16 or over. Nothing is shown."
    if _says(words.pregnancy, question) or facts["pregnancy"].holds:
        return (
            "This is about pregnancy or the time after birth, which the library does not cover: "
            "NICE NG253, for one, leaves it to a guideline of its own. Nothing is shown."
        )
    return ""


def asks_for_dose(question: str) -> bool:
    """Whether the question is about how much of a drug."""
    return bool(_DOSE_ASKED.search(question))


def gives_dose(statement: str) -> bool:
    """Whether a statement names an amount of a drug, in signs of any width."""
    statement = "".join(sign for sign in normalize("NFKC", statement) if category(sign) != "Cf")
    return any(
        not (_RATE.match(statement, found.end()) and _LIMIT.search(statement[: found.start()]))
        for found in _DOSE_GIVEN.finditer(statement)
    )


def lacking_for_dose(facts: Mapping[str, FoundFact]) -> tuple[str, ...]:
    """What is missing of the facts without which no dose is shown; ``facts`` holds all of them."""
    names = {"weight": "weight", "creatinine": "renal function"}
    return tuple(names[name] for name in DOSE_FACTS if facts[name].state != "present")


def _says(patterns: Iterable[str], question: str) -> bool:
    return any(
        not _NEGATED.search(question[: found.start()])
        for pattern in patterns
        for found in re.finditer(pattern, question, re.IGNORECASE)
    )


def _young(question: str) -> bool:
    for pattern in _AGED:
        for number, unit in pattern.findall(question):
            spelt = unit.casefold()
            if float(number) / next((n for begins, n in _A_YEAR.items() if spelt.startswith(begins)), 1) < MIN_AGE:
                return True
    return False


def _is_young(age: FoundFact) -> bool:
    if age.value is None or age.feature is None:
        return False
    years = in_unit(age.feature, age.value, "a")
    return years is not None and years < MIN_AGE
