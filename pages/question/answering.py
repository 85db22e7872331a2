"""The right-hand side of a question until its run ends: commit, run, and the text as it comes."""

import streamlit as st

from creason_core.cohort.leakage.guard import BY_HAND
from creason_core.model.engines.base import ReadsAhead
from creason_core.question.hiding_more import by_hand
from creason_core.question.masked_value import visible_entries
from creason_core.question.prompts import letters
from creason_core.store.people.commitments import Commitment
from creason_core.store.runs.paces import usual_seconds
from pages.components.inert import inert
from pages.components.leak_panel import leak_panel
from pages.components.question_card import (
    commit_row,
    options_to_choose,
    options_to_read,
    prompt_popover,
    samples_row,
)
from pages.components.read_only import saving
from pages.components.reasoning_panel import live_text, waiting_panel
from pages.components.run_state import about, vote_so_far
from pages.components.told_apart import told_apart
from pages.question.asking import Asking, switch_guard
from pages.question.ended_run import judging
from pages.question.run_actions import commit, own_answer, start_run, stop_run
from pages.question.sample_count import choose_count, chosen_count
from pages.server.services import services
from pages.session.acting import key_for
from pages.session.case_opening import choose_feature
from pages.session.engine_wish import engine_choice
from pages.session.hidden_by_hand import hide_by_hand
from pages.session.messages import redraw

SAMPLES = {1: "1 quick", 5: "5 standard", 10: "10 careful"}
POLL_SECONDS = 0.25


def answering(asking: Asking) -> None:
    """Draws whatever is next for the question: commit and run, wait and read, or judge."""
    question = asking.question
    assert question is not None
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(f"{asking.task.doing}: {inert(asking.feature.label)}", width="content")
        with st.container(horizontal=True, width="content", gap="small"):
            prompt_popover(asking.prompt)
            st.button("Choose another", key="choose_another", type="tertiary", on_click=choose_feature, args=(None,))
    _leak_panel(asking)
    st.markdown(f"**{inert(asking.task.stem)}**")
    if question.notes:
        st.caption("The model is given the registry's notes on it (Settings).")
    own = own_answer(question.id, asking.view.group.id if asking.view else None)
    if asking.view is None:
        _before(asking, own)
    elif asking.view.live:
        _marked_options(asking, own, one_line=True)  # the text that comes is to be in sight
        st.session_state[f"watched:{asking.view.group.id}"] = True
        st.fragment(_live, run_every=POLL_SECONDS)(asking.view.group.id, asking.prefer.shortcuts)
    else:
        judging(asking, asking.view, own)


def chosen_option(question_id: str) -> int | None:
    """The option that this session has chosen and not committed yet."""
    chosen = st.session_state.get(f"chosen:{question_id}")
    return chosen if isinstance(chosen, int) else None


def _leak_panel(asking: Asking) -> None:
    question = asking.question
    assert question is not None
    switches = asking.prefer.researcher and asking.view is None
    leak_panel(
        asking.feature.label,
        tuple(item for item in question.hidden if item.reason != BY_HAND),
        asking.guard_off,
        asking.guarded if switches else (),
        (lambda feature: switch_guard(asking.version.id, question.masked_feature, feature)) if switches else None,
        by_hand=asking.by_hand,
    )
    if asking.kind == "mask" and asking.view is None:
        _hide_more(asking)


def _hide_more(asking: Asking) -> None:
    """Draws the field in which other values are chosen to be hidden too."""
    question, version = asking.question, asking.version
    assert question is not None
    masked, chosen = question.masked_feature, by_hand(question)
    seen = {entry.name for entry in visible_entries(version.case, question, asking.codebook) if entry.measured}
    names = [entry.name for entry in version.case.entries if entry.name in seen.union(chosen)]
    key = f"more:{version.id}:{masked}"
    st.multiselect(
        "Hide more with it",
        names,
        default=chosen,
        format_func=told_apart(names, lambda name: asking.codebook.feature(name).label),
        key=key,
        placeholder="And if other values were not known either?",
        on_change=lambda: hide_by_hand(version.id, masked, st.session_state[key]),
    )


def _before(asking: Asking, own: Commitment | None) -> None:
    question = asking.question
    assert question is not None
    _read_ahead(asking)
    if asking.prefer.commit_first and own is None:
        st.markdown("**Your answer first.** The model's output appears after you commit or skip.")
        options_to_choose(
            asking.options,
            chosen_option(question.id),
            lambda index: st.session_state.update({f"chosen:{question.id}": index}),
            "option",
            shortcuts=asking.prefer.shortcuts,
        )
        commit_row(
            chosen_option(question.id),
            lambda option, sure: commit(question, asking.version, option, sure),
            lambda: commit(question, asking.version, None, sure=False),
            "commit",
        )
    else:
        _marked_options(asking, own)
    _run_row(asking, ready=own is not None or not asking.prefer.commit_first)


def _read_ahead(asking: Asking) -> None:
    """Has the model read the question while the reader thinks about it; once a question and session."""
    engine = asking.s.engine
    if isinstance(engine, ReadsAhead) and st.session_state.get("read_ahead") != asking.prompt:
        st.session_state["read_ahead"] = asking.prompt
        engine.read_ahead(asking.messages)


def _marked_options(asking: Asking, own: Commitment | None, *, one_line: bool = False) -> None:
    marks = ["your answer" if own and own.option == index else "" for index in range(len(asking.options))]
    options_to_read(asking.options, marks, one_line=one_line)
    if own and own.option is None:
        st.caption("You skipped your own answer.")


def _run_row(asking: Asking, *, ready: bool) -> None:
    question = asking.question
    assert question is not None
    count = chosen_count(asking)
    samples_row(SAMPLES, count, choose_count)
    engine_choice(asking.s)
    what = f"run:{question.id}"
    idem = key_for(what)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Run",
            key="run",
            type="primary",
            icon=":material/play_arrow:",
            shortcut="Ctrl+Enter" if asking.prefer.shortcuts else None,
            on_click=lambda: start_run(question, asking.version, count, what=what, idem=idem),
            **saving(None if ready else "Commit to your answer, or skip it, first.", disabled=not ready),
        )
        most = f"of up to {asking.s.settings.max_tokens:,} tokens"
        replies = f"1 reply {most}" if count == 1 else f"{count} replies {most} each"
        before = usual_seconds(asking.s.db, asking.s.user, asking.s.answering.identity, count)
        last = f"the last {before.of}" if before and before.of > 1 else "the last one"
        st.caption(f"{replies} · {about(before.seconds)}, like {last}" if before else replies)


def _live(group_id: str, shortcuts: bool) -> None:
    """One look at a live run; asks for the whole page when it has ended."""
    s = services()
    view = s.runs.snapshot(s.user, group_id)
    if not view.live:
        redraw()
    runs = [item.run for item in view.runs]
    names = letters(len(runs[0].order))
    if len(runs) > 1:
        vote_so_far(runs, names)
    st.button(
        "Stop",
        key=f"stop_{group_id}",
        icon=":material/stop_circle:",
        shortcut="Esc" if shortcuts else None,
        on_click=stop_run,
        args=(group_id,),
        help="Finished samples and the text so far are kept." if len(runs) > 1 else "The text so far is kept.",
    )
    live = [item for item in view.runs if item.run.live]
    current = next((item for item in live if item.run.text), live[0])
    if current.unsaved:
        st.warning(inert(current.unsaved), icon=":material/save:")
    if current.run.text:
        live_text(current)
    else:
        waiting_panel(current)
