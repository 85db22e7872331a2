"""What settles what: formulas and ties, declared or found, and everything that they let one work out.

A relation is a result and its inputs (a score and its parts), or a group without a result (features that settle one
another by how the registry was made). Who knows all of a relation but one knows that one. Here it is worked out what
must be hidden so that a masked feature cannot be: over any number of steps, in both directions. Nothing is fitted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.drafting.cuts import find_cuts
from creason_core.cohort.drafting.cuts_of_two import find_cuts_of_two
from creason_core.cohort.drafting.formulas import find_formulas
from creason_core.cohort.leakage.guard import HiddenFeature
from creason_core.record.codebook import Codebook, Feature

HOLDS_IN = 0.95  # of the rows: a formula with slips of the pen gives away as much


@dataclass(frozen=True)
class Relation:
    """``result`` follows from ``inputs``; without a result each follows from the others (a tie).

    ``found`` tells a formula found in the numbers from one of the codebook; ``reason`` is a tie's, after "because".
    """

    result: str
    inputs: tuple[str, ...]
    found: bool = False
    reason: str = ""

    @property
    def members(self) -> frozenset[str]:
        """Everything in it."""
        return frozenset((self.result, *self.inputs)) - {""}


def declared(codebook: Codebook) -> tuple[Relation, ...]:
    """The formulas and ties of ``codebook``."""
    ties = (Relation("", tie.features, reason=tie.reason) for tie in codebook.ties)
    return (*ties, *(Relation(f.name, f.derived_from) for f in codebook.features if f.derived_from))


def found_in(numbers: Floats, codebook: Codebook) -> tuple[Relation, ...]:
    """The formulas in ``numbers`` (patients × features, ``determination.numbers_of``) that ``codebook`` lacks."""
    columns = {
        feature.name: numbers[:, place] for place, feature in enumerate(codebook.features) if feature.role != "audit"
    }
    by_name = codebook.by_name
    as_numbers = {name: _counted(by_name[name], column) for name, column in columns.items()}
    summed = {name: column for name, column in as_numbers.items() if column is not None}
    steps = {name: 10.0 ** -by_name[name].decimals if by_name[name].numeric else 0.0 for name in columns}
    quantities = {name: column for name, column in columns.items() if by_name[name].numeric}
    levels = {name: column for name, column in columns.items() if not by_name[name].numeric}
    known = [relation.members for relation in declared(codebook)]
    cuts = find_cuts(levels, quantities)
    settled = {cut.result for cut in cuts}
    open_levels = {name: column for name, column in levels.items() if name not in settled}
    cuts += find_cuts_of_two(open_levels, quantities)
    formulas = (*find_formulas(summed, steps, holds_in=HOLDS_IN), *cuts)
    told = (Relation(formula.result, formula.inputs, found=True) for formula in formulas)
    return tuple(relation for relation in told if not any(relation.members <= members for members in known))


def _counted(feature: Feature, column: Floats) -> Floats | None:
    """The column as something that can be a part of a sum: levels by their codes where these are numbers."""
    if feature.numeric or feature.kind == "binary":
        return column
    if feature.kind != "ordinal":
        return None
    try:
        codes = np.array([float(level.code) for level in feature.levels] + [np.nan])
    except ValueError:
        return column
    return np.asarray(codes[np.where(np.isnan(column), -1, column).astype(int)])


def tied(codebook: Codebook, masked: Feature, found: Iterable[Relation]) -> dict[str, HiddenFeature]:
    """What must be hidden with ``masked`` because of the relations of ``codebook`` and those ``found``.

    What it is worked out from and what is worked out from it, step after step, with all that says the same as any of
    these; those tied to it; and what would still let it be worked out from what is left. A feature over time is never
    shown by itself (``time_relations.spread`` has its values at each time point).
    """
    relations = (*found, *declared(codebook))  # of two sentences the last is told
    label = {feature.name: feature.label for feature in codebook.features}
    same = _classes(relations, label)
    mine = same[masked.name]
    up, down = _steps(relations, same)
    ties = [relation for relation in relations if not relation.result and masked.name in relation.members]
    hidden = set(mine) | _reached(mine, up) | _reached(mine, down)
    hidden |= {name for tie in ties for member in tie.members for name in same[member]}
    shown = frozenset(f.name for f in codebook.features if f.role != "audit" and not codebook.points_of(f))
    while rest := _settling(relations, masked.name, shown - hidden):
        hidden |= rest
    return {
        name: HiddenFeature(feature=name, reason="formula", sentence=_sentence(relations, label, masked.name, name))
        for name in label
        if name in hidden & shown and name != masked.name
    }


def _classes(relations: Iterable[Relation], names: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Each feature with all that say the same: results of one input, over any number of steps."""
    same = {name: frozenset((name,)) for name in names}
    for relation in relations:
        if relation.result and len(relation.inputs) == 1:
            together = same[relation.result] | same[relation.inputs[0]]
            same |= dict.fromkeys(together, together)
    return same


Graph = Mapping[str, frozenset[str]]


def _steps(relations: Iterable[Relation], same: Graph) -> tuple[Graph, Graph]:
    """From each feature to what it is worked out from, and to what is worked out from it."""
    up: dict[str, frozenset[str]] = {}
    down: dict[str, frozenset[str]] = {}
    for relation in relations:
        if not relation.result:
            continue
        inputs = frozenset(name for each in relation.inputs for name in same[each])
        for name in same[relation.result]:
            up[name] = up.get(name, frozenset()) | inputs
        for name in inputs:
            down[name] = down.get(name, frozenset()) | same[relation.result]
    return up, down


def _reached(start: frozenset[str], graph: Graph) -> set[str]:
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        for name in graph.get(waiting.pop(), frozenset()) - found:
            found.add(name)
            waiting.append(name)
    return found


def _settling(relations: Iterable[Relation], masked: str, visible: frozenset[str]) -> frozenset[str]:
    """The visible features from which ``masked`` can be worked out; empty where it cannot."""
    known: dict[str, frozenset[str]] = {name: frozenset((name,)) for name in visible}
    grown = True
    while grown and masked not in known:
        grown = False
        for relation in relations:
            unknown = [name for name in relation.members if name not in known]
            if len(unknown) == 1:
                known[unknown[0]] = frozenset().union(*(known[name] for name in relation.members - {unknown[0]}))
                grown = True
    return known.get(masked, frozenset())


def _sentence(relations: Iterable[Relation], label: Mapping[str, str], masked: str, name: str) -> str:
    said = f"{label[name]} is hidden: it gives {label[masked]} away over a chain of formulas."
    for relation in relations:
        if not {masked, name} <= relation.members:
            continue
        if not relation.result:
            said = f"{label[name]} is hidden: it can give {label[masked]} away, because {relation.reason}."
        elif relation.found:
            inputs = _listed([label[each] for each in relation.inputs])
            said = (
                f"{label[name]} is hidden: among the training patients {label[relation.result]} follows from {inputs}."
            )
        elif name == relation.result:
            said = f"{label[name]} is hidden: it is worked out from {label[masked]}."
        elif masked == relation.result:
            said = f"{label[name]} is hidden: {label[masked]} is worked out from it."
    return said


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
