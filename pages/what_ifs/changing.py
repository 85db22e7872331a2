"""The tab Change: some values are others, what follows from them, and the same question about both."""

from functools import partial

import streamlit as st

from creason_core.errors import CReasonError
from creason_core.question.what_if.copying import Supposed, suppose
from creason_core.question.what_if.pairing import changeable, pair, unseen
from creason_core.record.ages import shown_value
from creason_core.record.codebook import Feature
from creason_core.record.hours import name_at, parted
from pages.components.inert import inert
from pages.components.read_only import held
from pages.components.told_apart import told_apart
from pages.what_ifs.comparing import comparing
from pages.what_ifs.drafting import chips, complete, drafted, field_key, put, take, take_away, typed
from pages.what_ifs.running import estimate, of_kind, rest_row, run_button, samples_row, watched, withheld
from pages.what_ifs.starting import start
from pages.what_ifs.trying import Trying, Values


def changing(now: Trying, hidden: frozenset[str]) -> None:
    """Draws the changes and, under them, what came of them; ``hidden`` is what an open question hides."""
    shown = of_kind(now, "what-if")
    drafts = drafted(now.s, now.version.id)
    if shown and not drafts:
        take(now.version.id, shown.plan["places"][1])
        drafts = drafted(now.s, now.version.id)
    away = {parted(name)[0] for name in hidden}
    values = {name: value for name, value in complete(drafts).items() if parted(name)[0] not in away}
    rows(now, list(drafts), hidden)
    supposed, why_not = _supposed(now, values, hidden)
    if supposed:
        _follows(now, supposed)
    _run(now, values, supposed, why_not)
    if shown is None:
        return
    st.divider()
    if shown.live:
        watched(now, shown)
        return
    if withheld(now, shown.plan["places"][1], hidden):
        return
    rest_row(now, shown, {0: "The record", 1: "The copy"})
    comparing(now, shown)


def rows(now: Trying, names: list[str], hidden: frozenset[str]) -> None:
    """Draws a row for each change, and the way to add one."""
    away = {parted(name)[0] for name in hidden}
    for name in names:
        _row(now, name, hidden=parted(name)[0] in away)
    offered = [name for name in _offered(now, hidden) if name not in names]
    key = f"what_if_add:{now.version.id}"

    def added() -> None:
        if name := st.session_state.get(key):
            put(now.version.id, name, _recorded(now, name))
            st.session_state[key] = None

    st.selectbox(
        "Add a change",
        offered,
        index=None,
        key=key,
        format_func=told_apart(offered, lambda name: f"{now.label(name)}, {_recorded_words(now, name)}"),
        placeholder="Which value would be another?",
        on_change=added,
        disabled=held(key),
    )


def _offered(now: Trying, hidden: frozenset[str]) -> list[str]:
    """What can be changed so that it is seen: recorded values by name, and what nobody recorded."""
    features, case = changeable(now.question, now.cohort), now.version.case
    away = {parted(name)[0] for name in hidden}
    names = [entry.name for entry in case.entries if entry.feature in features and entry.feature not in away]
    rest = [name for feature in features for name in _unrecorded(now, feature)]
    return names + [name for name in rest if parted(name)[0] not in away]


def _unrecorded(now: Trying, name: str) -> list[str]:
    """What nobody recorded of a feature: itself, or of one over time each time point without a value."""
    feature, case = now.codebook.feature(name), now.version.case
    if not feature.counts:
        return [] if case.of(name) else [name]
    if name in case.by_feature:  # a value without a time, beside which none with one can stand
        return []
    points = (name_at(name, hours) for hours in now.codebook.points_of(feature))
    return [point for point in points if point not in case.by_feature]


def _row(now: Trying, name: str, *, hidden: bool) -> None:
    """Draws a change; of a value that is ``hidden`` neither what is recorded nor what it was changed to."""
    feature, key = now.codebook.feature(name), field_key(now.version.id, name)
    with st.container(border=True, key=f"what_if_row_{name}", gap="small"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            recorded = _recorded_words(now, name)
            told = recorded if name not in now.version.case.by_feature else f"recorded: {recorded}"
            told = "hidden by a question, so this change is left out" if hidden else told
            st.markdown(f"**{inert(feature.label)}** · {inert(told)}", width="content")
            st.button(
                "Leave as recorded",
                key=f"what_if_back_{name}",
                icon=":material/undo:",
                type="tertiary",
                on_click=take_away,
                args=(now.version.id, name),
            )
        if hidden:
            return
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            _field(now, name, feature, key)
            for word, value in chips(feature, now.cohort, _recorded(now, name)).items():
                st.button(
                    f"{word}: {inert(shown_value(feature, value))}",
                    key=f"what_if_chip_{name}_{word}",
                    on_click=put,
                    args=(now.version.id, name, value),
                )


def _field(now: Trying, name: str, feature: Feature, key: str) -> None:
    st.session_state.setdefault(key, drafted(now.s, now.version.id).get(name))
    if feature.numeric:
        unit = f" ({inert(feature.unit_label)})" if feature.unit_label else ""
        st.number_input(
            f"In the copy{unit}",
            value=None,
            step=10.0**-feature.decimals,
            format="%g",
            key=key,
            width=170,
            on_change=typed,
            args=(now.version.id, name),
            disabled=held(key),
        )
        return
    st.selectbox(
        "In the copy",
        [level.code for level in feature.levels],
        index=None,
        format_func=told_apart(feature.level_labels, lambda code: feature.level_labels[code]),
        key=key,
        width=260,
        on_change=typed,
        args=(now.version.id, name),
        disabled=held(key),
    )


def _supposed(now: Trying, values: Values, untold: frozenset[str]) -> tuple[Supposed | None, str]:
    """The copy, and why it cannot be asked about; of a wrong value there is no copy."""
    if not values:
        return None, "Add a change first."
    recorded = now.version.case.by_feature
    if all(name in recorded and recorded[name].value == value for name, value in values.items()):
        # A row that was just added is no fault.
        told = "Every value is as recorded, so both questions would be the same. Change a value."
        st.caption(f":material/edit: {told}")
        return None, told
    assert now.target is not None
    recompute = bool(st.session_state.get(_recompute_key(now), True))
    try:
        untold |= {now.target.feature, *(item.feature for item in now.question.hidden)}
        asked = now.target.feature
        supposed = suppose(now.version.case, values, now.cohort, asked=asked, recompute=recompute, untold=untold)
    except CReasonError as error:
        st.error(inert(str(error)), icon=":material/block:")
        return None, error.message
    try:
        _, question = pair(now.target, now.version.case, supposed.case, now.cohort, hidden_of(now, supposed))
    except CReasonError as error:
        st.info(inert(str(error)), icon=":material/visibility_off:")
        return supposed, error.message
    changed = [one.feature for one in supposed.changed]
    if lost := unseen(changed, supposed.case, question, now.codebook):
        st.info(f"The model is not shown {inert(', '.join(lost))} in this question, so that change is not seen.",
                icon=":material/visibility_off:")  # fmt: skip
    return supposed, ""


def hidden_of(now: Trying, supposed: Supposed) -> tuple[str, ...]:
    """What is hidden from both questions because it tells of the recorded value, unless the reader declines."""
    return supposed.stale if st.session_state.get(_stale_key(now), True) else ()


def _follows(now: Trying, supposed: Supposed) -> None:
    """Draws what follows from the changes, what no longer fits, and what stays as recorded."""
    if supposed.follows:
        st.checkbox("Work out what follows from the change", value=True, key=_recompute_key(now))
    listed = [*supposed.follows, *supposed.computed]
    if listed:
        st.dataframe(
            [{"Follows": one.label, "As recorded": one.before, "In the copy": one.after, "How": one.how}
             for one in listed],
            hide_index=True,
            alt="Values that follow from the change, before and after",
        )  # fmt: skip
    if supposed.computed:
        st.caption("SOFA, pressures and ratios that are no value of the record are computed here and are not sent.")
    for sentence in supposed.conflicts:
        st.warning(inert(sentence), icon=":material/sync_problem:")
    for sentence in supposed.unusual:
        st.caption(f":material/warning: {inert(sentence)}")
    if stale := now.still_shown(supposed.stale):
        labels = ", ".join(now.label(name) for name in stale)
        st.checkbox(
            f"Hide from both questions: {inert(labels)}",
            value=True,
            key=_stale_key(now),
            help="It is worked out from a changed value by a formula that this program does not know, so in the copy "
            "it would still tell of the recorded one.",
        )


def _run(now: Trying, values: Values, supposed: Supposed | None, why_not: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        samples = samples_row("what_if_samples", (1, 5, 10), 5)
        hidden = hidden_of(now, supposed) if supposed else ()
        recompute = bool(st.session_state.get(_recompute_key(now), True))
        run_button(
            now,
            "Ask both",
            partial(start, now, "what-if", ({}, values), samples, hidden=hidden, recompute=recompute),
            key="what_if_run",
            what=f"what-if:{now.version.id}:{sorted(values.items())}:{samples}:{hidden}:{recompute}",
            why_not=why_not,
        )
        st.caption(estimate(now, 2, samples), width="content")


def _recorded(now: Trying, name: str) -> float | str | None:
    entry = now.version.case.by_feature.get(name)
    return entry.value if entry else None


def _recorded_words(now: Trying, name: str) -> str:
    entry = now.version.case.by_feature.get(name)
    if entry is None:
        return "not recorded"
    feature = now.codebook.feature(name)
    return shown_value(feature, entry.value) if entry.measured else "not measured (normal assumed)"


def _recompute_key(now: Trying) -> str:
    return f"what_if_recompute:{now.version.id}"


def _stale_key(now: Trying) -> str:
    return f"what_if_stale:{now.version.id}"
