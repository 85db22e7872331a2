"""The copy of a record in which values are others, with what follows from them; it is never the patient's record.

What follows is worked out anew where the formula is known and its inputs are in the copy at the same time, unless the
reader declines. What follows in a way that nobody here knows still tells of the recorded value: it is named, so that it
can be hidden from both questions.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from creason_core.cohort.cohort import Cohort
from creason_core.errors import CaseError
from creason_core.question.what_if.formulas import Formula, formulas_of
from creason_core.record.ages import shown_value
from creason_core.record.case import CONFIRM, Entry, PatientCase, check_value, make_case, parse_value
from creason_core.record.changes import Change, changes
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.computed import computed_values, contradictions, quantity_of, readings
from creason_core.record.hours import name_at, parted
from creason_core.record.sofa import sofa

SUPPOSED = "Supposed in a what-if."  # the reason that a value outside the confirm tier carries
HIDDEN = "hidden"  # in place of a value that may not be told


@dataclass(frozen=True, slots=True)
class Follows:
    """A value that follows from others: before and after, as people read it, and how; ``feature`` may be no column."""

    feature: str
    label: str
    before: str
    after: str
    how: str


@dataclass(frozen=True, slots=True)
class Supposed:
    """The copy. ``changed`` was changed by hand; ``follows`` are columns worked out anew, or that would be.

    ``computed`` are scores and ratios that are no column and move. ``stale`` are the names of values in the copy that
    follow from changed ones in a way that nobody here knows. ``conflicts`` are sentences about values that no longer
    fit one another, ``unusual`` about values that are possible and rare.
    """

    case: PatientCase
    changed: tuple[Change, ...]
    follows: tuple[Follows, ...]
    computed: tuple[Follows, ...]
    stale: tuple[str, ...]
    conflicts: tuple[str, ...]
    unusual: tuple[str, ...]


def suppose(
    case: PatientCase,
    values: Mapping[str, float | str],
    cohort: Cohort,
    *,
    asked: str = "",
    recompute: bool = True,
    untold: Collection[str] = (),
) -> Supposed:
    """A copy of ``case`` with ``values``, by ``Entry.name`` ("lactate@6"), in the codebook's units.

    A value that nobody recorded may be supposed too. ``asked`` names the value that the question is about: it stays as
    recorded, since nobody is shown it. ``recompute``: what follows from the values is worked out anew. Of ``untold``
    features, by ``Entry.name``, nothing in words tells the value: no score that counts them, no sentence about them.

    Raises:
        CaseError: A value is impossible or no level, or every value is as recorded; the message says which.
        CodebookError: The codebook has no such feature.
    """
    codebook = cohort.codebook
    entries = dict(case.by_feature)
    for name, value in values.items():
        feature = codebook.feature(name)
        if feature.role == "audit":
            raise CaseError(
                f"{feature.label} is kept for audits only and never sent, so changing it changes nothing.",
                remedy="Change another value.",
            )
        entries[name] = _entry(name, parse_value(feature, value))
    by_hand = make_case(case.patient, entries.values(), codebook)
    changed = changes(case, by_hand, codebook)
    if not changed:
        raise CaseError("Every value is as recorded, so both questions would be the same.", remedy="Change a value.")
    moved = {change.feature for change in changed}
    follows = tuple(_following(case, by_hand, moved, cohort, asked))
    made = by_hand
    if recompute and follows:
        anew = {name: _entry(name, value, computed=True) for name, value, _ in follows}
        made = make_case(case.patient, {**by_hand.by_feature, **anew}.values(), codebook)
    secret = {parted(name)[0] for name in (asked, *untold)}
    told = tuple(
        _told(case, name, value, formula, codebook)
        if secret.isdisjoint({parted(name)[0], *formula.inputs})
        else Follows(name, codebook.feature(name).label, HIDDEN, HIDDEN, formula.words)
        for name, value, formula in follows
    )
    before, after = (_without(one, secret, codebook) for one in (case, made))
    reached = moved | {name for name, _, _ in follows}
    return Supposed(
        case=made,
        changed=changed,
        follows=told,
        computed=tuple(_computed(before, after, codebook)),
        stale=tuple(name for name in _stale(made, reached, moved, cohort) if parted(name)[0] != parted(asked)[0]),
        conflicts=(*_conflicts(before, after, moved, codebook), *(() if recompute else map(_left, told))),
        unusual=tuple(_unusual(made, moved, codebook)),
    )


def _entry(name: str, value: float | str, *, computed: bool = False) -> Entry:
    feature, hours = parted(name)
    reason = "" if computed else SUPPOSED
    return Entry(
        feature=feature, hours=hours, value=value, reason=reason, provenance="computed" if computed else "entered"
    )


def _following(
    before: PatientCase, after: PatientCase, moved: set[str], cohort: Cohort, asked: str
) -> Iterator[tuple[str, float | str, Formula]]:
    """Each recorded value but ``asked`` that follows from ``moved`` ones, by name, with what it now is; in steps."""
    now = {name: entry.value for name, entry in after.by_feature.items()}
    reached = set(moved)
    for formula in formulas_of(cohort).known:
        feature = cohort.codebook.feature(formula.result)
        if formula.result == parted(asked)[0]:
            continue
        for entry in before.of(formula.result):
            names = {each: name_at(each, entry.hours) for each in formula.inputs}
            if entry.name in moved or reached.isdisjoint(names.values()) or not now.keys() >= set(names.values()):
                continue
            found = formula.value({each: now[name] for each, name in names.items()})
            value = None if found is None else _as_recorded(feature, found)
            if value is not None and feature.text(value) != feature.text(entry.value):
                now[entry.name] = value
                reached.add(entry.name)
                yield entry.name, value, formula


def _as_recorded(feature: Feature, number: float) -> float | str | None:
    """The result of a formula as a value of ``feature``; None where it is no level of it."""
    if feature.numeric:
        return float(round(number)) if feature.kind == "integer" else round(number, feature.decimals)
    return next((level.code for level in feature.levels if _is_number(level.code, number)), None)


def _is_number(code: str, number: float) -> bool:
    try:
        return float(code) == number
    except ValueError:
        return False


def _without(case: PatientCase, secret: Collection[str], codebook: Codebook) -> PatientCase:
    return make_case(case.patient, (entry for entry in case.entries if entry.feature not in secret), codebook)


def _told(case: PatientCase, name: str, value: float | str, formula: Formula, codebook: Codebook) -> Follows:
    feature, entry = codebook.feature(name), case.by_feature[name]
    return Follows(name, feature.label, shown_value(feature, entry.value), shown_value(feature, value), formula.words)


def _computed(before: PatientCase, after: PatientCase, codebook: Codebook) -> Iterator[Follows]:
    """What is no column of the record and moves: MAP, P/F, shock index, and SOFA with its parts."""
    old, new = readings(before, codebook), readings(after, codebook)
    columns = {quantity_of(feature) for feature in codebook.features}
    for was, now in zip(computed_values(old), computed_values(new), strict=True):
        if was.text != now.text and now.value is not None and now.name not in columns:
            yield Follows("", now.label, was.text, now.text, now.formula)
    scores = sofa(old), sofa(new)
    for one, other in zip(scores[0].parts, scores[1].parts, strict=True):
        if (one.low, one.high) != (other.low, other.high):
            yield Follows("", f"SOFA, {one.organ}", _points(one.low, one.high), _points(other.low, other.high),
                          other.because)  # fmt: skip
    if scores[0].text != scores[1].text:
        yield Follows("", "SOFA", scores[0].text.removeprefix("SOFA "), scores[1].text.removeprefix("SOFA "),
                      "the sum of its six parts")  # fmt: skip


def _left(one: Follows) -> str:
    if one.before == HIDDEN:
        return f"{one.label} stays as recorded, though it would be another now ({one.how})."
    return f"{one.label} stays {one.before}, though it would be {one.after} now ({one.how})."


def _points(low: int, high: int) -> str:
    return f"{low} points" if low == high else f"{low}–{high} points"


def _stale(made: PatientCase, reached: set[str], moved: set[str], cohort: Cohort) -> Iterator[str]:
    """The values of the copy that follow from ``reached`` ones and were not worked out anew, by name."""
    formulas = formulas_of(cohort)
    inputs = {**formulas.unknown, **{one.result: one.inputs for one in formulas.known}}
    found: set[str] = set()
    while True:
        more = {
            entry.name
            for result, names in inputs.items()
            for entry in made.of(result)
            if entry.name not in reached | moved | found
            and not (reached | found).isdisjoint({*names, *(name_at(name, entry.hours) for name in names)})
            and (result in formulas.unknown or not _whole(made, names, entry.hours, found))
        }
        if not more:
            return (yield from (entry.name for entry in made.entries if entry.name in found))
        found |= more


def _whole(case: PatientCase, names: Iterable[str], hours: float | None, stale: set[str]) -> bool:
    """Whether a formula has all of its inputs at ``hours``, none of them ``stale``."""
    at = [name_at(name, hours) for name in names]
    return all(name in case.by_feature for name in at) and stale.isdisjoint(at)


def _conflicts(before: PatientCase, after: PatientCase, moved: set[str], codebook: Codebook) -> Iterator[str]:
    old = {one.message for one in contradictions(readings(before, codebook))}
    yield from (one.message for one in contradictions(readings(after, codebook)) if one.message not in old)
    features = {parted(name)[0] for name in moved}
    for tie in codebook.ties:
        others = [name for name in tie.features if name not in features and after.of(name)]
        if features.intersection(tie.features) and others:
            labels = ", ".join(codebook.feature(name).label for name in others)
            one = next(name for name in tie.features if name in features)
            label = codebook.feature(one).label
            yield f"{label} is tied to {labels}, because {tie.reason}: see whether they still fit."


def _unusual(made: PatientCase, moved: set[str], codebook: Codebook) -> Iterator[str]:
    for name in sorted(moved):
        for finding in check_value(codebook.feature(name), made.by_feature[name].value):
            if finding.tier == "confirm":
                yield finding.message.removesuffix(f" {CONFIRM}")
