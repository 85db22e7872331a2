"""A column as levels of the draft: in their order, with the words that the file has for its codes."""

import re
from collections.abc import Mapping

from creason_core.cohort.drafting.columns import Column
from creason_core.cohort.drafting.draft import DraftFeature
from creason_core.cohort.drafting.levels import in_order, no_yes
from creason_core.cohort.drafting.naming import label_of
from creason_core.cohort.drafting.undecided import undecided
from creason_core.record.codebook import Feature, Kind, Level
from creason_core.record.importing.cells.level_codes import MISSING, folded_code, looks_like_code
from creason_core.record.importing.contents.legends import level_called

# Words that are a level in one table and "not recorded" in the next.
_UNSAID = frozenset(
    "unknown|unk|missing|not done|not recorded|not measured|not available|not known|none|nd|n.d.|nr|u|미상|-".split("|")
)
_SEX = re.compile(r"(?<![a-z])(?:sex|gender|geschlecht|sexe|sexo|female|male)(?![a-z])|성별")
_SAYS = re.compile(r"\s*[(\[][^()\[\]]*[=:：][^()\[\]]*[)\]]|\s*[,;:]?\s*\d+\s*[=:].*$", re.DOTALL)


def _two(*labels: str) -> Feature:
    levels = tuple(Level(code=label, label=label) for label in labels)
    return Feature(name="x", label="x", section="x", kind="binary", time="admission", levels=levels)


_NO_YES, _OF_SEX = _two("No", "Yes"), _two("Female", "Male")


def levels_of_column(column: Column) -> DraftFeature:
    """The column as levels: their order, the words that the file has for codes, and what may be no level."""
    words = {text: word for text in column.different if (word := column.words.get(folded_code(text)))}
    gaps = {text for text, word in words.items() if word.casefold() in MISSING}
    codes = {f"{code:.10g}" for code in column.codes} or _codes_among_words(column)
    told_as = (_whole_as_text(text) for text, _ in column.different.most_common())
    written = [text for text in told_as if text not in codes and text not in gaps]
    levels = list({text.casefold(): text for text in reversed(written)}.values())  # "n" is "N", if that is commoner
    whole = [text for text in levels if text.lstrip("+-").isdecimal()]
    words = {_whole_as_text(text): word for text, word in words.items()}
    notes = _about_words(column, whole, words, gaps)
    rare = [text for text, count in column.different.items() if count < 10]
    if rare and len(column.texts) > 200:
        notes.append(f"fewer than 10 rows: {', '.join(rare[:8])}")
    notes += undecided(column)
    if codes and not column.codes:
        told = ", ".join(f'"{code}"' for code in sorted(codes))
        notes.append(
            f"missing: {told} among words, as codes for \"not recorded\" are. Write 'missing: [{told}]', or add them "
            "to the levels; no cohort is made before"
        )
    if unsaid := [text for text in levels if text.casefold() in _UNSAID]:
        told = ", ".join(f'"{text}"' for text in unsaid)
        notes.append(f"missing: {told} may stand for \"not recorded\": then move it to 'missing: [{told}]'")
    missing = tuple(sorted(gaps))
    plain = len(levels) == 2 and not words and not column.perhaps and not _SEX.search(column.name.casefold())
    if spoken := (_spoken(levels, words) if words else no_yes(levels) if plain else None):
        return DraftFeature(column.name, _label(column), "binary", levels=spoken, missing=missing, notes=tuple(notes))
    if len(whole) == len(levels):
        ordered, how = tuple(sorted(levels, key=int)), "they are whole numbers"
        if words.keys() >= set(levels):
            how = in_order(sorted(words[level] for level in levels))[1]
    else:
        ordered, how = in_order(sorted(levels))
    kind: Kind = "binary" if len(levels) == 2 else "ordinal" if how else "nominal"
    if kind == "ordinal":
        notes.append(f"taken to be in order, because {how}; nominal if not")
    labelled = tuple((text, words.get(text, text)) for text in ordered)
    return DraftFeature(column.name, _label(column), kind, levels=labelled, missing=missing, notes=tuple(notes))


def _label(column: Column) -> str:
    """Its name without what it says of codes."""
    return label_of(_SAYS.sub("", column.name) or column.name) if column.words else label_of(column.name)


def _about_words(column: Column, whole: list[str], words: Mapping[str, str], gaps: set[str]) -> list[str]:
    """What is to be said of the words that the file has for codes."""
    notes = ["what do the codes mean? Write it as their labels"] if set(whole) - words.keys() else []
    if words:
        notes.append("levels: the words are those of the file's legend")
    if gaps:
        notes.append(f"missing: {', '.join(sorted(gaps))}, as the file's legend says")
    if column.perhaps and not words:
        told = "; ".join(f"{code} = {word}" for code, word in sorted(column.perhaps.items()))
        notes.append(f'a legend of the file says "{told[:200]}" and names no column: is it of this one?')
    return notes


def _spoken(levels: list[str], words: Mapping[str, str]) -> tuple[tuple[str, str], ...] | None:
    """Two levels that a legend calls no and yes, or female and male, in any language; None for any others."""
    for pair in (_NO_YES, _OF_SEX):
        meant = {level_called(words.get(text, text), pair): text for text in levels}
        if len(levels) == 2 and meant.keys() == {level.code for level in pair.levels}:
            return tuple((meant[level.code], level.label) for level in pair.levels)
    return None


def _codes_among_words(column: Column) -> set[str]:
    """Numbers such as -9 where all other levels are words."""
    codes = {text for text in column.different if looks_like_code(text)}
    words = [text for text in column.different if text not in codes]
    return codes if len(words) > 1 and all(any(map(str.isalpha, text)) for text in words) else set()


def _whole_as_text(text: str) -> str:
    """A code written "2.0", as in a column that had gaps once, as "2"."""
    return re.sub(r"^([+-]?\d+)\.0+$", r"\1", text)
