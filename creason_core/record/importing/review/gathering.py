"""Questions that ask the same of many values, asked once: of a feature, or of all features where many have them.

An answer is one about each of the values that the question counts, and about no other: what comes in later by another
mapping is asked anew. A person may take a question apart, into one a feature and then one a value.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from creason_core.record.codebook import Codebook
from creason_core.record.importing.columns.mapping import target_feature
from creason_core.record.importing.contents.coding import AS_WRITTEN, FOR_ALL, NOT_RECORDED
from creason_core.record.importing.decisions import AskedCode, Asks, Decisions, Question
from creason_core.record.importing.patients.rows import described
from creason_core.record.units import unit_named

EACH = "each"  # a meaning of a code: it is asked of each column
_FEW = 3  # questions of a kind that are asked one by one
_NAMED = 8  # features that a question names
_SAYS: Mapping[Asks, str] = {
    "confirm": "are unusual",
    "unit suspected": "would fit another unit",
    "contradiction": "contradict others of the same time",
    "rejected": "cannot be used",
    "row": "cannot be used",
}
_REMEDIES: Mapping[Asks, str] = {
    "confirm": "Keep all of them with a reason, or leave them out.",
    "unit suspected": "Convert all of them, keep them as they are with a reason, or leave them out.",
    "contradiction": "Keep all of them with a reason, or leave them out.",
    "rejected": "Correct the file, or leave them out.",
    "row": "Correct the file, or leave them out.",
}


def gathered(questions: Iterable[Question], decisions: Decisions, codebook: Codebook) -> tuple[Question, ...]:
    """``questions``, of which those that ask the same are one, in the place of its first."""
    given = _codes_once(tuple(questions), decisions)
    kinds: dict[str, list[Question]] = {}
    for question in given:
        if _of_a_value(question):
            kinds.setdefault(question.asks, []).append(question)
    first: dict[int, list[Question]] = {}
    for several in kinds.values():
        first[id(several[0])] = _asked(several, decisions, codebook)
    found: list[Question] = []
    for question in given:
        found += first.get(id(question), []) if _of_a_value(question) else [question]
    return tuple(found)


def _of_a_value(question: Question) -> bool:
    """Whether a question is about one value or one row, and there may be many like it."""
    return question.asks in _SAYS and question.row > 0 and bool(question.feature or question.asks == "row")


def _asked(several: Sequence[Question], decisions: Decisions, codebook: Codebook) -> list[Question]:
    """The questions of one kind: one by one where they are few, else one a feature, else one for all."""
    kind = several[0].asks
    if len(several) <= _FEW:
        return list(several)
    parts: dict[tuple[str, str], list[Question]] = {}
    for question in several:
        parts.setdefault(_part(question), []).append(question)
    if len(parts) > _FEW and kind not in decisions.apart:
        return [_of_many(several, kind, codebook)]
    found: list[Question] = []
    for (feature, unit), alike in parts.items():
        name = f"{kind}:{feature}:{unit}"
        found += alike if len(alike) == 1 or name in decisions.apart else [_of_many(alike, name, codebook)]
    return found


def _of_many(alike: Sequence[Question], name: str, codebook: Codebook) -> Question:
    first = alike[0]
    parts = Counter(map(_part, alike))
    one = len({feature for feature, _ in parts}) == 1
    rows = sorted({question.row for question in alike})
    counted = "; ".join(
        f"{_label(part, codebook)} {count:,} times ({_span([q for q in alike if _part(q) == part])})"
        for part, count in parts.most_common(_NAMED)
    )
    if len(parts) > _NAMED:
        counted += f"; {sum(parts.values()) - sum(c for _, c in parts.most_common(_NAMED)):,} of other features"
    what = f"{len(alike):,} rows" if first.asks == "row" else f"{len(alike):,} values"
    of = f" of {_label(_part(first), codebook)}, {_span(alike)}," if one and first.feature else ""
    several = "" if one else f" {counted}."
    message = f"{what}{of} {_SAYS[first.asks]} ({described(rows)}).{several} The first: {first.message}"
    return replace(
        first, row=0, feature=first.feature if one else "", message=message, remedy=_REMEDIES[first.asks],
        suspected=first.suspected if all(question.suspected for question in alike) else (),
        may_keep=all(question.may_keep for question in alike), shown="",
        values=tuple((question.feature, question.row) for question in alike), many=name,
    )  # fmt: skip


def _part(question: Question) -> tuple[str, str]:
    """What questions are alike by: the feature, and the unit that its values would fit."""
    return question.feature, question.suspected[0].unit if question.suspected else ""


def _label(part: tuple[str, str], codebook: Codebook) -> str:
    feature, code = part
    if not feature:
        return "rows"
    label, unit = target_feature(feature, codebook).label, unit_named(code) if code else None
    return f"{label} as {unit.label or code}" if unit else label


def _span(alike: Sequence[Question]) -> str:
    """The values in question, in words: from the least to the greatest, or the commonest texts."""
    texts = Counter(question.shown for question in alike)
    numbers = sorted((number, text) for text in texts if (number := _number(text)) is not None)
    if len(numbers) == len(texts) > 1 and len({text.partition(" ")[2] for text in texts}) == 1:  # of one unit
        return f"{numbers[0][1].partition(' ')[0]} to {numbers[-1][1]}"
    said = ", ".join(f"'{text[:40]}'" for text, _ in texts.most_common(3))
    more = len(texts) - 3
    return f"{said} and {more:,} other{'' if more == 1 else 's'}" if more > 0 else said


def _number(text: str) -> float | None:
    try:
        return float(text.split(" ", maxsplit=1)[0].replace("−", "-").rstrip("%"))
    except ValueError:
        return None


def _codes_once(questions: Sequence[Question], decisions: Decisions) -> tuple[Question, ...]:
    """``questions``, of which one asks about a code such as -1 that stands out in several columns."""
    apart = {item.code for item in decisions.codes if not item.column and item.means == EACH}
    columns: dict[str, list[tuple[str, int]]] = {}
    for question in questions:
        for asked in question.codes if question.asks == "missing codes" else ():
            if FOR_ALL.fullmatch(asked.code) and asked.code not in apart:
                columns.setdefault(asked.code, []).append((question.column, asked.count))
    shared = {code: found for code, found in columns.items() if len(found) > 1}
    found: list[Question] = []
    told: set[str] = set()
    for question in questions:
        if question.asks != "missing codes":
            found.append(question)
            continue
        for asked in question.codes:
            if asked.code in shared and asked.code not in told:
                told.add(asked.code)
                found.append(_of_columns(asked.code, shared[asked.code]))
        if rest := tuple(asked for asked in question.codes if asked.code not in shared):
            found.append(replace(question, codes=rest))
    return tuple(found)


def _of_columns(code: str, places: Sequence[tuple[str, int]]) -> Question:
    options = (
        (NOT_RECORDED, "Not recorded, in each of them"),
        (AS_WRITTEN, "A value, in each of them"),
        (EACH, "Ask of each column"),
    )
    named = ", ".join(f"'{column}' ({count:,})" for column, count in places[:_NAMED])
    more = f" and {len(places) - _NAMED:,} further columns" if len(places) > _NAMED else ""
    message = f'{code} may stand for "not recorded" in {named}{more}: no other value is near.'
    remedy = "Say it once; it holds for all of these columns."
    count = sum(count for _, count in places)
    return Question("missing codes", 0, "", message, remedy, codes=(AskedCode(code, count, options),),
                    columns=tuple(column for column, _ in places))  # fmt: skip
