"""The history as a table: a line a question, with its answer, its state and its rating."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import streamlit as st

from creason_core.question.asked import option_texts
from creason_core.question.kinds import TASKS
from creason_core.question.prompts import letters
from creason_core.record.ages import shown_value
from creason_core.store.history import HistoryItem
from creason_core.store.patients.codebooks import Codebooks
from creason_core.store.runs.series_words import place_words
from creason_core.store.runs.what_ifs import version_name
from pages.components.run_state import FACES
from pages.runs.history_filters import THUMBS

Row = dict[str, str]
_COLUMNS = {
    "★": st.column_config.TextColumn(width=28, help="Starred"),
    "Asked": st.column_config.TextColumn(width=92),
    "Case": st.column_config.TextColumn(width=103),
    "Cohort": st.column_config.TextColumn(width=90, help="The cohort that the question comes from"),
    "Value": st.column_config.TextColumn(width=147, help="The masked value, or the one that was estimated"),
    "Model": st.column_config.TextColumn(width=128, help="The option that most samples chose, and how many did"),
    "Recorded": st.column_config.TextColumn(width=100, help="Shown once you have revealed it beside the run"),
    "You": st.column_config.TextColumn(width=38, help="Your own answer"),
    "State": st.column_config.TextColumn(width=82),
    "Rated": st.column_config.TextColumn(width=66, help="Your newest rating"),
}


_ONE_COHORT = {  # the room of the column that is not there
    "Case": st.column_config.TextColumn(width=168),
    "Value": st.column_config.TextColumn(width=152, help="The masked value, or the one that was estimated"),
    "Recorded": st.column_config.TextColumn(width=92, help="Shown once you have revealed it beside the run"),
    "State": st.column_config.TextColumn(width=110),
}


def history_table(
    items: Sequence[HistoryItem],
    codebooks: Codebooks,
    *,
    ticked: Sequence[str],
    key: str,
    on_choose: Callable[[], None],
    untold: Mapping[str, Collection[str]],
) -> None:
    """Draws ``items`` with a box to tick each; ``ticked`` are ticked at the first drawing of ``key``.

    ``untold`` is what open questions hide of each case, by its id: no change in a what-if tells it.

    Where they are of more than one cohort, each line names its own.
    """
    several = len({item.cohort for item in items}) > 1
    st.dataframe(
        [row(item, codebooks, cohort=several, untold=untold.get(item.case_id, ())) for item in items],
        hide_index=True,
        column_config=_COLUMNS if several else {**_COLUMNS, **_ONE_COHORT},
        key=key,
        on_select=on_choose,
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [n for n, item in enumerate(items) if item.id in ticked]}},
        alt=f"{len(items)} questions that were asked, newest first",
    )


def row(item: HistoryItem, codebooks: Codebooks, *, cohort: bool = False, untold: Collection[str] = ()) -> Row:
    """One line in the words of the item's own codebook; ``cohort`` names that too, ``untold`` is told of nowhere."""
    question = item.question
    feature = codebooks.of(question).by_name.get(item.masked_feature)
    options = option_texts(question, feature) if feature else tuple(option.text for option in question.options)
    names, label = letters(len(options)), feature.label if feature else question.subject
    if item.series and item.place is not None:
        words = place_words(item.series, item.place, codebooks.of(question), untold)
        label = f"{label}, {words.removeprefix(f'{item.series}: ')}"  # the column Case says that it is a what-if
    task, recorded = TASKS[item.kind], TASKS[item.kind].unrecorded
    if truth := question.truth:
        text = shown_value(feature, truth.value) if feature else str(truth.value)
        recorded = f"{names[truth.option]} · {text}" if item.revealed else "not revealed"
    begun, today = item.created.astimezone(), datetime.now().astimezone()
    return {
        "★": "★" if item.starred else "",
        "Asked": f"{begun:%d %b, %H:%M}" if begun.year == today.year else f"{begun:%d %b %Y}",
        "Case": _case(item),
        **({"Cohort": item.cohort or "–"} if cohort else {}),
        "Value": f"{label}{task.listed}",
        "Model": _model(item, options),
        "Recorded": recorded,
        "You": names[item.own] if item.own is not None else "–",
        "State": FACES[item.status].word,
        "Rated": _rated(item),
    }


def _case(item: HistoryItem) -> str:
    if item.n < 0:
        return f"{version_name(item.n).capitalize()} of {item.label}"
    return f"{item.label}, v{item.n}" if item.n > 1 else item.label


def _model(item: HistoryItem, options: Sequence[str]) -> str:
    vote = item.vote(len(options))
    if not vote.answered:
        return "–"
    most = max(share.chosen for share in vote.shares)
    if vote.winner is None or vote.abstains:
        return f"abstained, {most}/{vote.samples}"
    return f"{letters(len(options))[vote.winner]} · {options[vote.winner]}, {most}/{vote.samples}"


def _rated(item: HistoryItem) -> str:
    thumbs = [run.thumb for run in item.runs if run.thumb]
    if len(thumbs) < 2:
        return THUMBS[thumbs[0]] if thumbs else ""
    return ", ".join(f"{thumbs.count(thumb)} {THUMBS[thumb].lower()}" for thumb in ("up", "down") if thumb in thumbs)
