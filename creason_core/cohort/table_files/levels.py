"""A column of levels as the codebook has them: by its codes and labels, and by what a legend of the file says of codes.

A legend of the column itself outranks the codebook, since it is the file's own word; one that names no column and
contradicts the codebook is refused, until that says ``recorded``.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from creason_core.cohort.misfits import Misfit, misfit
from creason_core.cohort.table_files.cells import Texts
from creason_core.record.codebook import Feature
from creason_core.record.importing.cells.level_codes import exact_level, folded_code, read_levels
from creason_core.record.importing.contents.legends import level_called, words_for
from creason_core.record.importing.files.protocol import Table


@dataclass(frozen=True)
class LevelColumn:
    """The level's code of each text of a column: "" for not recorded, None for no level."""

    known: Mapping[str, str | None]
    misfits: tuple[Misfit, ...] = ()


def levels_of(feature: Feature, texts: Texts, column: str, legend: Table) -> LevelColumn:
    """What ``texts`` of the column called ``column`` mean; ``legend`` is a table with the file's legend."""
    different = Counter(text for text in texts if text is not None)
    read = read_levels(different, feature, {})
    # what the codebook states is not asked
    known = {text: exact_level(text, feature) or read.meanings.get(folded_code(text)) for text in different}
    own, general = words_for(column, {folded_code(text) for text in different}, legend)
    misfits = []
    told = {text: word for text in different if (word := own.get(folded_code(text)))}
    if other := _others(told, known, feature):
        rule = f"read by the file's legend, which outranks the codebook: {_written(told, other)}"
        misfits.append(
            misfit("note", feature.name, (rule, "Correct the levels or the file."), _in(texts, other), texts)
        )
        known |= {text: level_called(told[text], feature) for text in other}
    if unclear := {text for text, word in told.items() if level_called(word, feature) is None}:
        rule = f"the file's legend calls codes what is no level of the codebook: {_written(told, unclear)}"
        remedy = "They are read by their codes: see that the levels mean the same."
        misfits.append(misfit("note", feature.name, (rule, remedy), _in(texts, unclear), texts))
    told = {text: word for text in different if not own and (word := general.get(folded_code(text)))}
    told = {text: word for text, word in told.items() if text not in feature.recorded}
    if other := _others(told, known, feature):
        rule = f"a legend of the file that names no column says otherwise than the codebook: {_written(told, other)}"
        listed = ", ".join(f'"{text}"' for text in sorted(told))
        remedy = f"Correct the levels, or write 'recorded: [{listed}]' for this feature where the codebook is right."
        misfits.append(misfit("structure", feature.name, (rule, remedy), _in(texts, other), texts))
        known |= dict.fromkeys(other, "")
    return LevelColumn(known, tuple(misfits))


def _others(told: Mapping[str, str], known: Mapping[str, str | None], feature: Feature) -> set[str]:
    """The texts whose word in a legend names another level than ``known`` has."""
    levels = {text: level_called(word, feature) for text, word in told.items()}
    return {text for text, level in levels.items() if level is not None and level != known[text]}


def _written(told: Mapping[str, str], texts: set[str]) -> str:
    return ", ".join(f"{text} = {told[text][:30]}" for text in sorted(texts)[:5])


def _in(texts: Texts, which: set[str]) -> np.typing.NDArray[np.bool_]:
    return np.array([text in which for text in texts], dtype=bool)
