"""The tab Smallest change: changes of one value, tried by rising size, until the answer is another one."""

from functools import partial

import streamlit as st

from creason_core.errors import CReasonError
from creason_core.principal import Principal
from creason_core.question.confidence import Vote
from creason_core.question.kinds import read_question
from creason_core.question.what_if.answers import cited_in
from creason_core.question.what_if.copying import suppose
from creason_core.question.what_if.smallest import (
    MOST_CALLS,
    ChangeStep,
    Search,
    TriedChange,
    ends,
    most_changes,
    next_step,
    plan,
    size_of,
    size_text,
    size_words,
    smallest,
)
from creason_core.record.ages import shown_value
from creason_core.record.hours import parted
from pages.components.inert import inert
from pages.components.told_apart import told_apart
from pages.server.services import services
from pages.session.acting import acting
from pages.session.address import here
from pages.session.messages import redraw
from pages.what_ifs.comparing import answer_words, cited_by, text_of, vote_of
from pages.what_ifs.favouring import favours
from pages.what_ifs.running import (
    POLL_SECONDS,
    estimate,
    lettered,
    of_kind,
    one_model,
    run_button,
    samples_row,
    stop_button,
    waiting_line,
    withheld,
)
from pages.what_ifs.starting import ask_place, start
from pages.what_ifs.sweeping import changed_alone, furthest_out, value_words
from pages.what_ifs.trying import Shown, Trying, shown_of

MOST_VALUES = 4  # offered at first: with more of them each has too few steps


def smallest_change(now: Trying, hidden: frozenset[str]) -> None:
    """Draws which values may change and, under it, what was tried; ``hidden`` is what an open question hides."""
    shown = of_kind(now, "smallest change")
    names = changed_alone(now, hidden)
    if not names:
        st.info("No recorded value is shown in this question, so there is none to change.", icon=":material/info:")
        return
    _form(now, names, shown)
    if shown is not None:
        st.divider()
        if not withheld(now, shown.plan["names"], hidden):
            _found(now, shown)


def _form(now: Trying, names: list[str], shown: Shown | None) -> None:
    version_id = now.version.id
    first = [name for name in shown.plan["names"] if name in names] if shown else suggested(now, names)
    chosen = st.multiselect(
        "Values that may change",
        names,
        default=first,
        key=f"smallest_names:{version_id}",
        format_func=told_apart(names, lambda one: value_words(now, one)),
        placeholder="Choose some values",
        help="At first those that the last reasoning about this question cites, else the ones furthest outside their "
        "reference range.",
    )
    told = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        samples = samples_row("smallest_samples", (1, 5), 1)
        search = Search(now.version.case, tuple(chosen), now.cohort, most_changes(samples), {})
        steps = plan(search) if chosen else ()
        why_not = "" if steps else "Choose a value that can change."
        hide: tuple[str, ...] = ()
        helps: dict[str, float] = {}
        if steps:
            with told:
                hide, why_not = _stale(now, ends(search))  # of every value: which are tried is known after it
                if not why_not:
                    helps, why_not = favours(now, search, hide)
        run_button(
            now,
            "Search",
            partial(start, now, "smallest change", ({},), samples, hidden=hide, more={"names": chosen, "helps": helps}),
            key="smallest_run",
            what=f"smallest:{version_id}:{chosen}:{samples}",
            why_not=why_not,
        )
        st.caption(estimate(now, 1 + search.most if chosen else 0, samples, at_most=True), width="content")
    st.caption(
        f"One value at a time, by rising size on the registry's scale, at most {MOST_CALLS} calls in all. The search "
        "goes on while this page is open; what was tried stays."
    )


def suggested(now: Trying, names: list[str]) -> list[str]:
    """The values that the reasoning on the screen cites, else those furthest outside reference; a few."""
    cited = _cited(now)
    return ([name for name in names if parted(name)[0] in cited] or furthest_out(now, names))[:MOST_VALUES]


def _cited(now: Trying) -> frozenset[str]:
    """What the replies about the record cite that are on the screen: of a what-if, or of a question sent here."""
    group_id = here("run")
    if now.shown:
        return cited_by(now, now.shown.tried[0]) if 0 in now.shown.tried else frozenset()
    if group_id is None:
        return frozenset()
    view = now.s.runs.snapshot(now.s.user, group_id)
    if view.group.case_version_id != now.version.id:
        return frozenset()
    replies = ((item.run.reply, item.run.shown) for item in view.runs)
    return cited_in(replies, now.version.case, read_question(view.group.question_json), now.codebook)


def _stale(now: Trying, steps: tuple[ChangeStep, ...]) -> tuple[tuple[str, ...], str]:
    """What is hidden from every question because it tells of a recorded value."""
    assert now.target is not None
    found: dict[str, None] = {}
    for name in dict.fromkeys(step.name for step in steps):
        value = next(step.value for step in steps if step.name == name)
        try:
            copy = suppose(now.version.case, {name: value}, now.cohort, asked=now.target.feature)
        except CReasonError as error:
            return (), error.message
        found |= dict.fromkeys(copy.stale)
    if stale := now.still_shown(found):
        labels = ", ".join(now.label(name) for name in stale)
        st.caption(f":material/visibility_off: Hidden from every question, since it is worked out from them: "
                   f"{inert(labels)}")  # fmt: skip
    return tuple(found), ""


def search_of(now: Trying, shown: Shown) -> Search:
    """The search of a stored what-if."""
    names = tuple(name for name in shown.plan["names"] if name in now.version.case.by_feature)
    helps = shown.plan.get("helps", {})
    return Search(now.version.case, names, now.cohort, most_changes(shown.plan["samples"]), helps)


def tried_in(shown: Shown, base: Vote | None, options: int) -> list[TriedChange]:
    """What was tried, in order, and whether the answer was another one than ``base``."""
    found = []
    for position in sorted(shown.tried):
        one = shown.tried[position]
        for name, value in one.values.items():
            vote = vote_of(one, options) if one.judged else None
            known = vote is not None and vote.winner is not None and base is not None
            altered = vote.winner != base.winner if known and vote and base else None
            found.append(TriedChange(name, value, altered))
    return found


def _found(now: Trying, shown: Shown) -> None:
    if shown.live:
        st.fragment(_going, run_every=POLL_SECONDS)(now, shown.series.id)
        return
    first = shown.tried.get(0)
    if first is None or not first.judged:
        _broken(now, shown, 0, "The record's own answer is missing, so there is nothing to alter.")
        return
    options = lettered(now, first)
    base = vote_of(first, len(options))
    if base.winner is None:
        st.info("The record itself has no leading answer, so no change could alter it. Ask with more samples.",
                icon=":material/help:")  # fmt: skip
        return
    last = max(shown.tried)
    if not shown.tried[last].judged:
        _table(now, shown, base, options)
        _broken(now, shown, last, "The search stands still.")
        return
    tried = tried_in(shown, base, len(options))
    search = search_of(now, shown)
    if next_step(search, tried) is not None:
        _go_on(now, shown, last)
        return
    _result(now, shown, search, tried)
    _table(now, shown, base, options)


def _result(now: Trying, shown: Shown, search: Search, tried: list[TriedChange]) -> None:
    options = lettered(now, shown.tried[0])
    base = vote_of(shown.tried[0], len(options))
    one_model(list(shown.tried.values()))
    found = smallest(search, tried)
    if found is None:
        count = len(tried)
        st.info(
            f"None found within plausible ranges: of {count} change{'s' if count != 1 else ''} tried none altered the "
            f"answer ({inert(answer_words(base, options))}). That is a result: on these values the answer stands firm.",
            icon=":material/shield:",
        )
        return
    feature = now.codebook.feature(found.name)
    old = now.version.case.by_feature[found.name].value
    position = next(place for place, one in shown.tried.items() if one.values == {found.name: found.value})
    one = shown.tried[position]
    st.markdown(
        f"#### {inert(feature.label)} from {inert(shown_value(feature, old))} to "
        f"{inert(shown_value(feature, found.value))} alters the answer"
    )
    st.markdown(
        f"From {inert(answer_words(base, options))} to {inert(answer_words(vote_of(one, len(options)), options))}. "
        f"The smallest of {len(tried)} changes tried. {size_words(search, found.name, found.value)} Finer steps of "
        "other values were not tried."
    )
    text_of(one, options)


def _table(now: Trying, shown: Shown, base: Vote, options: tuple[tuple[str, str], ...]) -> None:
    """Draws what was tried, in order."""
    search, rows = search_of(now, shown), []
    for position in sorted(shown.tried):
        one = shown.tried[position]
        vote = vote_of(one, len(options)) if one.judged else None
        answer = answer_words(vote, options) if vote else ("…" if one.view.live else "no answer")
        for name, value in one.values.items():
            feature = now.codebook.feature(name)
            moved = vote is not None and vote.winner is not None and vote.winner != base.winner
            rows.append(
                {
                    "Value": feature.label,
                    "Recorded": shown_value(feature, now.version.case.by_feature[name].value),
                    "Tried": shown_value(feature, value),
                    "Size": size_text(size_of(search, name, value)),
                    "Answer": answer,
                    "Altered": "yes" if moved else "no" if vote and vote.winner is not None else "–",
                }
            )
    if rows:
        st.dataframe(rows, hide_index=True, height="content", alt=f"{len(rows)} changes that were tried, in order")


def _going(now: Trying, series_id: str) -> None:
    shown = shown_of(now.s, series_id)
    if not shown.live:
        redraw()
    tried, most = len(shown.tried) - 1, most_changes(shown.plan["samples"])
    st.progress(min(1.0, tried / most), text=f"Change {max(tried, 0)} of at most {most}")
    first = shown.tried.get(0)
    if first is not None and first.judged:
        options = lettered(now, first)
        _table(now, shown, vote_of(first, len(options)), options)
    waiting_line([item for one in shown.tried.values() for item in one.view.runs])
    stop_button(series_id)


def _go_on(now: Trying, shown: Shown, last: int) -> None:
    """Asks the next change; what is tried next follows from what the rows say, so that two windows ask the same."""
    s, first = now.s, shown.tried[0]
    options = lettered(now, first)
    tried = tried_in(shown, vote_of(first, len(options)), len(options))
    step = next_step(search_of(now, shown), tried)
    assert step is not None
    try:
        s.principal.require("ask")
        ask_place(s, s.user, now, shown, (last + 1, {step.name: step.value}), idem=f"{shown.series.id}:{last + 1}")
    except CReasonError as error:
        st.warning(inert(str(error)), icon=":material/error:")
        st.button("Go on", key="smallest_on", icon=":material/play_arrow:")
        return
    st.rerun()


@acting("ask")
def _again(me: Principal, now: Trying, series_id: str, position: int) -> None:
    s = services()
    shown = shown_of(s, series_id)
    one = shown.tried[position]
    idem = f"{series_id}:{position}:after:{one.view.group.id}"
    ask_place(s, me.user, now, shown, (position, one.values), idem=idem)


def _broken(now: Trying, shown: Shown, position: int, words: str) -> None:
    """Draws that a call has no answer, why, and the way to go on."""
    one = shown.tried.get(position)
    why = next((item.run.error for item in one.view.runs if item.run.error), "") if one else ""
    st.warning(inert(f"{words} {why} What was tried stays."), icon=":material/error:")
    st.button("Go on", key="smallest_on", icon=":material/play_arrow:", on_click=_again,
              args=(now, shown.series.id, position))  # fmt: skip
