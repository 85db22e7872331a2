"""The presenter's bar: on and back, the pace, who answers, notes, the audience's link, and the ways to begin anew."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from creason_core.errors import CReasonError
from creason_core.principal import Principal
from pages.demonstration.audience import invitation
from pages.demonstration.place import Place, go_to, is_open, read_place, window
from pages.demonstration.playing import view_of
from pages.demonstration.script import BEATS, STEPS
from pages.demonstration.show import Show
from pages.question.going_on import FAILED
from pages.server.stage import Stage, stage_here
from pages.session.acting import acting
from pages.session.messages import tell

PACES = {"×1": 20.0, "×3": 60.0, "instant": float("inf")}  # tokens a second
PRESENT = "present"


def bar(show: Show, place: Place, *, failed: bool) -> None:
    """Draws the bar; in a room larger, and without the sidebar. ``failed``: Next plays the recording of this step."""
    stage, after, before = show.stage, place.after(STEPS), place.before(STEPS)
    presenting = st.query_params.get(PRESENT) == "1"
    with st.container(key="presenting" if presenting else "not_presenting"), st.container(key="demo_bar"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.title("Demo", width="content")
            _button("Back", "←", "Left", before, show, icon=":material/arrow_back:")
            if failed:
                st.button(
                    "Go on with the recording",
                    key="demo_next",
                    type="primary",
                    icon=":material/history:",
                    shortcut="Right" if show.prefer.shortcuts else None,
                    on_click=to_recording,
                )
            else:
                _button("Next", "→", "Right", after, show, icon=":material/arrow_forward:", kind="primary")
            st.button("Restart", key="demo_restart", icon=":material/replay:", type="tertiary", on_click=restart)
            _pace(stage)
            _live(stage)
            with st.popover("Notes", icon=":material/speaker_notes:", key="demo_notes"):
                st.markdown(STEPS[place.step].beats[place.beat].notes)
                if stage.engine.live:
                    st.caption("What notes say of a reply was written to the recordings: a live one may say otherwise.")
            with st.popover("Audience", icon=":material/qr_code:", key="demo_audience"):
                invitation(stage)
            with st.popover("More", icon=":material/more_horiz:", key="demo_more"):
                st.button(
                    "Leave presenter mode" if presenting else "Presenter mode",
                    key="demo_present",
                    icon=":material/present_to_all:",
                    help="Large text, no sidebar.",
                    on_click=present,
                    args=(not presenting,),
                )
                st.button(
                    "Reset the demo",
                    key="demo_reset",
                    icon=":material/delete_sweep:",
                    help="Deletes what was done and voted in this demo. What is your own lies elsewhere.",
                    on_click=reset,
                )
        done = sum(len(step.beats) for step in STEPS[: place.step]) + place.beat + 1
        st.progress(done / BEATS, text=f"Step {place.step + 1} of {len(STEPS)} · {place.beat + 1} of "
                    f"{len(STEPS[place.step].beats)}")  # fmt: skip
    if failed:
        st.warning(
            "The model that answered live stopped answering. *Go on with the recording* plays this step's, and the "
            "demo goes on.",
            icon=":material/cloud_off:",
        )


def step_list(stage: Stage, place: Place) -> None:
    """The steps, those behind with a tick; each can be gone to."""
    with st.container(key="demo_steps"):
        for number, step in enumerate(STEPS):
            icon = "check" if number < place.step else "play_arrow" if number == place.step else "circle"
            st.button(
                f"{number + 1}. {step.title}",
                key=f"demo_step_{number}",
                icon=f":material/{icon}:",
                type="tertiary",
                width="stretch",
                wrap=True,
                disabled=number == place.step,
                on_click=go_to,
                args=(stage, Place(number, 0)),
            )


def other_window(stage: Stage, place: Place) -> None:
    """Says that another window of this demonstration moved last, where it is elsewhere."""
    who, there = stage.window
    if who in ("", window()) or there == str(place) or not is_open(who):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f":material/tab: Another window of this demo is at step {there.partition('.')[0]}.", width="content")
        st.button(
            "Go there",
            key="demo_there",
            type="tertiary",
            on_click=go_to,
            args=(stage, read_place(there, STEPS)),
        )


def live_failed(show: Show) -> bool:
    """Whether a model was to answer live and did not."""
    if not show.stage.engine.live:
        return False
    try:
        return any(view_of(show, group).status in FAILED for group in tuple(show.stage.groups.values()))
    except CReasonError:
        return False


@acting("look")
def to_recording(_: Principal) -> None:
    """Plays the recordings in place of a model that is gone; what it was asked is asked of them."""
    stage = stage_here()
    stage.engine.live = False
    stage.restart()


@acting("look")
def restart(_: Principal) -> None:
    """Begins again; the votes stay."""
    stage = stage_here()
    stage.restart()
    go_to(stage, Place(0, 0))


@acting("look")
def reset(_: Principal) -> None:
    """Deletes what was done on this stage, and nothing else."""
    stage = stage_here()
    stage.reset()
    go_to(stage, Place(0, 0))
    tell("The demo was reset. Nothing of yours was touched.")


def present(on: bool) -> None:
    """Turns presenter mode on or off; it stays on a reload."""
    if on:
        st.query_params[PRESENT] = "1"
    else:
        st.query_params.pop(PRESENT, None)


def _button(
    word: str, key: str, shortcut: str, place: Place | None, show: Show, *, icon: str, kind: str = "secondary"
) -> None:
    go: Callable[[], None] = partial(go_to, show.stage, place) if place else lambda: None
    st.button(
        word,
        key=f"demo_{word.lower()}",
        type="primary" if kind == "primary" else "secondary",
        icon=icon,
        shortcut=shortcut if show.prefer.shortcuts else None,
        help=f"Key {key}" if show.prefer.shortcuts else None,
        disabled=place is None,
        on_click=go,
    )


def _pace(stage: Stage) -> None:
    """One button, since a row of choices would take the arrow keys for itself."""
    recorded, names = stage.engine.recorded, list(PACES)
    now = next(name for name, pace in PACES.items() if pace == recorded.tokens_per_second)

    def choose() -> None:
        recorded.tokens_per_second = PACES[names[(names.index(now) + 1) % len(names)]]

    told = "How fast recorded replies are written: ×1, ×3 or instant. Press for the next."
    st.button(f"Pace {now}", key="demo_pace", icon=":material/speed:", type="tertiary", help=told, on_click=choose)


def _live(stage: Stage) -> None:
    """The change to the model, where one could answer. A button, since a switch would keep the keys to itself."""
    if not (stage.engine.model_ready or stage.engine.live):
        return

    def choose() -> None:
        stage.engine.live = not stage.engine.live
        stage.restart()

    st.button(
        "Use the recordings" if stage.engine.live else "Run live",
        key="demo_live",
        icon=":material/history:" if stage.engine.live else ":material/bolt:",
        type="tertiary",
        help="Who answers from here on: the model at hand, or the recordings.",
        on_click=choose,
    )
