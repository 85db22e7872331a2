"""What is wrong with a library, in sentences: dates, succession, conflicts, and conditions that nothing could test."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from creason_core.guideline.conditions import Condition, parts
from creason_core.guideline.facts import Fact
from creason_core.guideline.library import Guideline, Library, Recommendation, days
from creason_core.record.units import analyte_named, scale_between


def problems(library: Library) -> tuple[str, ...]:
    """Every broken rule of ``library``; empty where there is none."""
    found = [*_twice(library), *_unknown(library)]
    return tuple(found or [*_dates(library), *_succession(library), *_conflicts(library), *_conditions(library)])


def _twice(library: Library) -> Iterator[str]:
    for what, names in (
        ("guideline", [one.key for one in library.guidelines]),
        ("recommendation", [one.id for one in library.recommendations]),
    ):
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"The {what} {name} is there twice."


def _unknown(library: Library) -> Iterator[str]:
    for guideline in library.guidelines:
        if guideline.superseded_by and guideline.superseded_by not in library.by_key:
            yield f"The guideline {guideline.key} is superseded by {guideline.superseded_by}, which is not in it."
    for one in library.recommendations:
        if one.guideline not in library.by_key:
            yield f"{one.id} belongs to the guideline {one.guideline}, which is not in the library."
        for old in one.supersedes:
            if old not in library.by_id:
                yield f"{one.id} supersedes {old}, which is not in the library."
        for need in one.needs:
            if not library.vocabulary.knows(need):
                yield f"{one.id} needs '{need}', which is no patient fact of the library."
    for conflict in library.conflicts:
        for side in conflict.sides:
            if side not in library.by_id:
                yield f"The conflict about {conflict.about} names {side}, which is not in the library."


def _dates(library: Library) -> Iterator[str]:
    for guideline in library.guidelines:
        try:
            first, _ = days(guideline.published)
        except ValueError:
            yield f"The guideline {guideline.key} was published on {guideline.published}, and there is no such day."
            continue
        if first > library.as_of:
            yield (
                f"The guideline {guideline.key} was published in {guideline.published}, "
                f"after {library.as_of}, the day on which the library was read."
            )
        yield from _corrected(library, guideline)


def _corrected(library: Library, guideline: Guideline) -> Iterator[str]:
    for told in guideline.corrections:
        for name in told.recommendations:
            if name not in library.by_id or library.by_id[name].guideline != guideline.key:
                yield f"A correction of {guideline.key} names {name}, which is not one of its recommendations."
        try:
            first, last = days(told.published) if told.published else (None, None)
        except ValueError:
            yield f"A correction of {guideline.key} came out on {told.published}, and there is no such day."
            continue
        if first and first > library.as_of:
            yield f"A correction of {guideline.key} came out in {told.published}, after {library.as_of}."
        if last and last < days(guideline.published)[0]:
            yield f"A correction of {guideline.key} came out in {told.published}, before the guideline itself."


def _succession(library: Library) -> Iterator[str]:
    for what, graph in (
        ("guidelines", {one.key: {one.superseded_by} - {""} for one in library.guidelines}),
        ("recommendations", {one.id: set(one.supersedes) for one in library.recommendations}),
    ):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            yield f"These {what} supersede one another in a circle: {' → '.join(error.args[1])}."
    for guideline in library.guidelines:
        if guideline.superseded_by and guideline.status != "superseded":
            yield f"The guideline {guideline.key} is {guideline.status} and superseded by {guideline.superseded_by}."
        if guideline.status == "superseded" and not guideline.superseded_by:
            yield f"The guideline {guideline.key} is superseded, and nothing says by which."
    for one in library.recommendations:
        for old in one.supersedes:
            yield from _order(library, one, library.by_id[old])


def _order(library: Library, newer: Recommendation, older: Recommendation) -> Iterator[str]:
    if library.guideline(newer).status == "draft":
        yield f"{newer.id} is a draft and cannot supersede {older.id}."
    if not _real(library.guideline(newer)) or not _real(library.guideline(older)):
        return
    if days(library.guideline(newer).published)[1] <= days(library.guideline(older).published)[0]:
        yield f"{newer.id} supersedes {older.id}, and is not the later one."


def _real(guideline: Guideline) -> bool:
    try:
        return bool(days(guideline.published))
    except ValueError:
        return False


def _conflicts(library: Library) -> Iterator[str]:
    for conflict in library.conflicts:
        bodies = {library.guideline(library.by_id[side]).organisation for side in conflict.sides}
        if len(bodies) + bool(conflict.other) < 2:
            yield f"The conflict about {conflict.about} names one body only."
        for side in conflict.sides:
            if library.replaced_by.get(side) or library.guideline(library.by_id[side]).status != "current":
                yield f"The conflict about {conflict.about} names {side}, which is not current."


def _conditions(library: Library) -> Iterator[str]:
    for one in library.recommendations:
        for condition in (part for rule in (*one.who, *one.when) for part in parts(rule)):
            if problem := untestable(condition, library.vocabulary.by_name.get(condition.fact)):
                yield f"{one.id}: the condition '{condition}' cannot be tested: {problem}."


def untestable(condition: Condition, fact: Fact | None) -> str:
    """Why no record could ever meet ``condition`` or fail it; empty where records can."""
    if fact is None:
        return f"no record holds '{condition.fact}'"
    if condition.holds is not None:
        if not any(recording.present for recording in fact.recorded_as):
            return f"nothing says which values of '{fact.name}' mean that it is there"
        return ""
    return _unreadable(condition.unit, fact)


def _unreadable(unit: str, fact: Fact) -> str:
    """Why the limits of a condition in ``unit`` say nothing of the measurement; empty where they do."""
    if not fact.analyte:
        return f"'{fact.name}' is a finding and has no numbers"
    analyte = analyte_named(fact.analyte)
    if analyte is None:
        return f"no measurement is called '{fact.analyte}'"
    for other in analyte.units:
        if other != unit and scale_between(analyte, other, unit) is None:
            return f"its unit '{unit}' does not convert to {other}"
    return "" if analyte.takes(unit) else f"'{fact.name}' does not come in '{unit}'"
